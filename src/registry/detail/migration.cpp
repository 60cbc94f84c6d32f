// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/migration.hpp"

#include <algorithm>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Json;

constexpr std::size_t kExamples = 3;
using Columns = std::map<std::string, std::string>;  ///< name -> type

Columns columns_from(const Json& shape) {
  Columns out;
  for (const auto& [name, type] : shape["columns"].members()) out[name] = type.as_string();
  return out;
}

bool holds(const Json& list, const std::string& item) {
  const auto& items = list.items();
  return std::find(items.begin(), items.end(), Json(item)) != items.end();
}

/// The columns that a field of that key has or may have had.
std::vector<std::string> columns_of_key(const std::string& key) {
  Field f;
  f.key = key;
  std::vector<std::string> out = {column_name(f), version_column(f)};
  for (auto& name : geometry_columns(f)) out.push_back(std::move(name));
  return out;
}

void drop_column(const Definition& d, const Json& shape, const std::string& name, Plan& plan) {
  if (holds(shape["unique"], name)) {
    plan.sql.push_back(fmt::format("DROP INDEX IF EXISTS u_{}_{}", d.id, name));
  }
  if (name.starts_with("f_")) {
    plan.sql.push_back(fmt::format("DROP INDEX IF EXISTS l_{}_{}", d.id, name.substr(2)));
  }
  plan.after.push_back(fmt::format("ALTER TABLE {} DROP COLUMN {}", table_name(d), name));
}

/// A field that was called otherwise: its columns and its history take the new name.
void rename(const Definition& d, const Field& f, Columns& stored, Plan& plan) {
  const auto old = columns_of_key(f.was);
  const auto now = columns_of_key(f.key);
  if (!stored.contains(old.front()) || stored.contains(now.front())) return;
  plan.only_adds = false;
  plan.lines.push_back("rename column " + old.front() + " to " + now.front());
  plan.sql.push_back(fmt::format("DROP INDEX IF EXISTS u_{}_{}", d.id, old.front()));
  plan.sql.push_back(fmt::format("DROP INDEX IF EXISTS l_{}_{}", d.id, f.was));
  for (std::size_t i = 0; i < old.size(); ++i) {
    const auto it = stored.find(old[i]);
    if (it == stored.end()) continue;
    plan.sql.push_back(
        fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", table_name(d), old[i], now[i]));
    stored[now[i]] = it->second;
    stored.erase(it);
  }
  // Keys hold no quotes: both are checked when a definition is read.
  plan.sql.push_back(
      fmt::format("UPDATE record_history SET field = '{}' WHERE register = '{}' AND field = '{}'",
                  f.key, d.id, f.was));
  plan.renamed.emplace_back(f.was, f.key);
}

/// Types of columns do not tell all types of fields apart; shapes of before have only those.
FieldType old_type(const Json& shape, const Field& f, const std::string& column_of_old) {
  const std::string key = f.was.empty() || shape["types"].has(f.key) ? f.key : f.was;
  if (const auto known = field_type_from(shape["types"][key].as_string())) return *known;
  if (column_of_old == column_type(f.type)) return f.type;
  if (column_of_old == "TEXT") return FieldType::kText;
  return column_of_old == "BIGINT" ? FieldType::kInteger : FieldType::kNumber;
}

void convert(const Definition& d, const Field& f, FieldType from, const Json& shape,
             Columns& stored, Plan& plan) {
  const std::string name = column_name(f);
  const std::string kept = "old_" + f.key;
  plan.only_adds = false;
  plan.lines.push_back(
      fmt::format("convert column {} from {} to {}", name, to_key(from), to_key(f.type)));
  if (holds(shape["unique"], name)) {
    plan.sql.push_back(fmt::format("DROP INDEX IF EXISTS u_{}_{}", d.id, name));
  }
  plan.sql.push_back(fmt::format("DROP INDEX IF EXISTS l_{}_{}", d.id, f.key));
  plan.sql.push_back(
      fmt::format("ALTER TABLE {} RENAME COLUMN {} TO {}", table_name(d), name, kept));
  plan.sql.push_back(
      fmt::format("ALTER TABLE {} ADD COLUMN {} {}", table_name(d), name, column_type(f.type)));
  plan.conversions.push_back({&f, from, kept});
  plan.after.push_back(fmt::format("ALTER TABLE {} DROP COLUMN {}", table_name(d), kept));
  stored[name] = column_type(f.type);
}

void compare_unique(const Definition& d, const Json& shape, Plan& plan) {
  const Json wanted = shape_of(d);
  for (const auto& f : d.fields) {
    const std::string column = column_name(f);
    const bool converted = std::any_of(plan.conversions.begin(), plan.conversions.end(),
                                       [&](const Conversion& c) { return c.field->key == f.key; });
    if (!f.unique || (holds(shape["unique"], column) && !converted)) continue;
    if (!converted) plan.lines.push_back("make " + column + " unique");
    plan.after.push_back(unique_index_sql(d, column));
  }
  for (const auto& column : shape["unique"].items()) {
    const std::string& name = column.as_string();
    if (holds(wanted["unique"], name) || !wanted["columns"].has(name)) continue;
    plan.lines.push_back(name + " need not be unique any more");
    plan.sql.push_back(fmt::format("DROP INDEX IF EXISTS u_{}_{}", d.id, name));
  }
  if (wanted["number"] != shape["number"]) {
    plan.only_adds = plan.possible = false;
    plan.lines.push_back("records get, or lose, their number: give the register another id");
  }
}

/// One line of JSON per record: readable without this program.
std::filesystem::path save_register(store::Db& db, const Definition& d, const Json& shape,
                                    std::int64_t schema, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto file = folder / fmt::format("{}-schema{}-{}.jsonl", d.id, schema,
                                         base::to_hex(base::stable_hash(shape.dump())));
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << Json::object({{"register", d.id}, {"shape", shape}}).dump() << '\n';
  std::string names = "id, number, rev, state, created_at, created_by, changed_at, changed_by";
  for (const auto& [name, type] : columns_from(shape)) {
    if (type != "BLOB") names += ", " + name;
  }
  const auto keys = base::split(names, ',');
  auto rows = db.prepare("SELECT " + names + " FROM " + table_name(d) + " ORDER BY id");
  while (rows.step()) {
    Json row = Json::object();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!rows.is_null(int(i))) row.set(base::trim(keys[i]), rows.text(int(i)));
    }
    out << row.dump() << '\n';
  }
  out.flush();
  if (!out) {
    throw base::WorldError("cannot save the register before changing its table", file.string(),
                           "free space or choose another folder for backups");
  }
  return file;
}

