// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.hpp"
#include "registry/detail/computed.hpp"
#include "registry/detail/disposal.hpp"
#include "registry/detail/links.hpp"
#include "registry/detail/migration.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/search.hpp"
#include "registry/detail/standings.hpp"
#include "registry/mapping.hpp"
#include "registry/migrate.hpp"
#include "store/database.hpp"
#include "store/sqlite/column_index.hpp"

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

const std::vector<store::Migration>& file_tables() {
  static const std::vector<store::Migration> kSteps = {{1, R"sql(
CREATE TABLE record_file(
  sha256 TEXT NOT NULL, uploaded_by TEXT NOT NULL, at BIGINT NOT NULL, size BIGINT NOT NULL,
  media TEXT NOT NULL, held_at BIGINT, PRIMARY KEY(sha256, uploaded_by));
)sql"}};
  return kSteps;
}

}  // namespace

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

namespace {

struct Column {
  std::string name;
  std::string type;
};

std::vector<Column> columns_of(const Definition& d) {
  std::vector<Column> out;
  for (const auto& f : d.fields) {
    out.push_back({column_name(f), column_type(f.type)});
    if (f.code_list) out.push_back({version_column(f), "TEXT"});
    if (f.type != FieldType::kGeometry) continue;
    for (const auto& name : geometry_columns(f)) {
      out.push_back({name, name.ends_with("_wkb") ? "BLOB" : "DOUBLE PRECISION"});
    }
  }
  return out;
}

std::vector<std::string> create_sql(const Definition& d) {
  std::string table =
      "CREATE TABLE " + table_name(d) +
      "(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, number TEXT, rev BIGINT NOT NULL,"
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

/// Carries the plan out, when it may be.
void bring_up(store::Db& db, const Definition& d, const Json& shape, std::int64_t schema,
              const Options& options) {
  const bool search_differs = migrate_table(db, d, shape, schema, options);
  check_states(db, d);
  if (search_differs) rebuild_search(db, d);
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

/// Records that link to one are asked for by computed fields and by the views of a record.
std::string link_index_sql(const Definition& d, const Field& f) {
  return fmt::format("CREATE INDEX IF NOT EXISTS l_{}_{} ON {}({})", d.id, f.key, table_name(d),
                     column_name(f));
}

/// Derived data: made anew without asking when it differs.
void prepare_list_index(store::Db& db, const Definition& d) {
  const std::string wanted = list_index_sql(d);
  const std::string name = "n_" + d.id;
  if (store::sqlite::index_sql(db, name) == wanted) return;
  db.exec("DROP INDEX IF EXISTS " + name);
  db.exec(wanted);
}

/// True when what is computed of records that are there may differ.
bool prepare_table(store::Db& db, const Definition& d, const Options& options) {
  std::int64_t schema = 0;
  const Json shape = stored_shape(db, d.id, schema);
  if (shape.is_null()) {
    for (const auto& sql : create_sql(d)) db.exec(sql);
    store::sqlite::make_column_index(db, index_name(d), kSearchParts);
    store_shape(db, d);
  } else {
    bring_up(db, d, shape, schema, options);
    store::sqlite::tune_column_index(db, index_name(d));
  }
  prepare_list_index(db, d);
  if (const Json links = shape_of(d)["links"]; links != shape["links"]) rebuild_links(db, d);
  const Json computed = shape_of(d)["computed"];
  return computed != shape["computed"] && !computed.is_null();
}

}  // namespace

std::string unique_index_sql(const Definition& d, const std::string& column) {
  return fmt::format("CREATE UNIQUE INDEX u_{}_{} ON {}({}) WHERE removed = 0", d.id, column,
                     table_name(d), column);
}
std::string table_name(const Definition& d) {
  return "r_" + d.id;
}
std::string index_name(const Definition& d) {
  return "s_" + d.id;
}
std::string column_name(const Field& f) {
  return "f_" + f.key;
}
std::string version_column(const Field& f) {
  return "v_" + f.key;
}
const Field* first_geometry(const Definition& d) {
  const auto it = std::find_if(d.fields.begin(), d.fields.end(),
                               [](const Field& f) { return f.type == FieldType::kGeometry; });
  return it == d.fields.end() ? nullptr : &*it;
}
std::string list_index_sql(const Definition& d) {
  std::string columns = "removed, seq, state, number, created_at, changed_at";
  for (const auto& f : d.fields) {
    const bool is_short = f.type != FieldType::kLongText && f.type != FieldType::kRows &&
                          f.type != FieldType::kGeometry;
    if (is_short && (f.listed || f.key == d.district_field || f.key == d.title_field)) {
      columns += ", " + column_name(f);
    }
  }
  if (const Field* place = first_geometry(d); place != nullptr) {
    const auto names = geometry_columns(*place);
    for (std::size_t i = 1; i < names.size(); ++i) columns += ", " + names[i];  // its box
  }
  return fmt::format("CREATE INDEX n_{} ON {}({})", d.id, table_name(d), columns);
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
    constexpr const char* kParts[] = {"head", "body", "closed"};
    if (const auto part = search_part(d, f); part != SearchPart::kNone) {
      search.push(f.key + ":" + kParts[std::size_t(part)]);
    }
  }
  Json types = Json::object();
  for (const auto& f : d.fields) types.set(f.key, to_key(f.type));
  Json out = Json::object({{"columns", std::move(columns)},
                           {"types", std::move(types)},
                           {"unique", std::move(unique)},
                           {"search", std::move(search)},
                           {"number", !d.number_pattern.empty()}});
  Json computed;
  for (const auto& f : d.fields) {
    if (!f.computed_text.empty()) computed.set(f.key, f.computed_text);
  }
  if (!computed.is_null()) out.set("computed", std::move(computed));
  Json links;
  for (const auto& f : d.fields) {
    if (f.type == FieldType::kLinks) links.push(f.key);
  }
  if (!links.is_null()) out.set("links", std::move(links));
  return out;
}

void prepare_tables(store::Database& database, const std::vector<Definition>& definitions,
                    const Options& options) {
  database.migrate("registry", shared_tables());
  database.migrate("registry_standing", standing_tables());  // before a new table has its shape
  database.migrate("registry_files", file_tables());
  make_link_table(database);
  make_tombstone_table(database);
  prepare_mappings(database);
  database.write([&](store::Db& db) {
    bool computed_differ = false;
    for (const auto& d : definitions) {
      computed_differ = prepare_table(db, d, options) || computed_differ;
      for (const auto& f : d.fields) {
        if (f.type == FieldType::kLink) db.exec(link_index_sql(d, f));
      }
    }
    if (computed_differ) recompute_all(db, definitions, base::wall_now());
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
      const auto plan = detail::plan_with_data(db, d, shape);
      if (plan.lines.empty()) continue;
      out.push_back({d.id, plan.possible, plan.only_adds, detail::plan_text(d, plan)});
    }
    return out;
  });
}

}  // namespace jinglue::registry
