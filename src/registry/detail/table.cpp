// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/table.hpp"

#include <algorithm>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "registry/detail/row.hpp"
#include "registry/migrate.hpp"
#include "store/database.hpp"
#include "store/sqlite/text_search.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Json;

const std::vector<store::Migration>& shared_tables() {
  static const std::vector<store::Migration> kSteps = {{1, R"sql(
CREATE TABLE register_shape(
  register TEXT PRIMARY KEY, schema BIGINT NOT NULL, shape TEXT NOT NULL);
CREATE TABLE record_history(
  register TEXT NOT NULL, record TEXT NOT NULL, rev BIGINT NOT NULL, line BIGINT NOT NULL,
  field TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, actor TEXT NOT NULL,
  at BIGINT NOT NULL, note TEXT NOT NULL, PRIMARY KEY(register, record, rev, line));
CREATE TABLE record_change(
  number BIGINT PRIMARY KEY, register TEXT NOT NULL, record TEXT NOT NULL, rev BIGINT NOT NULL,
  at BIGINT NOT NULL, actor TEXT NOT NULL, removed BIGINT NOT NULL, journaled BIGINT NOT NULL,
  fields TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE record_counter(
  register TEXT NOT NULL, scope TEXT NOT NULL, last BIGINT NOT NULL,
  PRIMARY KEY(register, scope));
CREATE TABLE record_request(
  key TEXT PRIMARY KEY, request TEXT NOT NULL, answer TEXT NOT NULL, at BIGINT NOT NULL);
)sql"},
                                                       {2, R"sql(
CREATE INDEX record_request_at ON record_request(at);
)sql"}};
  return kSteps;
}

const char* column_type(FieldType type) {
  switch (type) {
    case FieldType::kInteger:
    case FieldType::kBoolean:
    case FieldType::kInstant:  // ms since 1970
    case FieldType::kMoney:    // 分
      return "BIGINT";
    case FieldType::kNumber:
      return "DOUBLE PRECISION";
    default:
      return "TEXT";
  }
}

struct Column {
  std::string name;
  std::string type;
};

std::vector<Column> columns_of(const Definition& d) {
  std::vector<Column> out;
  for (const auto& f : d.fields) {
    out.push_back({column_name(f), column_type(f.type)});
    if (f.type != FieldType::kGeometry) continue;
    for (const auto& name : geometry_columns(f)) {
      out.push_back({name, name.ends_with("_wkb") ? "BLOB" : "DOUBLE PRECISION"});
    }
  }
  return out;
}

std::string unique_index_sql(const Definition& d, const std::string& column) {
  return fmt::format("CREATE UNIQUE INDEX u_{}_{} ON {}({}) WHERE removed = 0", d.id, column,
                     table_name(d), column);
}

std::vector<std::string> create_sql(const Definition& d) {
  std::string table =
      "CREATE TABLE " + table_name(d) +
      "(id TEXT PRIMARY KEY, seq BIGINT NOT NULL UNIQUE, number TEXT, rev BIGINT NOT NULL,"
      " state TEXT NOT NULL,"
      " pending TEXT NOT NULL, created_at BIGINT NOT NULL, created_by TEXT NOT NULL,"
      " changed_at BIGINT NOT NULL, changed_by TEXT NOT NULL,"
      " removed BIGINT NOT NULL, search TEXT NOT NULL";
  for (const auto& column : columns_of(d)) table += ", " + column.name + " " + column.type;
  std::vector<std::string> out = {table + ")"};
  if (!d.number_pattern.empty()) {
    out.push_back(
        fmt::format("CREATE UNIQUE INDEX u_{0}_number ON {1}(number)", d.id, table_name(d)));
  }
  for (const auto& f : d.fields) {
    if (f.unique) out.push_back(unique_index_sql(d, column_name(f)));
  }
  return out;
}

std::map<std::string, std::string> columns_from(const Json& shape) {
  std::map<std::string, std::string> out;
  for (const auto& [name, type] : shape["columns"].members()) out[name] = type.as_string();
  return out;
}

bool holds(const Json& list, const std::string& item) {
  const auto& items = list.items();
  return std::find(items.begin(), items.end(), Json(item)) != items.end();
}

void compare_unique(const Definition& d, const Json& shape, Plan& plan) {
  const Json wanted = shape_of(d);
  for (const auto& column : wanted["unique"].items()) {
    if (holds(shape["unique"], column.as_string())) continue;
    plan.lines.push_back("make " + column.as_string() + " unique");
    plan.sql.push_back(unique_index_sql(d, column.as_string()));
  }
  for (const auto& column : shape["unique"].items()) {
    if (holds(wanted["unique"], column.as_string())) continue;
    plan.lines.push_back(column.as_string() + " need not be unique any more");
    plan.sql.push_back(fmt::format("DROP INDEX u_{}_{}", d.id, column.as_string()));
  }
  if (wanted["number"] != shape["number"]) {
    plan.only_adds = false;
    plan.lines.push_back("records get, or lose, their number");
  }
}

std::string plan_text(const Definition& d, const Plan& plan) {
  std::string out = "plan for " + table_name(d) + ":";
  for (const auto& line : plan.lines) out += "\n  - " + line;
  return out;
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

void rebuild_search(store::Db& db, const Definition& d) {
  std::vector<Record> records;
  {
    auto rows = db.prepare("SELECT " + select_columns(d) + " FROM " + table_name(d));
    while (rows.step()) records.push_back(read_record(rows, d));
  }
  for (const auto& record : records) store_search_text(db, d, record);
}

void store_shape(store::Db& db, const Definition& d) {
  db.prepare("DELETE FROM register_shape WHERE register = ?").bind(1, d.id).run();
  db.prepare("INSERT INTO register_shape(register, schema, shape) VALUES(?, ?, ?)")
      .bind(1, d.id)
      .bind(2, std::int64_t{d.schema})
      .bind(3, shape_of(d).dump())
      .run();
}

void check_states(store::Db& db, const Definition& d) {
  auto rows = db.prepare("SELECT state, COUNT(*) FROM " + table_name(d) + " GROUP BY state");
  while (rows.step()) {
    const std::string state = rows.text(0);
    if (state.empty() ? d.states.empty() : d.state(state) != nullptr) continue;
    throw base::WorldError(
        "records are in a state that the definition does not have",
        fmt::format("{}: {} records in state '{}'", d.id, rows.integer(1), state),
        "keep the state in registers/" + d.id + ".toml");
  }
}

void migrate_table(store::Db& db, const Definition& d, const Json& shape, std::int64_t schema,
                   const Options& options) {
  if (d.schema < schema) {
    throw base::WorldError("the register was written by a newer definition",
                           fmt::format("{} has schema {}, the file {}", d.id, schema, d.schema),
                           "use the newer registers/" + d.id + ".toml");
  }
  const Plan plan = compare(d, shape);
  if (!plan.lines.empty()) {
    const std::string text = plan_text(d, plan);
    if (!plan.only_adds) {
      throw base::WorldError("a register's definition differs from its table", text,
                             "fields are not removed and types not changed: keep the old field and "
                             "add one with a new key");
    }
    if (!options.apply_added || options.backups.empty()) {
      throw base::WorldError("a register's definition differs from its table", text,
                             "look with `jinglue registers migrate --dry-run`; carry it out with "
                             "`jinglue registers migrate`, or start once with `jinglue serve "
                             "--apply-added-columns`");
    }
    const auto saved = save_register(db, d, shape, schema, options.backups);
    base::log_info("registry", "{}; saved before as {}", text, saved.string());
    for (const auto& sql : plan.sql) db.exec(sql);
  }
  check_states(db, d);
  if (plan.search_differs) rebuild_search(db, d);
  store_shape(db, d);
}

/// The shape that was stored for a register's table; null when it has none yet.
Json stored_shape(store::Db& db, const std::string& register_id, std::int64_t& schema) {
  auto row = db.prepare("SELECT schema, shape FROM register_shape WHERE register = ?");
  row.bind(1, register_id);
  if (!row.step()) return nullptr;
  schema = row.integer(0);
  return base::parse_json(row.text(1)).value_or(Json());
}

void prepare_table(store::Db& db, const Definition& d, const Options& options) {
  std::int64_t schema = 0;
  const Json shape = stored_shape(db, d.id, schema);
  if (shape.is_null()) {
    for (const auto& sql : create_sql(d)) db.exec(sql);
    store::sqlite::make_text_index(db, index_name(d));
    store_shape(db, d);
  } else {
    migrate_table(db, d, shape, schema, options);
  }
}

}  // namespace

std::string table_name(const Definition& d) {
  return "r_" + d.id;
}
std::string index_name(const Definition& d) {
  return "s_" + d.id;
}
std::string column_name(const Field& f) {
  return "f_" + f.key;
}
std::vector<std::string> geometry_columns(const Field& f) {
  const std::string stem = "g_" + f.key;
  return {stem + "_wkb", stem + "_west", stem + "_south", stem + "_east", stem + "_north"};
}

Json shape_of(const Definition& d) {
  Json columns = Json::object();
  for (const auto& column : columns_of(d)) columns.set(column.name, column.type);
  Json unique = Json::array();
  Json search = Json::array();
  for (const auto& f : d.fields) {
    if (f.unique) unique.push(column_name(f));
    if (f.searched) search.push(f.key);
  }
  return Json::object({{"columns", std::move(columns)},
                       {"unique", std::move(unique)},
                       {"search", std::move(search)},
                       {"number", !d.number_pattern.empty()}});
}

Plan compare(const Definition& d, const Json& shape) {
  Plan plan;
  const auto stored = columns_from(shape);
  std::map<std::string, std::string> wanted;
  for (const auto& column : columns_of(d)) {
    wanted[column.name] = column.type;
    const auto it = stored.find(column.name);
    if (it == stored.end()) {
      plan.lines.push_back("add column " + column.name + " " + column.type);
      plan.sql.push_back(
          fmt::format("ALTER TABLE {} ADD COLUMN {} {}", table_name(d), column.name, column.type));
    } else if (it->second != column.type) {
      plan.only_adds = false;
      plan.lines.push_back(
          fmt::format("change column {} from {} to {}", column.name, it->second, column.type));
    }
  }
  for (const auto& [name, type] : stored) {
    if (wanted.contains(name)) continue;
    plan.only_adds = false;
    plan.lines.push_back(fmt::format("remove column {} {} and its values", name, type));
  }
  compare_unique(d, shape, plan);
  plan.search_differs = shape_of(d)["search"] != shape["search"];
  return plan;
}

void prepare_tables(store::Database& database, const std::vector<Definition>& definitions,
                    const Options& options) {
  database.migrate("registry", shared_tables());
  database.write([&](store::Db& db) {
    for (const auto& d : definitions) prepare_table(db, d, options);
    auto rows = db.prepare("SELECT register FROM register_shape ORDER BY register");
    while (rows.step()) {
      const std::string id = rows.text(0);
      const bool defined = std::any_of(definitions.begin(), definitions.end(),
                                       [&](const Definition& d) { return d.id == id; });
      if (!defined) {
        base::log_warn("registry", "the register '{}' has records but no definition file", id);
      }
    }
  });
}

}  // namespace jinglue::registry::detail

namespace jinglue::registry {

std::vector<TablePlan> table_plans(store::Database& records,
                                   const std::filesystem::path& definitions) {
  const auto set = usable_definitions(definitions);
  records.migrate("registry", detail::shared_tables());
  return records.read([&](store::Db& db) {
    std::vector<TablePlan> out;
    for (const auto& d : set) {
      std::int64_t schema = 0;
      const auto shape = detail::stored_shape(db, d.id, schema);
      if (shape.is_null()) continue;
      const auto plan = detail::compare(d, shape);
      if (plan.lines.empty()) continue;
      out.push_back({d.id, plan.only_adds, detail::plan_text(d, plan)});
    }
    return out;
  });
}

}  // namespace jinglue::registry
