// SPDX-License-Identifier: Apache-2.0
// What the text search needs to know of who sees what (registry/sight.hpp decides): which fields
// not everybody sees, and the rows that one person reaches as a condition.
#pragma once

#include <string>
#include <vector>

#include "access/access.hpp"
#include "registry/definition.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry::detail {

/// Whether some people do not see the field, or not all of its value.
bool is_closed(const Field& field);
/// Whether the person sees all of the value.
bool sees(const Field& field, const access::Actor& actor);
/// Whether the person sees every closed field of the register.
bool sees_closed(const Definition& definition, const access::Actor& actor);

/// Rows of what the person reaches and those of no district; " AND (...)" with values in order, or
/// empty.
struct RowReach {
  std::string condition;
  std::vector<std::string> values;
};
RowReach row_reach(const Definition& definition, const access::Actor& actor);

}  // namespace jinglue::registry::detail
