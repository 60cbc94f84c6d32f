// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/row.hpp"

#include <algorithm>

#include "registry/detail/geometry.hpp"
#include "registry/detail/links.hpp"
#include "registry/detail/number.hpp"
#include "registry/detail/search.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Json;

constexpr int kFixedColumns = 10;

Json json_from(const std::string& text) {
  auto value = base::parse_json(text);
  return value ? std::move(*value) : Json();
}

}  // namespace

Json read_value(const store::Stmt& row, int column, const Field& f) {
  if (row.is_null(column)) return {};
  switch (f.type) {
    case FieldType::kInteger:
      return Json(row.integer(column));
    case FieldType::kNumber:
      return canonical_number(row.number(column));
    case FieldType::kBoolean:
      return Json(row.integer(column) != 0);
    case FieldType::kInstant:
      return Json(base::to_iso({row.integer(column)}));
    case FieldType::kMoney:
      return money_from_fen(row.integer(column));
    case FieldType::kChoices:
    case FieldType::kLinks:
    case FieldType::kRows:
    case FieldType::kFile:
    case FieldType::kGeometry:
      return json_from(row.text(column));
    default:
      return Json(row.text(column));
  }
}

namespace {

/// Binds a geometry's derived columns and returns the next index.
int bind_geometry(store::Stmt& s, int index, const Json& value) {
  if (value.is_null()) {
    for (int i = 0; i < 5; ++i) s.bind_null(index++);
    return index;
  }
  s.bind_blob(index++, geometry_wkb(value));
  const geo::Box box = geometry_box(value);
  for (const double edge : {box.west_deg, box.south_deg, box.east_deg, box.north_deg}) {
    s.bind(index++, edge);
  }
  return index;
}

/// Everything but the id, in the order of column_list().
int bind_all(store::Stmt& s, int index, const Definition& d, const Record& r) {
  const auto text = [&](std::string_view value) { s.bind(index++, value); };
  const auto whole = [&](std::int64_t value) { s.bind(index++, value); };
  if (r.number.empty())
    s.bind_null(index++);
  else
    text(r.number);
  whole(r.revision);
  text(r.state);
  text(r.pending.is_null() ? std::string() : r.pending.dump());
  whole(r.created_at.ms);
  text(r.created_by);
  whole(r.changed_at.ms);
  text(r.changed_by);
  whole(r.removed ? 1 : 0);
  for (const auto& f : d.fields) {
    bind_value(s, index++, f, r.fields[f.key]);
    if (f.type == FieldType::kGeometry) index = bind_geometry(s, index, r.fields[f.key]);
    if (f.code_list) {
      const std::string& version = r.code_versions[f.key].as_string();
      if (version.empty())
        s.bind_null(index++);
      else
        text(version);
    }
  }
  return index;
}

std::vector<std::string> column_list(const Definition& d) {
  std::vector<std::string> out = {"number",     "rev",        "state",      "pending", "created_at",
                                  "created_by", "changed_at", "changed_by", "removed"};
  for (const auto& f : d.fields) {
    out.push_back(column_name(f));
    if (f.code_list) out.push_back(version_column(f));
    if (f.type != FieldType::kGeometry) continue;
    for (auto& name : geometry_columns(f)) out.push_back(std::move(name));
  }
  return out;
}

}  // namespace

void bind_value(store::Stmt& s, int index, const Field& f, const Json& value) {
  if (value.is_null()) {
    s.bind_null(index);
    return;
  }
  switch (f.type) {
    case FieldType::kInteger:
      s.bind(index, value.as_int());
      break;
    case FieldType::kNumber:
      s.bind(index, value.as_double());
      break;
    case FieldType::kBoolean:
      s.bind(index, std::int64_t{value.as_bool()});
      break;
    case FieldType::kInstant:
      s.bind(index, base::parse_iso(value.as_string()).value_or(base::Instant{}).ms);
      break;
    case FieldType::kMoney:
      s.bind(index, money_fen(value));
      break;
    case FieldType::kChoices:
    case FieldType::kLinks:
    case FieldType::kRows:
    case FieldType::kFile:
    case FieldType::kGeometry:
      s.bind(index, std::string_view(value.dump()));
      break;
    default:
      s.bind(index, std::string_view(value.as_string()));
  }
}

