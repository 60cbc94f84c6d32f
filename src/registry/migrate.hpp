// SPDX-License-Identifier: Apache-2.0
// table_plans: what opening the registers with these definitions would have to change in the tables
// of a records database, with the values that stand in the way. Nothing is changed; Registry
// carries it out (Options::apply_added, apply_all).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "store/database.hpp"

namespace jinglue::registry {

struct TablePlan {
  std::string register_id;
  bool possible{true};   ///< else the definition, or the values named, must be mended
  bool only_adds{true};  ///< else it renames, converts or removes: Options::apply_all
  std::string text;      ///< "plan for r_boat:\n  - add column ..."
};

/// One per register that differs; a register without a table yet is none. Throws WorldError with
/// file, line and key when a definition is bad.
std::vector<TablePlan> table_plans(store::Database& records,
                                   const std::filesystem::path& definitions);

}  // namespace jinglue::registry
