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
/// The index that has what lists filter, count and sort by, in order of `seq`: a tenth of the rows'
/// bytes. Of every table, made when it is not there or holds other columns.
std::string list_index_sql(const Definition& definition);
/// The field that stands for the record on a map; null when it has none.
const Field* first_geometry(const Definition& definition);
/// Columns beside `f_KEY` that a geometry has: wkb, west, south, east, north.
std::vector<std::string> geometry_columns(const Field& field);

/// Beside a field with a code list: the version that the value is of.
std::string version_column(const Field& f);

/// SQL of a column, and of the index that makes one unique among records that are there.
const char* column_type(FieldType type);
std::string unique_index_sql(const Definition& definition, const std::string& column);
/// What of a definition its table depends on; stored beside the table.
base::Json shape_of(const Definition& definition);

/// The tables that all registers share, then each register's own. Throws WorldError with the plan
/// when one differs and `options` do not allow the plan.
void prepare_tables(store::Database& database, const std::vector<Definition>& definitions,
                    const Options& options);

}  // namespace jinglue::registry::detail
