// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/query.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "registry/code_list.hpp"
#include "registry/detail/clock_rows.hpp"
#include "registry/detail/condition.hpp"
#include "registry/detail/links.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/search.hpp"
#include "registry/detail/table.hpp"
#include "registry/detail/value.hpp"
#include "registry/detail/value_kinds.hpp"
#include "store/sqlite/column_index.hpp"
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
Field instant_field() {
  Field f;
  f.type = FieldType::kInstant;
  return f;
}
Field integer_field() {
  Field f;
  f.type = FieldType::kInteger;
  return f;
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
  if (f.type == FieldType::kLinks) {
    where.add(links_to_condition(d, f), text_field(), text);
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
  Column column{"seq", integer_field()};
  bool descending{false};
  /// Whether a record may have no value there.
  bool may_be_absent() const { return column.name.starts_with("f_") || column.name == "number"; }
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

std::string make_cursor(const std::string& sort, const Json& value, std::int64_t seq) {
  return base::to_hex(Json::object({{"s", sort}, {"v", value}, {"i", seq}}).dump());
}

base::Result<Json> read_cursor(const std::string& cursor, const std::string& sort) {
  std::string bytes;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < cursor.size(); i += 2) {
    bytes += char(digit(cursor[i]) * 16 + digit(cursor[i + 1]));
  }
  auto json = base::parse_json(bytes);
  if (!json || (*json)["s"].as_string() != sort || !(*json)["i"].is_int()) {
    return base::fail(Code::kMalformed, "not a cursor of this list", "cursor",
                      "start again without a cursor");
  }
  return json;
}

/// Rows after the cursor, with absent values last and the order of creation among equals.
void add_after(const Sort& sort, const std::string& seq, const Json& cursor, Where& where) {
  const std::string& c = sort.column.name;
  const Json& value = cursor["v"];
  if (c == "seq") {
    where.add(seq + (sort.descending ? " < ?" : " > ?"), integer_field(), cursor["i"]);
    return;
  }
  if (value.is_null()) {
    where.add("(" + c + " IS NULL AND " + seq + " > ?)", integer_field(), cursor["i"]);
    return;
  }
  const std::string beyond = sort.descending ? " < ?" : " > ?";
  const std::string absent = sort.may_be_absent() ? " OR " + c + " IS NULL" : "";
  where.add("(" + c + beyond + absent + " OR (" + c + " = ? AND " + seq + " > ?))",
            sort.column.field, value);
  where.values.emplace_back(sort.column.field, value);
  where.values.emplace_back(integer_field(), cursor["i"]);
}

void bind_all(store::Stmt& s, const Where& where) {
  int index = 1;
  for (const auto& [field, value] : where.values) bind_value(s, index++, field, value);
}

Json sort_value(const Record& r, const Sort& sort) {
  const std::string& c = sort.column.name;
  if (c == "id") return r.id;
  if (c == "seq") return {};
  if (c == "state") return r.state;
  if (c == "number") return r.number.empty() ? Json() : Json(r.number);
  if (c == "created_by") return r.created_by;
  if (c == "changed_by") return r.changed_by;
  if (c == "created_at") return base::to_iso(r.created_at);
  if (c == "changed_at") return base::to_iso(r.changed_at);
  if (c == "rev") return r.revision;
  return r.fields[sort.column.field.key];
}

std::string order_of(const Sort& sort, const std::string& seq) {
  const std::string& c = sort.column.name;
  if (c == "seq") return " ORDER BY " + seq + (sort.descending ? " DESC" : "");
  return " ORDER BY " + (sort.may_be_absent() ? c + " IS NULL, " : std::string()) + c +
         (sort.descending ? " DESC, " : ", ") + seq;
}

/// Where a list looks: the table, joined with its text index when there is a text to find, or the
/// text index alone when nothing else is asked.
struct Source {
  std::string from;
  std::string seq{"seq"};
  std::string match;      ///< expression of the text index; empty = not used
  bool only_text{false};  ///< no row of the table needs to be read to count
};

bool is_latin(const std::string& term) {
  return !term.empty() && static_cast<unsigned char>(term.front()) < 0x80;
}

/// Text that the index does not find is looked for in every row, so that a part in the middle of a
/// number is found too; Chinese text is in the index wherever it stands.
void add_text(store::Db& db, const Definition& d, const Query& query, Source& source,
              Where& where) {
  const std::string index = index_name(d);
  const std::string expression = store::sqlite::search_expression_in(query.text, 1);
  if (!expression.empty() && !query.with_removed) {
    auto found = db.prepare("SELECT 1 FROM " + index + " WHERE " + index + " MATCH ? LIMIT 1");
    const auto terms = store::sqlite::search_terms(query.text);
    if (found.bind(1, std::string_view(expression)).step() ||
        std::none_of(terms.begin(), terms.end(), is_latin)) {
      source.match = expression;
      source.seq = index + ".rowid";
      source.from = index + " JOIN " + source.from + " ON seq = " + source.seq;
      where.add(index + " MATCH ?", text_field(), expression);
      return;
    }
  }
  for (const auto& word : search_words(query.text)) {
    where.add("SUBSTR(search, 1, INSTR(search, CHAR(31))) LIKE ? ESCAPE '\\'", text_field(),
              "%" + escape_like(word) + "%");
  }
}

base::Status add_box(const Definition& d, const geo::Box& box, Where& where) {
  const Field* place = first_geometry(d);
  if (place == nullptr) {
    return base::fail(Code::kMalformed, "the register '" + d.id + "' has no geometry", "bbox");
  }
  const auto names = geometry_columns(*place);  // wkb, west, south, east, north
  Field number;
  number.type = FieldType::kNumber;
  where.add(names[1] + " <= ?", number, box.east_deg);
  where.add(names[3] + " >= ?", number, box.west_deg);
  where.add(names[2] + " <= ?", number, box.north_deg);
  where.add(names[4] + " >= ?", number, box.south_deg);
  return {};
}

/// By links the few rows are found by their ids; without statistics SQLite would rather go through
/// all that are not removed. "+" keeps it from that index.
const char* kept_condition(const Definition& d, const Query& query) {
  const bool by_links = std::any_of(query.equals.begin(), query.equals.end(), [&](const auto& one) {
    const Field* f = d.field(one.first);
    return f != nullptr && f->type == FieldType::kLinks && !one.second.empty();
  });
  return by_links ? "+removed = 0" : "removed = 0";
}

base::Result<Where> conditions(store::Db& db, const Definition& d, const Query& query,
                               Source& source) {
  Where where;
  if (!query.text.empty()) add_text(db, d, query, source, where);
  const std::size_t of_text = where.values.size();
  // Removed records are not in the text index.
  if (!query.with_removed && source.match.empty()) where.add(kept_condition(d, query));
  if (const Field* f = d.field(d.district_field); f != nullptr && !query.districts.empty()) {
    std::string marks;
    for (std::size_t i = 0; i < query.districts.size(); ++i) marks += i == 0 ? "?" : ", ?";
    const std::string name = column_name(*f);
    where.add("(" + name + " IN (" + marks + ") OR " + name + " IS NULL)");
    for (const auto& district : query.districts) where.values.emplace_back(text_field(), district);
  }
  for (const auto& [key, text] : query.equals) {
    if (key == "clock" && d.field(key) == nullptr) {
      const auto condition = clock_condition(d, text, query.now);
      if (!condition) return tl::unexpected(condition.error());
      where.add(*condition);
      continue;
    }
    if (auto good = add_filter(d, key, text, where); !good) return tl::unexpected(good.error());
  }
  if (query.filter) {
    auto condition = cql::condition_of(db, d, *query.filter);
    if (!condition) return tl::unexpected(condition.error());
    where.add(condition->sql);
    for (auto& value : condition->values) where.values.push_back(std::move(value));
  }
  if (query.box) {
    if (auto good = add_box(d, *query.box, where); !good) return tl::unexpected(good.error());
  }
  source.only_text = !source.match.empty() && where.values.size() == of_text &&
                     query.equals.empty() && !query.filter;
  return where;
}

std::uint64_t count_rows(store::Db& db, const Definition& d, const Source& source,
                         const Where& where) {
  const std::string from = source.only_text ? index_name(d) : source.from;
  auto count = db.prepare("SELECT COUNT(*) FROM " + from + " WHERE " + where.sql);
  bind_all(count, where);
  count.step();
  return std::uint64_t(count.integer(0));
}

/// Which rows, from indexes alone where they have what is asked; their values are read after.
std::vector<std::int64_t> find_rows(store::Db& db, const Definition& d, const Source& source,
                                    const Where& where, const Sort& sort, std::size_t limit,
                                    std::size_t offset) {
  const bool text_alone = source.only_text && sort.column.name == "seq";
  auto rows =
      db.prepare("SELECT " + source.seq + " FROM " + (text_alone ? index_name(d) : source.from) +
                 " WHERE " + where.sql + order_of(sort, source.seq) + " LIMIT " +
                 std::to_string(limit) + " OFFSET " + std::to_string(offset));
  bind_all(rows, where);
  std::vector<std::int64_t> out;
  while (rows.step()) out.push_back(rows.integer(0));
  return out;
}

}  // namespace

