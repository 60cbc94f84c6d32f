// SPDX-License-Identifier: Apache-2.0
// The table of a register: `r_` + id, with typed columns `f_` + field key. One builder of the DDL
// for every backend: portable types, partial unique indexes, no extension. Differences between a
// definition and its table become a plan.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "registry/definition.hpp"
#include "registry/registry.hpp"

namespace jinglue::store {
class Database;
class Db;
}  // namespace jinglue::store

namespace jinglue::registry::detail {

std::string table_name(const Definition& definition);
std::string column_name(const Field& field);
/// The text index over the search texts, by the column `seq` of the table.
std::string index_name(const Definition& definition);
/// Columns beside `f_KEY` that a geometry has: wkb, west, south, east, north.
std::vector<std::string> geometry_columns(const Field& field);

/// What differs, in words, and the SQL of that part which only adds.
struct Plan {
  std::vector<std::string> lines;
  std::vector<std::string> sql;
  bool only_adds{true};
  bool search_differs{false};  ///< derived data: rebuilt without asking
};
/// Of a definition and the shape that was stored for its table.
Plan compare(const Definition& definition, const base::Json& stored_shape);
base::Json shape_of(const Definition& definition);

/// The tables that all registers share, then each register's own. Throws WorldError with the plan
/// when one differs and `options` do not allow the plan.
void prepare_tables(store::Database& database, const std::vector<Definition>& definitions,
                    const Options& options);

}  // namespace jinglue::registry::detail
