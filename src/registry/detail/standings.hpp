// SPDX-License-Identifier: Apache-2.0
// The table of which registers are in use, and what it says put into their definitions.
#pragma once

#include <span>
#include <vector>

#include "access/access.hpp"
#include "registry/definition.hpp"
#include "store/database.hpp"

namespace jinglue::registry::detail {

/// In a folder of before this table every register that it has is enabled: nobody loses one by an
/// update. To be run while register_shape has only those of before.
std::span<const store::Migration> standing_tables();
/// Sets Definition::in_use of each. What the migration enabled gets its time and its audit line.
void read_standings(store::Database& records, access::Access& access,
                    std::vector<Definition>& definitions);

/// SQL that holds for notices that are told: what a disabled register's clocks come to is told,
/// nothing else of it.
inline constexpr const char* kToldNotices =
    "(kind = 'clock' OR register NOT IN (SELECT register FROM register_standing WHERE enabled = "
    "0))";

}  // namespace jinglue::registry::detail