base::Result<Column> column_of(const Definition& d, const std::string& key) {
  if (key == "state" || key == "number" || key == "id" || key == "created_by" ||
      key == "changed_by") {
    return Column{key, text_field()};
  }
  if (key == "created_at" || key == "changed_at" || key == "revision") {
    return Column{key == "revision" ? "rev" : key,
                  key == "revision" ? integer_field() : instant_field()};
  }
  const Field* f = d.field(key);
  if (f == nullptr) {
    return base::fail(Code::kUnknown, "the register '" + d.id + "' has no such field", key);
  }
  return Column{column_name(*f), *f};
}

base::Result<Totals> run_totals(store::Db& db, const Definition& d, const Query& query,
                                const std::vector<std::string>& fields) {
  Source source{table_name(d), "seq", {}, false};
  const auto where = conditions(db, d, query, source);
  if (!where) return tl::unexpected(where.error());
  std::string columns = "COUNT(*)";
  std::vector<double> units;
  for (const auto& key : fields) {
    const auto column = column_of(d, key);
    if (!column) return tl::unexpected(column.error());
    columns += ", COALESCE(SUM(" + column->name + "), 0), COUNT(" + column->name + ")";
    units.push_back(column->field.type == FieldType::kMoney ? 100 : 1);  // stored in 分
  }
  auto row = db.prepare("SELECT " + columns + " FROM " + source.from + " WHERE " + where->sql);
  bind_all(row, *where);
  row.step();
  Totals out;
  out.records = std::uint64_t(row.integer(0));
  for (std::size_t i = 0; i < units.size(); ++i) {
    const int at = int(1 + 2 * i);
    out.fields.push_back({row.number(at) / units[i], std::uint64_t(row.integer(at + 1))});
  }
  return out;
}

