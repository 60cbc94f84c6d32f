// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/disposal.hpp"

#include <set>

#include "registry/detail/files.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/table.hpp"
#include "store/database.hpp"
#include "store/sqlite/column_index.hpp"
#include "store/sqlite/secure_delete.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Json;

const std::vector<store::Migration>& tombstone_tables() {
  static const std::vector<store::Migration> kSteps = {{1, R"sql(
CREATE TABLE record_tombstone(
  register TEXT NOT NULL, record TEXT NOT NULL, number TEXT NOT NULL, state TEXT NOT NULL,
  at BIGINT NOT NULL, person TEXT NOT NULL, reason TEXT NOT NULL, basis TEXT NOT NULL,
  PRIMARY KEY(register, record));
)sql"}};
  return kSteps;
}

constexpr const char* kColumns = "register, record, number, state, at, person, reason, basis";

Tombstone read_tombstone(const store::Stmt& row) {
  return {row.text(0),      row.text(1), row.text(2), row.text(3),
          {row.integer(4)}, row.text(5), row.text(6), row.text(7)};
}

/// Hashes that the record names in its fields or ever named.
std::set<std::string> files_of(store::Db& db, const Definition& d, const Record& r) {
  std::set<std::string> out;
  const auto add = [&](const auto& self, const Json& value) -> void {
    if (is_hash(value["sha256"].as_string())) out.insert(value["sha256"].as_string());
    for (const auto& item : value.items()) self(self, item);
    for (const auto& [key, member] : value.members()) self(self, member);
  };
  add(add, r.fields);
  for (const auto& line : load_history(db, d.id, r.id, 0)) {
    add(add, line.before);
    add(add, line.after);
  }
  return out;
}

}  // namespace

void make_tombstone_table(store::Database& database) {
  database.migrate("registry_retention", tombstone_tables());
}

void store_tombstone(store::Db& db, const Tombstone& t) {
  auto s = db.prepare(std::string("INSERT INTO record_tombstone(") + kColumns +
                      ") VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
  s.bind(1, std::string_view(t.register_id)).bind(2, std::string_view(t.id));
  s.bind(3, std::string_view(t.number)).bind(4, std::string_view(t.state)).bind(5, t.at.ms);
  s.bind(6, std::string_view(t.by)).bind(7, std::string_view(t.reason));
  s.bind(8, std::string_view(t.basis)).run();
}

std::optional<Tombstone> load_tombstone(store::Db& db, const std::string& register_id,
                                        const std::string& id) {
  auto row = db.prepare(std::string("SELECT ") + kColumns +
                        " FROM record_tombstone WHERE register = ? AND record = ?");
  row.bind(1, std::string_view(register_id)).bind(2, std::string_view(id));
  if (!row.step()) return std::nullopt;
  return read_tombstone(row);
}

std::vector<Tombstone> load_tombstones(store::Db& db, const std::string& register_id,
                                       std::size_t limit) {
  auto rows =
      db.prepare(std::string("SELECT ") + kColumns +
                 " FROM record_tombstone WHERE register = ? ORDER BY at DESC, record LIMIT ?");
  rows.bind(1, std::string_view(register_id)).bind(2, std::int64_t(limit));
  std::vector<Tombstone> out;
  while (rows.step()) out.push_back(read_tombstone(rows));
  return out;
}

void take_content(store::Db& db, const Definition& d, const std::string& id) {
  auto record = load_record(db, d, id);
  if (!record) return;
  const store::sqlite::SecureDelete overwritten(db);
  const auto files = files_of(db, d, *record);
  record->fields = Json::object();
  record->pending = {};
  record->code_versions = {};
  update_record(db, d, *record);
  store::sqlite::purge_taken(db, index_name(d));
  for (const char* table : {"record_history", "record_clock", "record_notice", "record_effect",
                            "record_watcher", "record_comment"}) {
    db.prepare(std::string("DELETE FROM ") + table + " WHERE register = ? AND record = ?")
        .bind(1, std::string_view(d.id))
        .bind(2, std::string_view(id))
        .run();
  }
  db.prepare("UPDATE record_change SET fields = '{}' WHERE register = ? AND record = ?")
      .bind(1, std::string_view(d.id))
      .bind(2, std::string_view(id))
      .run();
  db.prepare("DELETE FROM record_request WHERE INSTR(answer, ?) > 0")
      .bind(1, std::string_view(id))
      .run();
  // Registry::drop_unused_files() removes them unless another record has them.
  for (const auto& hash : files) {
    db.prepare("UPDATE record_file SET at = 0, held_at = NULL WHERE sha256 = ?")
        .bind(1, std::string_view(hash))
        .run();
  }
}

}  // namespace jinglue::registry::detail
