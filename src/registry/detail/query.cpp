// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/query.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "registry/code_list.hpp"
#include "registry/detail/clock_rows.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/search.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value.hpp"
#include "registry/detail/value_kinds.hpp"
#include "store/sqlite/text_search.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;
using base::Json;

constexpr std::size_t kMostPerPage = 1000;

/// Conditions with their values, in order.
struct Where {
  std::string sql{"1 = 1"};
  std::vector<std::pair<Field, Json>> values;
  void add(const std::string& condition) { sql += " AND " + condition; }
  void add(const std::string& condition, const Field& field, Json value) {
    add(condition);
    values.emplace_back(field, std::move(value));
  }
};

Field text_field() {
  return {};
}
Field integer_field() {
  Field f;
  f.type = FieldType::kInteger;
  return f;
}

/// What records have beside their fields, as columns to filter and sort by.
struct Column {
  std::string name;
  Field field;
};
base::Result<Column> column_of(const Definition& d, const std::string& key) {
  if (key == "state" || key == "number" || key == "id" || key == "created_by" ||
      key == "changed_by") {
    return Column{key, text_field()};
  }
  if (key == "created_at" || key == "changed_at" || key == "revision") {
    return Column{key == "revision" ? "rev" : key, integer_field()};
  }
  const Field* f = d.field(key);
  if (f == nullptr) {
    return base::fail(Code::kUnknown, "the register '" + d.id + "' has no such field", key);
  }
  return Column{column_name(*f), *f};
}

bool is_list(const Field& f) {
  return f.type == FieldType::kChoices || f.type == FieldType::kLinks ||
         f.type == FieldType::kRows || f.type == FieldType::kFile;
}

/// Periods that have a day in common with the one asked for.
void add_overlap(const std::string& column, const Period& asked, Where& where) {
  if (!asked.to.empty()) {
    where.add("(" + column + " LIKE '../%' OR substr(" + column + ", 1, 10) <= ?)", text_field(),
              asked.to);
  }
  if (!asked.from.empty()) {
    where.add("(" + column + " LIKE '%/..' OR substr(" + column + ", -10) >= ?)", text_field(),
              asked.from);
  }
  where.add(column + " IS NOT NULL");
}

/// The code and all below it, in whichever version.
void add_code(const Field& f, const std::string& column, const std::string& key, Where& where) {
  std::vector<std::string> keys;
  for (const auto& version : f.code_list->versions) {
    for (auto& one : version.with_below(key)) {
      if (std::find(keys.begin(), keys.end(), one) == keys.end()) keys.push_back(std::move(one));
    }
  }
  std::string any;
  for (auto& one : keys) {
    const bool list = f.type == FieldType::kChoices;
    any += (any.empty() ? "" : " OR ") + column + (list ? " LIKE ? ESCAPE '\\'" : " = ?");
    where.values.emplace_back(text_field(),
                              list ? Json("%" + escape_like(Json(one).dump()) + "%") : Json(one));
  }
  where.add("(" + any + ")");
}

base::Status add_filter(const Definition& d, const std::string& key, const std::string& text,
                        Where& where) {
  const auto column = column_of(d, key);
  if (!column) return tl::unexpected(column.error());
  const Field& f = column->field;
  if (f.type == FieldType::kGeometry) {
    return base::fail(Code::kMalformed, "a geometry is not filtered by value", key);
  }
  if (text.empty()) {
    where.add("(" + column->name + " IS NULL OR CAST(" + column->name + " AS TEXT) = '')");
    return {};
  }
  if (f.type == FieldType::kPeriod) {
    const auto asked = read_period(text);
    if (!asked) return tl::unexpected(from_text(f, text).error());
    add_overlap(column->name, *asked, where);
    return {};
  }
  if (f.code_list) {
    add_code(f, column->name, text, where);
    return {};
  }
  if (is_list(f)) {  // it holds the value, wherever that stands
    where.add(column->name + " LIKE ? ESCAPE '\\'", text_field(),
              "%" + escape_like(Json(text).dump()) + "%");
    return {};
  }
  auto value = from_text(f, text);
  if (!value) return tl::unexpected(value.error());
  where.add(column->name + " = ?", f, std::move(*value));
  return {};
}

struct Sort {
  Column column{"id", {}};
  bool descending{false};
};
base::Result<Sort> sort_of(const Definition& d, const std::string& text) {
  Sort out;
  if (text.empty()) return out;
  out.descending = text[0] == '-';
  auto column = column_of(d, text.substr(out.descending ? 1 : 0));
  if (!column) return tl::unexpected(column.error());
  if (is_list(column->field) || column->field.type == FieldType::kGeometry) {
    return base::fail(Code::kMalformed, "a list is not sorted by this field", column->name);
  }
  out.column = std::move(*column);
  return out;
}

std::string make_cursor(const std::string& sort, const Json& value, const std::string& id) {
  return base::to_hex(Json::object({{"s", sort}, {"v", value}, {"i", id}}).dump());
}