base::Result<Page> run_query(store::Db& db, const Definition& d, const Query& query) {
  Source source{table_name(d), "seq", {}, false};
  auto where = conditions(db, d, query, source);
  if (!where) return tl::unexpected(where.error());
  const auto sort = sort_of(d, query.sort);
  if (!sort) return tl::unexpected(sort.error());
  Page page;
  page.total = count_rows(db, d, source, *where);
  if (!query.cursor.empty()) {
    const auto cursor = read_cursor(query.cursor, query.sort);
    if (!cursor) return tl::unexpected(cursor.error());
    add_after(*sort, source.seq, *cursor, *where);
  }
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, kMostPerPage);
  const auto found = find_rows(db, d, source, *where, *sort, limit + 1, query.offset);
  auto row =
      db.prepare("SELECT " + select_columns(d) + " FROM " + table_name(d) + " WHERE seq = ?");
  for (std::size_t i = 0; i < std::min(limit, found.size()); ++i) {
    row.bind(1, found[i]).step();
    page.items.push_back(read_record(row, d));
    row.rewind();
  }
  if (found.size() > limit) {
    page.next = make_cursor(query.sort, sort_value(page.items.back(), *sort), found[limit - 1]);
  }
  return page;
}

}  // namespace jinglue::registry::detail
