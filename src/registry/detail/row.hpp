// SPDX-License-Identifier: Apache-2.0
// Records to rows and back, history lines, changes: every statement that touches one record.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/definition.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// "id, number, rev, ..., f_name, ..." in the order that read_record() expects.
std::string select_columns(const Definition& definition);
/// The canonical value of a column; null when it holds none.
base::Json read_value(const store::Stmt& row, int column, const Field& field);
Record read_record(const store::Stmt& row, const Definition& definition);
/// How many columns select_columns() names.
int record_columns(const Definition& definition);

std::optional<Record> load_record(store::Db& db, const Definition& d, const std::string& id);
/// The first record, not removed, with that value.
std::optional<Record> find_record(store::Db& db, const Definition& d, const Field& field,
                                  const base::Json& value);
void insert_record(store::Db& db, const Definition& d, const Record& record);
void update_record(store::Db& db, const Definition& d, const Record& record);

/// Lines of one commit are one row: what one revision changed, by whom and when. `lines`:
/// ChangeLines::packed().
void insert_history(store::Db& db, const Record& record, std::string_view lines,
                    const std::string& note);
std::vector<HistoryLine> load_history(store::Db& db, const std::string& register_id,
                                      const std::string& id, std::int64_t after_revision);
/// The record as it is now as a numbered change; `fields`: the text of its fields. The number.
std::int64_t insert_change(store::Db& db, const Record& record, std::string_view fields,
                           bool journaled);
std::vector<model::RecordChange> load_changes(store::Db& db, std::int64_t after, std::size_t limit);
/// Those of registers too that are not journaled.
std::vector<model::RecordChange> load_all_changes(store::Db& db, std::int64_t after,
                                                  std::size_t limit);

/// The next number of the register's pattern; empty when it has none.
std::string next_number(store::Db& db, const Definition& d, base::Instant now);

/// Value of a filter or link as it stands in the column; see query.cpp.
void bind_value(store::Stmt& statement, int index, const Field& field, const base::Json& value);

}  // namespace jinglue::registry::detail
