// SPDX-License-Identifier: Apache-2.0
// Values of fields as text and back: the cells of CSV files and the filters of lists.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "registry/detail/value.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;
using base::Json;
using base::Result;

Result<Json> number_from(const Field& f, std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) {
    return base::fail(Code::kMalformed, "'" + std::string(text) + "' is not a number", f.key,
                      "digits and a point, without unit or thousands separators");
  }
  return canonical(f, canonical_number(value));
}

Result<Json> boolean_from(const Field& f, std::string_view text) {
  const std::string word = base::to_lower_ascii(text);
  if (word == "true" || word == "yes" || word == "1" || word == "是") return Json(true);
  if (word == "false" || word == "no" || word == "0" || word == "否") return Json(false);
  return base::fail(Code::kMalformed, "must be true or false", f.key);
}

/// A choice may be written by its key or by its name in either language.
std::string choice_key(const Field& f, std::string_view text) {
  for (const auto& c : f.choices) {
    if (c.key == text) return c.key;
  }
  for (const auto& c : f.choices) {
    if (c.name.zh == text || base::to_lower_ascii(c.name.en) == base::to_lower_ascii(text)) {
      return c.key;
    }
  }
  return std::string(text);
}

std::vector<std::string_view> list_items(std::string_view text) {
  std::vector<std::string_view> out;
  for (const auto part : base::split(text, ';')) {
    const auto item = base::trim(part);
    if (!item.empty()) out.push_back(item);
  }
  return out;
}

Result<Json> list_from(const Field& f, std::string_view text) {
  Json items = Json::array();
  for (const auto item : list_items(text)) {
    items.push(f.type == FieldType::kChoices ? choice_key(f, item) : std::string(item));
  }
  return canonical(f, items);
}

const Field* span_column(const Field& f, std::string_view key) {
  const auto it = std::find_if(f.columns.begin(), f.columns.end(), [&](const Field& c) {
    return c.key == key && c.type == FieldType::kInstant;
  });
  return it == f.columns.end() ? nullptr : &*it;
}

/// "value" or "value@FROM/TO" with either end left out.
Result<Json> row_from(const Field& f, std::string_view text) {
  Json row = Json::object();
  const auto at = span_column(f, "from") != nullptr && span_column(f, "to") != nullptr
                      ? text.find('@')
                      : std::string_view::npos;
  auto first = from_text(f.columns.front(), text.substr(0, at));
  if (!first) return first;
  row.set(f.columns.front().key, std::move(*first));
  if (at == std::string_view::npos) return row;
  const auto span = text.substr(at + 1);
  const auto slash = span.find('/');
  if (slash == std::string_view::npos) {
    return base::fail(Code::kMalformed, "'" + std::string(span) + "' is not a span of time", f.key,
                      "value@FROM/TO with ISO times; either may be left out");
  }
  row.set("from", Json(span.substr(0, slash)));
  row.set("to", Json(span.substr(slash + 1)));
  for (const auto* end : {"from", "to"}) {
    if (row[end].as_string().empty()) row.set(end, Json());
  }
  return row;
}

Result<Json> rows_from(const Field& f, std::string_view text) {
  if (text.starts_with('[')) {
    auto json = base::parse_json(text);
    if (!json) return base::fail(Code::kMalformed, json.error().message, f.key);
    return canonical(f, *json);
  }
  Json rows = Json::array();
  for (const auto item : list_items(text)) {
    auto row = row_from(f, item);
    if (!row) {
      base::Error error = row.error();
      if (error.where != f.key) {
        error.where = f.key + "[" + std::to_string(rows.items().size()) + "]." + error.where;
      }
      return tl::unexpected(std::move(error));
    }
    rows.push(std::move(*row));
  }
  return canonical(f, rows);
}

std::string joined(const Json& items) {
  std::string out;
  for (const auto& item : items.items()) out += (out.empty() ? "" : ";") + item.as_string();
  return out;
}

std::string row_text(const Field& f, const Json& row) {
  std::string out = row[f.columns.front().key].as_string();
  if (row.has("from") || row.has("to")) {
    out += "@" + row["from"].as_string() + "/" + row["to"].as_string();
  }
  return out;
}

/// The short form when it reads back to the same rows, else JSON.
std::string rows_text(const Field& f, const Json& rows) {
  std::string out;
  for (const auto& row : rows.items()) out += (out.empty() ? "" : ";") + row_text(f, row);
  const auto back = out.starts_with('[') ? Result<Json>(Json()) : from_text(f, out);
  return back && *back == rows ? out : rows.dump();
}

}  // namespace

Result<Json> from_text(const Field& f, std::string_view text) {
  text = base::trim(text);
  if (text.empty()) return Json();
  switch (f.type) {
    case FieldType::kInteger:
    case FieldType::kNumber:
      return number_from(f, text);
    case FieldType::kBoolean:
      return boolean_from(f, text);
    case FieldType::kChoice:
      return canonical(f, Json(choice_key(f, text)));
    case FieldType::kChoices:
    case FieldType::kLinks:
      return list_from(f, text);
    case FieldType::kRows:
      return rows_from(f, text);
    case FieldType::kGeometry:
    case FieldType::kFile: {
      auto json = base::parse_json(text);
      if (!json) return base::fail(Code::kMalformed, json.error().message, f.key);
      return canonical(f, *json);
    }
    default:
      return canonical(f, Json(text));
  }
}

std::string to_text(const Field& f, const Json& value) {
  if (value.is_null()) return {};
  if (f.type == FieldType::kChoices || f.type == FieldType::kLinks) return joined(value);
  if (f.type == FieldType::kRows) return rows_text(f, value);
  return value.is_string() ? value.as_string() : value.dump();
}

}  // namespace jinglue::registry::detail
