// SPDX-License-Identifier: Apache-2.0
// Tables of what happens around records: clocks, notices, effects that were carried out.
#pragma once

#include <span>

#include "store/database.hpp"

namespace jinglue::registry::detail {

std::span<const store::Migration> life_tables();

}  // namespace jinglue::registry::detail
