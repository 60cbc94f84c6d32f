// SPDX-License-Identifier: Apache-2.0
#include "findings/list_query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "findings/tables.hpp"
#include "store/sqlite/text_search.hpp"

namespace jinglue::findings {
namespace {

constexpr std::size_t kMostPerPage = 1000;

std::string placeholders(std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) out += i == 0 ? "?" : ", ?";
  return out;
}

/// opened_at and id of the last row of the page before.
std::optional<std::pair<std::int64_t, std::int64_t>> place_of(std::string_view cursor) {
  const auto dash = cursor.rfind('-');
  if (dash == std::string::npos) return std::nullopt;
  std::int64_t opened_at = 0;
  std::uint64_t id = 0;
  const auto time = cursor.substr(0, dash);
  const auto [stop, error] = std::from_chars(time.data(), time.data() + time.size(), opened_at);
  const bool good = error == std::errc{} && stop == time.data() + time.size();
  if (!good || !base::parse_hex(cursor.substr(dash + 1), id)) return std::nullopt;
  return std::pair{opened_at, static_cast<std::int64_t>(id)};
}

}  // namespace

bool is_cursor(std::string_view text) {
  return place_of(text).has_value();
}

ListQuery::ListQuery(const Query& query, base::Instant now)
    : m_limit(std::clamp<std::size_t>(query.limit, 1, kMostPerPage)) {
  if (!query.district.empty()) add("district = ?", {query.district});
  add_any_of("district", query.within, [](const std::string& one) { return Value(one); });
  add_status(query.status, now);
  add_any_of("rule", query.rules, [](const std::string& rule) { return Value(rule); });
  add_any_of("severity", query.severity,
             [](model::Severity s) { return Value(static_cast<std::int64_t>(s)); });
  if (!query.subject.empty()) {
    add("id IN (SELECT finding FROM finding_subject WHERE subject = ?)", {query.subject});
  }
  if (!base::trim(query.text).empty()) {
    const std::string expression = store::sqlite::search_expression(query.text);
    if (expression.empty()) {
      add("1 = 0");  // nothing but punctuation
    } else {
      add(store::sqlite::search_condition("id", kTextIndex), {expression});
    }
  }
  if (query.from) add("begin_at >= ?", {query.from->ms});
  if (query.to) add("begin_at < ?", {query.to->ms});
  if (query.open) add("is_open = ?", {std::int64_t{*query.open}});
  read_cursor(query.cursor);
}

void ListQuery::add(const std::string& condition, std::vector<Value> values) {
  m_where += (m_where.empty() ? " WHERE " : " AND ") + condition;
  m_values.insert(m_values.end(), values.begin(), values.end());
}

template <class T, class F>
void ListQuery::add_any_of(const std::string& column, const std::vector<T>& wanted, F value_of) {
  if (wanted.empty()) return;
  std::vector<Value> values;
  values.reserve(wanted.size());
  for (const T& one : wanted) values.push_back(value_of(one));
  add(fmt::format("{} IN ({})", column, placeholders(values.size())), values);
}

void ListQuery::add_status(const std::vector<Status>& wanted, base::Instant now) {
  if (wanted.empty()) return;
  std::vector<Value> at_rest;
  bool suspended = false;
  for (const Status status : wanted) {
    suspended = suspended || status == Status::kSuspended;
    if (status != Status::kSuspended) at_rest.emplace_back(static_cast<std::int64_t>(status));
  }
  if (at_rest.empty()) {
    // Few of many: found by their own index and sorted, not picked out of all by time.
    m_order = "+opened_at DESC, id DESC";
    return add("hush_until > ?", {now.ms});
  }
  const std::string rest = fmt::format("rest IN ({})", placeholders(at_rest.size()));
  at_rest.emplace_back(now.ms);
  if (!suspended) return add(rest + " AND (hush_until IS NULL OR hush_until <= ?)", at_rest);
  add("(" + rest + " OR hush_until > ?)", at_rest);
}

std::string ListQuery::cursor_after(std::int64_t opened_at_ms, std::int64_t id) {
  return fmt::format("{}-{}", opened_at_ms, base::to_hex(static_cast<std::uint64_t>(id)));
}

void ListQuery::read_cursor(const std::string& cursor) {
  const auto place = place_of(cursor);
  if (!place) return;
  m_cursor_where = "(opened_at, id) < (?, ?)";
  m_cursor_values = {place->first, place->second};
}

std::string ListQuery::page_sql() const {
  std::string where = m_where;
  if (!m_cursor_where.empty()) where += (where.empty() ? " WHERE " : " AND ") + m_cursor_where;
  return "SELECT id, opened_at FROM finding" + where + " ORDER BY " + m_order + " LIMIT " +
         std::to_string(m_limit + 1);
}

std::string ListQuery::total_sql() const {
  return "SELECT count(*) FROM finding" + m_where;
}

void ListQuery::bind(store::Stmt& statement, bool with_cursor) const {
  int index = 0;
  const auto put = [&](const std::vector<Value>& values) {
    for (const Value& value : values) {
      ++index;
      std::visit([&](const auto& v) { statement.bind(index, v); }, value);
    }
  };
  put(m_values);
  if (with_cursor) put(m_cursor_values);
}

void ListQuery::bind_page(store::Stmt& statement) const {
  bind(statement, true);
}

void ListQuery::bind_total(store::Stmt& statement) const {
  bind(statement, false);
}

}  // namespace jinglue::findings
