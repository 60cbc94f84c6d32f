// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/links.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "registry/detail/table.hpp"
#include "store/database.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Json;

const std::vector<store::Migration>& link_tables() {
  static const std::vector<store::Migration> kSteps = {{1, R"sql(
CREATE TABLE record_link(
  register TEXT NOT NULL, field TEXT NOT NULL, target TEXT NOT NULL, record TEXT NOT NULL,
  PRIMARY KEY(target, register, field, record));
CREATE INDEX record_link_of ON record_link(record);
)sql"}};
  return kSteps;
}

void add_targets(store::Db& db, const Definition& d, const Field& f, const std::string& record,
                 const Json& targets) {
  if (targets.items().empty()) return;
  auto s = db.prepare(
      "INSERT INTO record_link(register, field, target, record) VALUES(?, ?, ?, ?)"
      " ON CONFLICT DO NOTHING");
  for (const auto& target : targets.items()) {
    s.bind(1, std::string_view(d.id)).bind(2, std::string_view(f.key));
    s.bind(3, std::string_view(target.as_string())).bind(4, std::string_view(record)).run();
  }
}

}  // namespace

void make_link_table(store::Database& database) {
  database.migrate("registry_links", link_tables());
}

void add_links(store::Db& db, const Definition& d, const Record& r) {
  for (const auto& f : d.fields) {
    if (f.type == FieldType::kLinks) add_targets(db, d, f, r.id, r.fields[f.key]);
  }
}

void replace_links(store::Db& db, const Definition& d, const Record& r) {
  bool dropped = false;
  for (const auto& f : d.fields) {
    if (f.type != FieldType::kLinks) continue;
    if (!dropped) {
      db.prepare("DELETE FROM record_link WHERE record = ?").bind(1, std::string_view(r.id)).run();
    }
    dropped = true;
    add_targets(db, d, f, r.id, r.fields[f.key]);
  }
}

void rebuild_links(store::Db& db, const Definition& d) {
  db.prepare("DELETE FROM record_link WHERE register = ?").bind(1, std::string_view(d.id)).run();
  for (const auto& f : d.fields) {
    if (f.type != FieldType::kLinks) continue;
    auto rows = db.prepare(fmt::format("SELECT id, {0} FROM {1} WHERE {0} IS NOT NULL",
                                       column_name(f), table_name(d)));
    while (rows.step()) {
      const auto targets = base::parse_json(rows.text(1));
      if (targets) add_targets(db, d, f, rows.text(0), *targets);
    }
  }
}

std::string links_to_condition(const Definition& d, const Field& f) {
  // Keys of registers and fields hold no quotes: checked when a definition is read.
  return fmt::format(
      "id IN (SELECT record FROM record_link WHERE target = ? AND register = '{}' AND field = "
      "'{}')",
      d.id, f.key);
}

std::string pointing_condition(const Definition& d, const Field& f) {
  return f.type == FieldType::kLinks ? links_to_condition(d, f) : column_name(f) + " = ?";
}

}  // namespace jinglue::registry::detail
