// SPDX-License-Identifier: Apache-2.0
#include "registry/walk/valid_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <regex>

#include <fmt/format.h>

#include "registry/walk/pattern_text.hpp"

namespace jinglue::registry {
namespace {

using base::Instant;
using base::Json;

constexpr std::int64_t kDay_ms = 86'400'000;
constexpr std::size_t kMostConstants = 12;  // of one condition

Json dated(const Field& f, Instant at) {
  const std::string text = base::to_iso(at);
  return f.type == FieldType::kDate ? Json(text.substr(0, 10)) : Json(text);
}

/// Fields that must lie after another one are given later days, link by link.
std::int64_t place_in_time(const std::vector<Field>& beside, const Field& f, int depth = 0) {
  const auto before = std::find_if(beside.begin(), beside.end(),
                                   [&](const Field& other) { return other.key == f.after; });
  return before == beside.end() || depth > 8 ? 0 : 1 + place_in_time(beside, *before, depth + 1);
}

Json number_value(const Field& f, double wanted) {
  double value = std::max(wanted, f.minimum.value_or(wanted));
  value = std::min(value, f.maximum.value_or(value));
  if (f.type == FieldType::kInteger) return Json(std::int64_t(std::ceil(value)));
  if (f.type == FieldType::kMoney) return Json(fmt::format("{:.2f}", value));
  return Json(value);
}

Json text_value(const Field& f, const ValueSource& source) {
  if (source.accounts.contains(f.key) && source.named) {
    const std::string account = source.named("person");
    if (!account.empty()) return Json(account);
  }
  if (f.pattern.empty()) {
    return f.unique ? Json("T" + std::to_string(source.number)) : Json("文");
  }
  const auto text = text_for_pattern(f.pattern, source.number);
  return text ? Json(*text) : Json();
}

Json point() {
  return *base::parse_json(R"({"type":"Point","coordinates":[122.4,37.2]})");
}

/// A type that is named by a key of something: an account, a unit.
Json named_value(const Field& f, const ValueSource& source) {
  if (!source.named) return {};
  const std::string key = source.named(std::string(to_key(f.type)));
  return key.empty() ? Json() : Json(key);
}

/// Numbers or texts that a condition compares with.
std::vector<std::string> constants(const std::string& text, const char* pattern) {
  std::vector<std::string> out;
  const std::regex regex(pattern);
  for (std::sregex_iterator it(text.begin(), text.end(), regex), end;
       it != end && out.size() < kMostConstants; ++it) {
    out.push_back((*it)[1].str());
  }
  return out;
}

void add_once(std::vector<Json>& out, Json value) {
  if (std::find(out.begin(), out.end(), value) == out.end()) out.push_back(std::move(value));
}

double as_number(const Json& value) {
  return value.is_string() ? std::strtod(value.as_string().c_str(), nullptr) : value.as_double();
}

void add_numbers(const Field& f, const std::string& text, const std::vector<Json>& others,
                 std::vector<Json>& out) {
  std::vector<double> near;
  for (const auto& one : constants(text, "([0-9]+(?:\\.[0-9]+)?)"))
    near.push_back(std::strtod(one.c_str(), nullptr));
  for (const auto& one : others) near.push_back(as_number(one));
  for (const double value : near) {
    for (const double other : {value, value - 1, value + 1, value * 2, value / 2, value * 10})
      add_once(out, number_value(f, other));
  }
  for (const double value : {0.0, 1.0, 100.0, 1e6}) add_once(out, number_value(f, value));
}

void add_days(const Field& f, Instant now, const std::vector<Json>& others,
              std::vector<Json>& out) {
  for (const int days : {-1000, -400, -100, -40, -2, 0, 2, 40, 100, 400, 1000})
    add_once(out, dated(f, now + base::Duration(kDay_ms * days)));
  for (const auto& one : others) {
    if (!one.is_string()) continue;
    for (const int days : {-1, 0, 1, 100}) {
      const Json beside = day_beside(one, days);
      const bool same = (beside.as_string().size() == 10) == (f.type == FieldType::kDate);
      if (same) add_once(out, beside);
    }
  }
}

/// Months before, around and after the present, and one without an end.
void add_periods(Instant now, std::vector<Json>& out) {
  for (const int days : {-400, 0, 400})
    add_once(out, Json(base::to_iso(now + base::Duration(kDay_ms * days)).substr(0, 7)));
  add_once(out, Json("2020-01-01/.."));
}

bool names(const std::string& text, const std::string& key) {
  return std::regex_search(text, std::regex("\\b" + key + "\\b"));
}

/// One row for each choice, all of them, all but one; and a row in which one column that the
/// condition names has each of its own candidates.
void add_rows(const Field& f, const ValueSource& source, const std::string& text,
              std::vector<Json>& out) {
  const Json whole = valid_object(f.columns, source, true);
  const auto with = [&](const std::string& key, const Json& value) {
    Json row = without(whole, key);
    if (!value.is_null()) row.set(key, value);
    return row;
  };
  for (const auto& c : f.columns) {
    if (c.type != FieldType::kChoice || c.choices.size() < 2) continue;
    Json all = Json::array();
    for (const auto& choice : c.choices) all.push(with(c.key, Json(choice.key)));
    for (std::size_t left_out = 0; left_out < c.choices.size(); ++left_out) {
      Json some = Json::array();
      for (std::size_t i = 0; i < c.choices.size(); ++i)
        if (i != left_out) some.push(all.items()[i]);
      add_once(out, std::move(some));
    }
    add_once(out, std::move(all));
  }
  for (const auto& c : f.columns) {
    if (!names(text, c.key)) continue;
    for (const auto& value : candidates(c, source, text, {})) {
      if (value.is_null() && c.required) continue;
      add_once(out, Json::array({with(c.key, value)}));
      add_once(out, Json::array({whole, with(c.key, value)}));
    }
  }
}

/// Texts around the lengths that a condition names.
void add_lengths(const std::string& text, std::vector<Json>& out) {
  if (text.find("length(") == std::string::npos) return;
  for (const auto& one : constants(text, "\\b([0-9]{1,5})\\b")) {
    const auto count = std::strtoul(one.c_str(), nullptr, 10);
    for (const auto size : {count, count + 1}) {
      std::string long_text;
      for (std::size_t i = 0; i < size; ++i) long_text += "文";
      add_once(out, Json(long_text));
    }
  }
}

void add_lists(const Field& f, std::vector<Json>& out) {
  Json all = Json::array();
  for (const auto& c : f.choices) {
    add_once(out, Json::array({c.key}));
    all.push(c.key);
  }
  if (!f.choices.empty()) add_once(out, std::move(all));
}

}  // namespace

Json without(const Json& object, const std::string& key) {
  Json out = Json::object();
  for (const auto& [k, v] : object.members())
    if (k != key) out.set(k, v);
  return out;
}

Json day_beside(const Json& value, int days) {
  const std::string& text = value.as_string();
  const bool date = text.size() == 10;
  const auto at = base::parse_iso(date ? text + "T00:00:00Z" : text);
  if (!at) return value;
  const std::string out = base::to_iso(*at + base::Duration(kDay_ms * days));
  return Json(date ? out.substr(0, 10) : out);
}

Json valid_value(const Field& f, const ValueSource& source) {
  switch (f.type) {
    case FieldType::kText:
      return text_value(f, source);
    case FieldType::kLongText:
      return Json("内容");
    case FieldType::kInteger:
    case FieldType::kNumber:
    case FieldType::kMoney:
      return number_value(
          f, f.unique ? std::max(f.minimum.value_or(0), 10.0) + double(source.number) : 10);
    case FieldType::kBoolean:
      return Json(true);
    case FieldType::kDate:
    case FieldType::kInstant:
      return dated(f, source.now + base::Duration(kDay_ms));
    case FieldType::kChoice:
      return Json(f.choices.empty() ? "x" : f.choices.front().key);
    case FieldType::kChoices:
      return Json::array({f.choices.empty() ? "x" : f.choices.front().key});
    case FieldType::kLink:
    case FieldType::kLinks: {
      const auto ids = source.linked ? source.linked(f.link) : std::vector<std::string>();
      if (ids.empty()) return {};
      return f.type == FieldType::kLink ? Json(ids.front()) : Json::array({ids.front()});
    }
    case FieldType::kRows:
      return Json::array({valid_object(f.columns, source, true)});
    case FieldType::kGeometry:
      return point();
    case FieldType::kFile:
      return source.file ? source.file(f) : Json();
    case FieldType::kPeriod:
      return Json("2024-05");
    default:
      return named_value(f, source);
  }
}

Json valid_object(const std::vector<Field>& fields, const ValueSource& source, bool complete,
                  const std::vector<Field>& beside) {
  Json out = Json::object();
  for (const auto& f : fields) {
    if (f.sealed || (!complete && !f.required)) continue;
    const auto same = std::find_if(beside.begin(), beside.end(),
                                   [&](const Field& other) { return other.key == f.key; });
    const std::int64_t place =
        std::max(place_in_time(fields, f), same == beside.end() ? 0 : place_in_time(beside, *same));
    ValueSource own = source;
    own.now = source.now + base::Duration(kDay_ms * place);
    Field filled = f;
    filled.unique = f.unique || (same != beside.end() && same->unique);
    Json value = valid_value(filled, own);
    if (!value.is_null()) out.set(f.key, std::move(value));
  }
  return out;
}

std::vector<Json> candidates(const Field& f, const ValueSource& source, const std::string& text,
                             const std::vector<Json>& others) {
  std::vector<Json> out{Json()};
  add_once(out, valid_value(f, source));
  switch (f.type) {
    case FieldType::kBoolean:
      add_once(out, Json(false));
      break;
    case FieldType::kChoice:
      for (const auto& c : f.choices) add_once(out, Json(c.key));
      break;
    case FieldType::kChoices:
      add_lists(f, out);
      break;
    case FieldType::kInteger:
    case FieldType::kNumber:
    case FieldType::kMoney:
      add_numbers(f, text, others, out);
      break;
    case FieldType::kText:
    case FieldType::kLongText:
      for (const auto& one : constants(text, "'([^']+)'")) add_once(out, Json(one));
      add_lengths(text, out);
      break;
    case FieldType::kDate:
    case FieldType::kInstant:
      add_days(f, source.now, others, out);
      break;
    case FieldType::kLink:
    case FieldType::kLinks:
      if (!source.linked) break;
      for (const auto& id : source.linked(f.link))
        add_once(out, f.type == FieldType::kLink ? Json(id) : Json::array({id}));
      break;
    case FieldType::kRows:
      add_rows(f, source, text, out);
      break;
    case FieldType::kPeriod:
      add_periods(source.now, out);
      break;
    default:
      break;
  }
  return out;
}

}  // namespace jinglue::registry