/// The value in the form of the new type, by its text; null is null.
base::Result<Json> converted(const Field& f, FieldType from, const store::Stmt& row, int column) {
  Field old = f;
  old.type = from;
  const Json value = read_value(row, column, old);
  return from_text(f, to_text(old, value));
}

/// How many values of a column there are, and which do not convert.
void look_at_values(store::Db& db, const Definition& d, const Conversion& c,
                    const std::string& column, Plan& plan) {
  std::size_t bad = 0;
  auto rows = db.prepare("SELECT id, " + column + " FROM " + table_name(d) + " WHERE " + column +
                         " IS NOT NULL ORDER BY id");
  while (rows.step()) {
    const auto value = converted(*c.field, c.from, rows, 1);
    if (value) continue;
    if (++bad > kExamples) continue;
    plan.lines.push_back(
        fmt::format("  the record {} cannot: {}", rows.text(0), value.error().message));
  }
  if (bad == 0) return;
  plan.possible = false;
  plan.lines.push_back(
      fmt::format("  {} values do not convert: mend them first with the old definition", bad));
}

void convert_values(store::Db& db, const Definition& d, const Conversion& c) {
  std::vector<std::pair<std::string, Json>> values;
  {
    auto rows = db.prepare("SELECT id, " + c.column + " FROM " + table_name(d) + " WHERE " +
                           c.column + " IS NOT NULL");
    while (rows.step()) {
      auto value = converted(*c.field, c.from, rows, 1);
      if (!value) {
        throw base::WorldError("a value does not convert: " + value.error().message,
                               d.id + " " + rows.text(0) + " " + c.field->key,
                               "nothing was changed; mend it with the old definition");
      }
      values.emplace_back(rows.text(0), std::move(*value));
    }
  }
  auto s =
      db.prepare("UPDATE " + table_name(d) + " SET " + column_name(*c.field) + " = ? WHERE id = ?");
  for (const auto& [id, value] : values) {
    bind_value(s, 1, *c.field, value);
    s.bind(2, std::string_view(id)).run();
  }
}

/// In history rows that hold the lines of a whole commit (row.hpp).
void rename_in_history(store::Db& db, const Definition& d, const std::string& was,
                       const std::string& key) {
  struct Row {
    std::string record;
    std::int64_t revision;
    std::string lines;
  };
  std::vector<Row> found;
  {
    auto rows = db.prepare(
        "SELECT record, rev, after FROM record_history WHERE register = ? AND field = '' AND "
        "after LIKE ?");
    rows.bind(1, std::string_view(d.id)).bind(2, "%[\"" + was + "\",%");
    while (rows.step()) found.push_back({rows.text(0), rows.integer(1), rows.text(2)});
  }
  auto s = db.prepare(
      "UPDATE record_history SET after = ? WHERE register = ? AND record = ? AND rev = ? AND "
      "field = ''");
  for (const auto& row : found) {
    const auto lines = base::parse_json(row.lines);
    if (!lines) continue;
    Json out = Json::array();
    for (const auto& line : lines->items()) {
      const auto& parts = line.items();
      const bool renamed = parts.size() == 3 && parts[0] == Json(was);
      out.push(renamed ? Json::array({key, parts[1], parts[2]}) : line);
    }
    s.bind(1, std::string_view(out.dump())).bind(2, std::string_view(d.id));
    s.bind(3, std::string_view(row.record)).bind(4, row.revision).run();
  }
}

