// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/value.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <regex>
#include <unordered_map>

#include <fmt/format.h>

#include "base/ids.hpp"
#include "registry/code_list.hpp"
#include "registry/detail/characters.hpp"
#include "registry/detail/geometry.hpp"
#include "registry/detail/scope.hpp"
#include "registry/detail/value_kinds.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;
using base::Json;
using base::Result;

constexpr double kExactInteger = 9'007'199'254'740'992.0;  // 2^53
constexpr std::int64_t kMaxYuan = 999'999'999'999'999LL;   // 15 digits, as in the text

tl::unexpected<base::Error> wrong(const Field& f, Code code, std::string message,
                                  std::string hint = {}) {
  return base::fail(code, std::move(message), f.key, std::move(hint));
}

std::string number_words(double value) {
  return fmt::format("{}", value);
}

base::Status check_range(const Field& f, double value) {
  if (f.minimum && value < *f.minimum) {
    return wrong(f, Code::kOutOfRange, "is below " + number_words(*f.minimum));
  }
  if (f.maximum && value > *f.maximum) {
    return wrong(f, Code::kOutOfRange, "is above " + number_words(*f.maximum));
  }
  return {};
}

// std::regex works on bytes; wide characters make classes such as [\u4e00-\u9fff] work.
const std::wregex& compiled(const std::string& pattern) {
  thread_local std::unordered_map<std::string, std::wregex> cache;
  const auto it = cache.find(pattern);
  if (it != cache.end()) return it->second;
  return cache.emplace(pattern, std::wregex(wide(pattern), std::regex::ECMAScript)).first->second;
}

Result<Json> canonical_text(const Field& f, const Json& value) {
  if (!value.is_string()) return wrong(f, Code::kMalformed, "must be a text");
  if (!base::is_utf8(value.as_string())) return wrong(f, Code::kMalformed, "is not UTF-8");
  const bool lines = f.type == FieldType::kLongText;
  std::string text;
  for (const char c : base::trim(value.as_string())) {
    if (c == '\r' && lines) continue;
    const bool allowed = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
    if (!allowed && !(lines && (c == '\n' || c == '\t'))) {
      return wrong(f, Code::kMalformed, "has a control character");
    }
    text += c;
  }
  if (text.empty()) return Json();
  const std::size_t most = f.max_length > 0 ? f.max_length : lines ? kMaxLongText : kMaxText;
  if (character_count(text) > most) {
    return wrong(f, Code::kTooLarge, "is longer than " + std::to_string(most) + " characters");
  }
  if (!f.pattern.empty() && !std::regex_match(wide(text), compiled(f.pattern))) {
    return wrong(f, Code::kMalformed, "'" + text + "' does not have the expected form",
                 f.help.en.empty() ? "pattern " + f.pattern : f.help.en);
  }
  return Json(std::move(text));
}

Result<Json> canonical_measure(const Field& f, const Json& value) {
  if (!value.is_number()) return wrong(f, Code::kMalformed, "must be a number");
  const double v = value.as_double();
  if (!std::isfinite(v)) return wrong(f, Code::kOutOfRange, "must be a finite number");
  if (auto fits = check_range(f, v); !fits) return tl::unexpected(fits.error());
  if (f.type == FieldType::kNumber) return canonical_number(v);
  if (v != std::floor(v) || std::abs(v) > kExactInteger ||
      static_cast<std::int64_t>(v) != value.as_int()) {
    return wrong(f, Code::kMalformed, "must be a whole number");
  }
  return Json(value.as_int());
}

bool take_digits(std::string_view text, int& out) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failure == std::errc() && end == text.data() + text.size() && text[0] != '-';
}

Result<Json> canonical_date(const Field& f, const Json& value) {
  const std::string& text = value.as_string();
  int y = 0;
  int m = 0;
  int d = 0;
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                      take_digits(std::string_view(text).substr(0, 4), y) &&
                      take_digits(std::string_view(text).substr(5, 2), m) &&
                      take_digits(std::string_view(text).substr(8, 2), d);
  const std::chrono::year_month_day date{std::chrono::year(y), std::chrono::month(unsigned(m)),
                                         std::chrono::day(unsigned(d))};
  if (!shaped || !date.ok()) {
    return wrong(f, Code::kMalformed, "must be a date", "for example 2024-05-01");
  }
  return Json(text);
}

Result<Json> canonical_instant(const Field& f, const Json& value) {
  const auto t = base::parse_iso(value.as_string());
  if (!t) {
    return wrong(f, Code::kMalformed, "must be a time with its offset",
                 "for example 2024-05-01T12:00:00+08:00");
  }
  return Json(base::to_iso(*t));
}

const Choice* known_choice(const Field& f, std::string_view key) {
  const auto it = std::find_if(f.choices.begin(), f.choices.end(),
                               [&](const Choice& c) { return c.key == key; });
  return it == f.choices.end() ? nullptr : &*it;
}