std::string select_columns(const Definition& d) {
  std::string out =
      "id, number, rev, state, pending, created_at, created_by, changed_at, changed_by, removed";
  for (const auto& f : d.fields) out += ", " + column_name(f);
  for (const auto& f : d.fields) {
    if (f.code_list) out += ", " + version_column(f);
  }
  return out;
}

Record read_record(const store::Stmt& row, const Definition& d) {
  Record r;
  r.register_id = d.id;
  r.id = row.text(0);
  r.number = row.is_null(1) ? std::string() : row.text(1);
  r.revision = row.integer(2);
  r.state = row.text(3);
  if (const std::string pending = row.text(4); !pending.empty()) r.pending = json_from(pending);
  r.created_at = {row.integer(5)};
  r.created_by = row.text(6);
  r.changed_at = {row.integer(7)};
  r.changed_by = row.text(8);
  r.removed = row.integer(9) != 0;
  r.fields = Json::object();
  for (std::size_t i = 0; i < d.fields.size(); ++i) {
    Json value = read_value(row, kFixedColumns + int(i), d.fields[i]);
    if (!value.is_null()) r.fields.set(d.fields[i].key, std::move(value));
  }
  int column = kFixedColumns + int(d.fields.size());
  for (const auto& f : d.fields) {
    if (!f.code_list) continue;
    if (!row.is_null(column)) r.code_versions.set(f.key, row.text(column));
    ++column;
  }
  return r;
}

std::optional<Record> load_record(store::Db& db, const Definition& d, const std::string& id) {
  auto row = db.prepare("SELECT " + select_columns(d) + " FROM " + table_name(d) + " WHERE id = ?");
  row.bind(1, std::string_view(id));
  if (!row.step()) return std::nullopt;
  return read_record(row, d);
}

std::optional<Record> find_record(store::Db& db, const Definition& d, const Field& field,
                                  const Json& value) {
  auto row = db.prepare("SELECT " + select_columns(d) + " FROM " + table_name(d) + " WHERE " +
                        column_name(field) + " = ? AND removed = 0 LIMIT 1");
  bind_value(row, 1, field, value);
  if (!row.step()) return std::nullopt;
  return read_record(row, d);
}

void insert_record(store::Db& db, const Definition& d, const Record& r) {
  std::string names = "id, search";
  std::string marks = "?, ?";
  for (const auto& name : column_list(d)) {
    names += ", " + name;
    marks += ", ?";
  }
  const SearchTexts texts = search_texts(d, r);
  auto s = db.prepare("INSERT INTO " + table_name(d) + "(" + names + ") VALUES(" + marks + ")");
  s.bind(1, std::string_view(r.id)).bind(2, std::string_view(joined(texts, !r.removed)));
  bind_all(s, 3, d, r);
  s.run();
  if (!r.removed) add_search_texts(db, d, db.last_id(), texts);
  add_links(db, d, r);
}

void update_record(store::Db& db, const Definition& d, const Record& r) {
  std::string sets;
  for (const auto& name : column_list(d)) sets += (sets.empty() ? "" : ", ") + name + " = ?";
  auto s = db.prepare("UPDATE " + table_name(d) + " SET " + sets + " WHERE id = ?");
  const int last = bind_all(s, 1, d, r);
  s.bind(last, std::string_view(r.id)).run();
  store_search_texts(db, d, r);
  replace_links(db, d, r);
}

int record_columns(const Definition& d) {
  return kFixedColumns + int(d.fields.size()) +
         int(std::count_if(d.fields.begin(), d.fields.end(),
                           [](const Field& f) { return f.code_list != nullptr; }));
}

void insert_history(store::Db& db, const Record& r, std::string_view lines,
                    const std::string& note) {
  auto s = db.prepare(
      "INSERT INTO record_history(register, record, rev, line, field, before, after, actor, at, "
      "note) VALUES(?, ?, ?, 0, '', '', ?, ?, ?, ?)");
  s.bind(1, std::string_view(r.register_id)).bind(2, std::string_view(r.id));
  s.bind(3, r.revision).bind(4, lines);
  s.bind(5, std::string_view(r.changed_by)).bind(6, r.changed_at.ms);
  s.bind(7, std::string_view(note)).run();
}