std::int64_t count_values(store::Db& db, const Definition& d, const std::string& column) {
  auto row = db.prepare("SELECT COUNT(" + column + ") FROM " + table_name(d));
  row.step();
  return row.integer(0);
}

}  // namespace

Plan compare(const Definition& d, const Json& shape) {
  Plan plan;
  Columns stored = columns_from(shape);
  for (const auto& f : d.fields) {
    if (!f.was.empty()) rename(d, f, stored, plan);
  }
  for (const auto& f : d.fields) {
    const auto it = stored.find(column_name(f));
    if (it == stored.end()) continue;
    const FieldType from = old_type(shape, f, it->second);
    if (from != f.type) convert(d, f, from, shape, stored, plan);
  }
  const Json wanted = shape_of(d);
  for (const auto& [name, type] : wanted["columns"].members()) {
    if (stored.contains(name)) continue;
    plan.lines.push_back("add column " + name + " " + type.as_string());
    plan.sql.push_back(
        fmt::format("ALTER TABLE {} ADD COLUMN {} {}", table_name(d), name, type.as_string()));
  }
  for (const auto& [name, type] : stored) {
    if (wanted["columns"].has(name)) continue;
    plan.only_adds = false;
    plan.lines.push_back(fmt::format("remove column {} {} and its values", name, type));
    drop_column(d, shape, name, plan);
  }
  compare_unique(d, shape, plan);
  plan.search_differs = wanted["search"] != shape["search"] || !plan.conversions.empty();
  return plan;
}

Plan plan_with_data(store::Db& db, const Definition& d, const Json& shape) {
  Plan plan = compare(d, shape);
  for (const auto& c : plan.conversions) {
    // Not renamed yet: the values stand under the name of before.
    Field old = *c.field;
    if (!old.was.empty() && !shape["columns"].has(column_name(old))) old.key = old.was;
    look_at_values(db, d, c, column_name(old), plan);
  }
  for (const auto& [name, type] : shape["columns"].members()) {
    const bool goes = std::any_of(plan.lines.begin(), plan.lines.end(), [&](const std::string& l) {
      return l.starts_with("remove column " + name + " ");
    });
    if (!goes) continue;
    if (const auto count = count_values(db, d, name); count > 0) {
      plan.lines.push_back(
          fmt::format("  {} values of {} leave the table; the backup and the "
                      "history keep them",
                      count, name));
    }
  }
  return plan;
}

std::string plan_text(const Definition& d, const Plan& plan) {
  std::string out = "plan for " + table_name(d) + ":";
  for (const auto& line : plan.lines) out += (line[0] == ' ' ? "\n  " : "\n  - ") + line;
  return out;
}

bool migrate_table(store::Db& db, const Definition& d, const Json& shape, std::int64_t schema,
                   const Options& options) {
  if (d.schema < schema) {
    throw base::WorldError("the register was written by a newer definition",
                           fmt::format("{} has schema {}, the file {}", d.id, schema, d.schema),
                           "use the newer registers/" + d.id + ".toml");
  }
  const Plan plan = plan_with_data(db, d, shape);
  if (plan.lines.empty()) return plan.search_differs;
  const std::string text = plan_text(d, plan);
  if (!plan.possible) {
    throw base::WorldError("a register's definition does not fit its records", text,
                           "mend the definition or the values that are named");
  }
  const bool may = options.apply_all || (options.apply_added && plan.only_adds);
  if (!may || options.backups.empty()) {
    throw base::WorldError("a register's definition differs from its table", text,
                           plan.only_adds
                               ? "look with `jinglue registers migrate --dry-run`; carry it out "
                                 "with `jinglue registers migrate`, or start once with `jinglue "
                                 "serve --apply-added-columns`"
                               : "it renames, converts or removes: look with `jinglue registers "
                                 "migrate --dry-run`, carry it out with `jinglue registers migrate "
                                 "--all`, or keep the old field and add one with a new key");
  }
  const auto saved = save_register(db, d, shape, schema, options.backups);
  base::log_info("registry", "{}; saved before as {}", text, saved.string());
  // It names columns that may go; prepare_tables() makes it again.
  db.exec("DROP INDEX IF EXISTS n_" + d.id);
  for (const auto& sql : plan.sql) db.exec(sql);
  for (const auto& [was, key] : plan.renamed) rename_in_history(db, d, was, key);
  for (const auto& c : plan.conversions) convert_values(db, d, c);
  for (const auto& sql : plan.after) db.exec(sql);
  return plan.search_differs;
}

}  // namespace jinglue::registry::detail