base::Status check_choice(const Field& f, const std::string& key) {
  if (known_choice(f, key) != nullptr) return {};
  // Of an earlier version too; whether it may be chosen now is decided beside the record.
  const bool coded =
      f.code_list && std::any_of(f.code_list->versions.begin(), f.code_list->versions.end(),
                                 [&](const auto& v) { return v.find(key) != nullptr; });
  if (coded) return {};
  if (f.code_list) {
    return wrong(f, Code::kUnknown, "'" + key + "' is no code of '" + f.codes + "'");
  }
  if ((f.open || f.choices.empty()) && is_choice_key(key)) return {};
  std::string known;
  for (const auto& c : f.choices) known += (known.empty() ? "" : ", ") + c.key;
  return wrong(
      f, Code::kUnknown, "'" + key + "' is not one of its choices",
      f.choices.empty() || f.open ? "letters, digits, '_', '.' and '-'" : "choices: " + known);
}

Result<Json> canonical_choice(const Field& f, const Json& value) {
  if (!value.is_string()) return wrong(f, Code::kMalformed, "must be the key of a choice");
  if (value.as_string().empty()) return Json();
  if (auto known = check_choice(f, value.as_string()); !known) {
    return tl::unexpected(known.error());
  }
  return value;
}

// Order of the definition first, then of the alphabet: a set has one form.
Result<Json> canonical_choices(const Field& f, const Json& value) {
  if (!value.is_array()) return wrong(f, Code::kMalformed, "must be a list of keys");
  if (value.items().size() > kMaxRows) return wrong(f, Code::kTooLarge, "has too many items");
  std::vector<std::pair<std::ptrdiff_t, std::string>> items;
  for (const auto& item : value.items()) {
    if (!item.is_string()) return wrong(f, Code::kMalformed, "must be a list of keys");
    if (auto known = check_choice(f, item.as_string()); !known) {
      return tl::unexpected(known.error());
    }
    const Choice* c = known_choice(f, item.as_string());
    items.emplace_back(c != nullptr ? c - f.choices.data() : PTRDIFF_MAX, item.as_string());
  }
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  if (items.empty()) return Json();
  Json out = Json::array();
  for (auto& [order, key] : items) out.push(std::move(key));
  return out;
}

Result<Json> canonical_link(const Field& f, const Json& value) {
  if (value.is_string() && value.as_string().empty()) return Json();
  if (!base::is_uuid(value.as_string())) {
    return wrong(f, Code::kMalformed, "must be the id of a record of " + f.link);
  }
  return value;
}

Result<Json> canonical_links(const Field& f, const Json& value) {
  if (!value.is_array()) return wrong(f, Code::kMalformed, "must be a list of record ids");
  if (value.items().size() > kMaxRows) return wrong(f, Code::kTooLarge, "has too many items");
  Json out;
  for (const auto& item : value.items()) {
    auto link = canonical_link(f, item);
    if (!link) return link;
    const auto& seen = out.items();
    if (!link->is_null() && std::find(seen.begin(), seen.end(), *link) == seen.end()) {
      out.push(std::move(*link));
    }
  }
  return out;
}

base::Error in_row(base::Error error, const Field& f, std::size_t row) {
  error.where = f.key + "[" + std::to_string(row) + "]." + error.where;
  return error;
}

Result<Json> canonical_row(const Field& f, const Json& row, std::size_t number) {
  const auto place = [&](const std::string& column) {
    return f.key + "[" + std::to_string(number) + "]" + (column.empty() ? "" : "." + column);
  };
  if (!row.is_object()) return base::fail(Code::kMalformed, "must be an object", place(""));
  for (const auto& [name, value] : row.members()) {
    const bool known = std::any_of(f.columns.begin(), f.columns.end(),
                                   [&](const Field& c) { return c.key == name; });
    if (!known) return base::fail(Code::kUnknown, "unknown column", place(name));
  }
  Json out = Json::object();
  for (const auto& column : f.columns) {
    auto value = canonical(column, row[column.key]);
    if (!value) return tl::unexpected(in_row(value.error(), f, number));
    if (!value->is_null()) out.set(column.key, std::move(*value));
  }
  if (auto good = check_object(f.columns, out); !good) {
    return tl::unexpected(in_row(good.error(), f, number));
  }
  return out;
}

Result<Json> canonical_rows(const Field& f, const Json& value) {
  if (!value.is_array()) return wrong(f, Code::kMalformed, "must be a list of rows");
  if (value.items().size() > kMaxRows) return wrong(f, Code::kTooLarge, "has too many rows");
  Json out;
  for (std::size_t i = 0; i < value.items().size(); ++i) {
    auto row = canonical_row(f, value.items()[i], i);
    if (!row) return row;
    if (!row->members().empty()) out.push(std::move(*row));
  }
  return out;
}