std::vector<HistoryLine> load_history(store::Db& db, const std::string& register_id,
                                      const std::string& id, std::int64_t after_revision) {
  auto rows = db.prepare(
      "SELECT rev, field, before, after, actor, at, note FROM record_history "
      "WHERE register = ? AND record = ? AND rev > ? ORDER BY rev, line");
  rows.bind(1, std::string_view(register_id)).bind(2, std::string_view(id)).bind(3, after_revision);
  std::vector<HistoryLine> out;
  while (rows.step()) {
    const auto add = [&](const std::string& field, Json before, Json after) {
      out.push_back({rows.integer(0), field, std::move(before), std::move(after), rows.text(4),
                     base::Instant{rows.integer(5)}, rows.text(6)});
    };
    const Json after = json_from(rows.text(3));
    // A row of its own for each line, as they once were, has the name of its field.
    if (const auto field = rows.text(1); !field.empty()) {
      add(field, json_from(rows.text(2)), after);
      continue;
    }
    for (const auto& line : after.items()) {
      const auto& parts = line.items();
      if (parts.size() == 3) add(parts[0].as_string(), parts[1], parts[2]);
    }
  }
  return out;
}

std::int64_t insert_change(store::Db& db, const Record& r, std::string_view fields,
                           bool journaled) {
  std::int64_t number = 0;
  {
    auto last = db.prepare("SELECT COALESCE(MAX(number), 0) FROM record_change");
    last.step();
    number = last.integer(0) + 1;
  }
  auto s = db.prepare(
      "INSERT INTO record_change(number, register, record, rev, at, actor, removed, journaled, "
      "fields, state) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  s.bind(1, number).bind(2, std::string_view(r.register_id));
  s.bind(3, std::string_view(r.id)).bind(4, r.revision).bind(5, r.changed_at.ms);
  s.bind(6, std::string_view(r.changed_by)).bind(7, std::int64_t{r.removed});
  s.bind(8, std::int64_t{journaled}).bind(9, fields);
  s.bind(10, std::string_view(r.state)).run();
  return number;
}

namespace {

std::vector<model::RecordChange> changes_where(store::Db& db, const std::string& condition,
                                               std::int64_t after, std::size_t limit) {
  auto rows = db.prepare(
      "SELECT number, register, record, rev, at, actor, removed, fields, state FROM record_change "
      "WHERE number > ?" +
      condition + " ORDER BY number LIMIT ?");
  rows.bind(1, after).bind(2, std::int64_t(limit));
  std::vector<model::RecordChange> out;
  while (rows.step()) {
    model::RecordChange c;
    c.number = rows.integer(0);
    c.register_id = rows.text(1);
    c.record_id = rows.text(2);
    c.revision = rows.integer(3);
    c.at = {rows.integer(4)};
    c.actor = rows.text(5);
    c.removed = rows.integer(6) != 0;
    c.fields = json_from(rows.text(7));
    c.state = rows.text(8);
    out.push_back(std::move(c));
  }
  return out;
}

}  // namespace

std::vector<model::RecordChange> load_changes(store::Db& db, std::int64_t after,
                                              std::size_t limit) {
  return changes_where(db, " AND journaled = 1", after, limit);
}

std::vector<model::RecordChange> load_all_changes(store::Db& db, std::int64_t after,
                                                  std::size_t limit) {
  return changes_where(db, "", after, limit);
}

std::string next_number(store::Db& db, const Definition& d, base::Instant now) {
  if (d.number_pattern.empty()) return {};
  const auto pattern = parse_number_pattern(d.number_pattern);
  if (!pattern) return {};  // refused when it was read
  const std::string before = fill_dates(pattern->before, now, d.number_zone);
  std::int64_t last = 0;
  {
    auto row = db.prepare("SELECT last FROM record_counter WHERE register = ? AND scope = ?");
    row.bind(1, std::string_view(d.id)).bind(2, std::string_view(before));
    if (row.step()) last = row.integer(0);
  }
  auto set =
      last == 0 ? db.prepare("INSERT INTO record_counter(last, register, scope) VALUES(?, ?, ?)")
                : db.prepare("UPDATE record_counter SET last = ? WHERE register = ? AND scope = ?");
  set.bind(1, last + 1).bind(2, std::string_view(d.id)).bind(3, std::string_view(before)).run();
  return number_text(*pattern, before, last + 1, fill_dates(pattern->after, now, d.number_zone));
}

}  // namespace jinglue::registry::detail
