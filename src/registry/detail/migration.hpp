// SPDX-License-Identifier: Apache-2.0
// Migration: what has to change in a register's table when its definition has changed, as a plan
// that people read first. Fields are added, renamed (`was`), converted to another type and removed;
// history goes with a renamed field. Before anything changes, the register is saved as JSON lines.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "registry/definition.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// A field whose values are written anew in the form of another type.
struct Conversion {
  const Field* field{nullptr};  ///< of the definition
  FieldType from{FieldType::kText};
  std::string column;  ///< that holds the values now
};
struct Plan {
  std::vector<std::string> lines;
  std::vector<std::string> sql;                              ///< in order, before the conversions
  std::vector<std::pair<std::string, std::string>> renamed;  ///< keys, before and now
  std::vector<Conversion> conversions;
  std::vector<std::string> after;  ///< SQL after them: columns that go, indexes that come
  bool only_adds{true};
  bool possible{true};
  bool search_differs{false};  ///< derived data: rebuilt without asking
};
/// Of a definition and the shape that was stored for its table.
Plan compare(const Definition& definition, const base::Json& stored_shape);
/// The same with a line for each thing that the values do not allow, and how many are lost.
Plan plan_with_data(store::Db& db, const Definition& definition, const base::Json& stored_shape);
std::string plan_text(const Definition& definition, const Plan& plan);

/// Carries out the plan when `options` allow it; true when the search texts differ. Throws
/// WorldError with the plan otherwise.
bool migrate_table(store::Db& db, const Definition& d, const base::Json& shape, std::int64_t schema,
                   const Options& options);

}  // namespace jinglue::registry::detail