base::Result<Json> read_cursor(const std::string& cursor, const std::string& sort) {
  std::string bytes;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < cursor.size(); i += 2) {
    bytes += char(digit(cursor[i]) * 16 + digit(cursor[i + 1]));
  }
  auto json = base::parse_json(bytes);
  if (!json || (*json)["s"].as_string() != sort || !(*json)["i"].is_string()) {
    return base::fail(Code::kMalformed, "not a cursor of this list", "cursor",
                      "start again without a cursor");
  }
  return json;
}

/// Rows after the cursor, with absent values last and ids ascending among equals.
void add_after(const Sort& sort, const Json& cursor, Where& where) {
  const std::string& c = sort.column.name;
  const Json& value = cursor["v"];
  if (value.is_null()) {
    where.add("(" + c + " IS NULL AND id > ?)", text_field(), cursor["i"]);
    return;
  }
  const std::string beyond = sort.descending ? " < ?" : " > ?";
  where.add("(" + c + beyond + " OR " + c + " IS NULL OR (" + c + " = ? AND id > ?))",
            sort.column.field, value);
  where.values.emplace_back(sort.column.field, value);
  where.values.emplace_back(text_field(), cursor["i"]);
}

void bind_all(store::Stmt& s, const Where& where) {
  int index = 1;
  for (const auto& [field, value] : where.values) bind_value(s, index++, field, value);
}

Json sort_value(const Record& r, const Sort& sort) {
  const std::string& c = sort.column.name;
  if (c == "id") return r.id;
  if (c == "state") return r.state;
  if (c == "number") return r.number.empty() ? Json() : Json(r.number);
  if (c == "created_by") return r.created_by;
  if (c == "changed_by") return r.changed_by;
  if (c == "created_at") return r.created_at.ms;
  if (c == "changed_at") return r.changed_at.ms;
  if (c == "rev") return r.revision;
  return r.fields[sort.column.field.key];
}

std::string order_of(const Sort& sort) {
  const std::string& c = sort.column.name;
  return " ORDER BY CASE WHEN " + c + " IS NULL THEN 1 ELSE 0 END, " + c +
         (sort.descending ? " DESC" : "") + ", id";
}

/// By the index; where that finds nothing, by looking into every text, so that a part in the middle
/// of a number is found too.
void add_text(store::Db& db, const Definition& d, const std::string& text, Where& where) {
  const std::string expression = store::sqlite::search_expression(text);
  if (!expression.empty()) {
    const std::string condition = store::sqlite::search_condition("seq", index_name(d));
    auto found = db.prepare("SELECT 1 FROM " + table_name(d) + " WHERE " + condition + " LIMIT 1");
    if (found.bind(1, std::string_view(expression)).step()) {
      where.add(condition, text_field(), expression);
      return;
    }
  }
  for (const auto& word : search_words(text)) {
    where.add("search LIKE ? ESCAPE '\\'", text_field(), "%" + escape_like(word) + "%");
  }
}

base::Result<Where> conditions(store::Db& db, const Definition& d, const Query& query) {
  Where where;
  if (!query.with_removed) where.add("removed = 0");
  if (const Field* f = d.field(d.district_field); f != nullptr && !query.districts.empty()) {
    std::string marks;
    for (std::size_t i = 0; i < query.districts.size(); ++i) marks += i == 0 ? "?" : ", ?";
    const std::string name = column_name(*f);
    where.add("(" + name + " IN (" + marks + ") OR " + name + " IS NULL)");
    for (const auto& district : query.districts) where.values.emplace_back(text_field(), district);
  }
  if (!query.text.empty()) add_text(db, d, query.text, where);
  for (const auto& [key, text] : query.equals) {
    if (key == "clock" && d.field(key) == nullptr) {
      const auto condition = clock_condition(d, text, query.now);
      if (!condition) return tl::unexpected(condition.error());
      where.add(*condition);
      continue;
    }
    if (auto good = add_filter(d, key, text, where); !good) return tl::unexpected(good.error());
  }
  return where;
}

}  // namespace

base::Result<Page> run_query(store::Db& db, const Definition& d, const Query& query) {
  auto where = conditions(db, d, query);
  if (!where) return tl::unexpected(where.error());
  const auto sort = sort_of(d, query.sort);
  if (!sort) return tl::unexpected(sort.error());
  Page page;
  const std::string from = " FROM " + table_name(d) + " WHERE ";
  {
    auto count = db.prepare("SELECT COUNT(*)" + from + where->sql);
    bind_all(count, *where);
    count.step();
    page.total = std::uint64_t(count.integer(0));
  }
  if (!query.cursor.empty()) {
    const auto cursor = read_cursor(query.cursor, query.sort);
    if (!cursor) return tl::unexpected(cursor.error());
    add_after(*sort, *cursor, *where);
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, kMostPerPage);
  auto rows = db.prepare("SELECT " + select_columns(d) + from + where->sql + order_of(*sort) +
                         " LIMIT " + std::to_string(limit + 1));
  bind_all(rows, *where);
  while (rows.step()) page.items.push_back(read_record(rows, d));
  if (page.items.size() > limit) {
    page.items.pop_back();
    page.next = make_cursor(query.sort, sort_value(page.items.back(), *sort), page.items.back().id);
  }
  return page;
}

}  // namespace jinglue::registry::detail