Result<Json> canonical_money(const Field& f, const Json& value) {
  const auto refuse = [&] {
    return wrong(f, Code::kMalformed, "must be an amount with at most two decimals",
                 "for example \"1234.50\"");
  };
  if (value.is_int()) {
    if (std::abs(value.as_double()) > double(kMaxYuan)) return refuse();
    if (auto fits = check_range(f, value.as_double()); !fits) return tl::unexpected(fits.error());
    return money_from_fen(value.as_int() * 100);
  }
  std::string_view text = base::trim(value.as_string());
  if (value.is_string() && text.empty()) return Json();
  const bool minus = text.starts_with('-');
  if (minus) text.remove_prefix(1);
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  std::string cents(dot == std::string_view::npos ? "" : text.substr(dot + 1));
  if (whole.empty() || whole.size() > 15 || cents.size() > 2 ||
      (dot != std::string_view::npos && cents.empty())) {
    return refuse();
  }
  cents.resize(2, '0');
  std::int64_t fen = 0;
  for (const char c : std::string(whole) + cents) {
    if (c < '0' || c > '9') return refuse();
    fen = fen * 10 + (c - '0');
  }
  if (minus) fen = -fen;
  if (auto fits = check_range(f, double(fen) / 100); !fits) return tl::unexpected(fits.error());
  return money_from_fen(fen);
}

}  // namespace

bool is_choice_key(std::string_view text) {
  return !text.empty() && text.size() <= 100 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
  });
}

bool valid_pattern(const std::string& pattern) {
  try {
    static_cast<void>(std::wregex(wide(pattern), std::regex::ECMAScript));  // throws
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

Json canonical_number(double value) {
  constexpr double kWrittenWithExponent = 1e16;  // from here JSON text is not an integer's
  if (value == std::floor(value) && std::abs(value) < kWrittenWithExponent) {
    return Json(static_cast<std::int64_t>(value));
  }
  return Json(value);
}

std::int64_t money_fen(const Json& value) {
  std::int64_t fen = 0;
  for (const char c : value.as_string()) {
    if (c >= '0' && c <= '9') fen = fen * 10 + (c - '0');
  }
  return value.as_string().starts_with('-') ? -fen : fen;
}

Json money_from_fen(std::int64_t fen) {
  const std::int64_t size = fen < 0 ? -fen : fen;
  return Json(fmt::format("{}{}.{:02}", fen < 0 ? "-" : "", size / 100, size % 100));
}

base::Status check_object(const std::vector<Field>& fields, const Json& values) {
  for (const auto& f : fields) {
    const Json& value = values[f.key];
    if (value.is_null() && f.required) return wrong(f, Code::kMissing, "is required");
    if (value.is_null() && f.required_when && f.required_when->holds(ObjectScope(fields, values)))
      return wrong(f, Code::kMissing, "is required here", f.required_when_text);
    // Canonical instants and dates sort as text.
    if (!f.after.empty() && !value.is_null() && !values[f.after].is_null() &&
        value.as_string() <= values[f.after].as_string()) {
      return wrong(f, Code::kOutOfRange, "must be later than '" + f.after + "'");
    }
  }
  return {};
}

Result<Json> canonical(const Field& f, const Json& value) {
  if (value.is_null()) return Json();
  switch (f.type) {
    case FieldType::kText:
    case FieldType::kLongText:
      return canonical_text(f, value);
    case FieldType::kInteger:
    case FieldType::kNumber:
      return canonical_measure(f, value);
    case FieldType::kBoolean:
      if (!value.is_bool()) return wrong(f, Code::kMalformed, "must be true or false");
      return value;
    case FieldType::kDate:
      return canonical_date(f, value);
    case FieldType::kInstant:
      return canonical_instant(f, value);
    case FieldType::kChoice:
      return canonical_choice(f, value);
    case FieldType::kChoices:
      return canonical_choices(f, value);
    case FieldType::kLink:
      return canonical_link(f, value);
    case FieldType::kLinks:
      return canonical_links(f, value);
    case FieldType::kRows:
      return canonical_rows(f, value);
    case FieldType::kGeometry:
      return canonical_geometry(f, value);
    case FieldType::kMoney:
      return canonical_money(f, value);
    case FieldType::kPeriod:
      return canonical_period(f, value);
    case FieldType::kPerson:
      return canonical_person(f, value);
    case FieldType::kUnit:
    case FieldType::kDistrict:
      return canonical_unit(f, value);
    case FieldType::kFile:
      return canonical_files(f, value);
  }
  return Json();
}

void append_search_words(const Field& f, const Json& value, std::string& out) {
  if (value.is_null()) return;
  if (f.type == FieldType::kRows) {
    for (const auto& row : value.items()) {
      for (const auto& column : f.columns) append_search_words(column, row[column.key], out);
    }
    return;
  }
  if (f.type == FieldType::kFile) {
    for (const auto& file : value.items()) {
      out += base::to_lower_ascii(file["name"].as_string()) + "\n";
    }
    return;
  }
  if (value.is_array()) {
    Field one = f;
    one.type = FieldType::kChoice;
    for (const auto& item : value.items()) append_search_words(one, item, out);
    return;
  }
  if (!value.is_string()) return;
  out += base::to_lower_ascii(value.as_string()) + "\n";
  if (const Choice* c = known_choice(f, value.as_string()); c != nullptr) {
    out += base::to_lower_ascii(c->name.zh + "\n" + c->name.en) + "\n";
  }
}

}  // namespace jinglue::registry::detail
