// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <cmath>

#include "base/text.hpp"

namespace jinglue::base {
namespace {

constexpr int kMaxDepth = 64;

Result<Json> from_element(const simdjson::dom::element& e, int depth);

Result<Json> from_array(const simdjson::dom::array& source, int depth) {
  Json::Array out;
  for (const auto item : source) {
    auto value = from_element(item, depth);
    if (!value) return value;
    out.push_back(std::move(*value));
  }
  return Json(std::move(out));
}

Result<Json> from_object(const simdjson::dom::object& source, int depth) {
  Json::Object out;
  for (const auto member : source) {
    auto value = from_element(member.value, depth);
    if (!value) return value;
    out.emplace_back(std::string(member.key), std::move(*value));
  }
  return Json(std::move(out));
}

Result<Json> from_element(const simdjson::dom::element& e, int depth) {
  using Type = simdjson::dom::element_type;
  if (depth > kMaxDepth) return fail(Code::kTooLarge, "JSON is nested too deeply");
  switch (e.type()) {
    case Type::NULL_VALUE:
      return Json();
    case Type::BOOL:
      return Json(bool(e.get_bool().value_unsafe()));
    case Type::INT64:
      return Json(std::int64_t(e.get_int64().value_unsafe()));
    case Type::UINT64:
      return Json(double(e.get_uint64().value_unsafe()));
    case Type::DOUBLE:
      return Json(double(e.get_double().value_unsafe()));
    case Type::STRING:
      return Json(std::string(e.get_string().value_unsafe()));
    case Type::ARRAY:
      return from_array(e.get_array().value_unsafe(), depth + 1);
    case Type::OBJECT:
      return from_object(e.get_object().value_unsafe(), depth + 1);
  }
  return Json();
}

void append(std::string& out, const Json& value);

void append_number(std::string& out, double v) {
  if (!std::isfinite(v))
    out += "null";  // JSON has no infinity
  else if (v == 0)
    out += '0';  // "-0" would read back as an integer, and be written as "0" then
  else
    fmt::format_to(std::back_inserter(out), "{}", v);
}

void append_array(std::string& out, const Json& value) {
  out += '[';
  bool first = true;
  for (const auto& item : value.items()) {
    if (!first) out += ',';
    first = false;
    append(out, item);
  }
  out += ']';
}

void append_object(std::string& out, const Json& value) {
  out += '{';
  bool first = true;
  for (const auto& [key, member] : value.members()) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, key);
    out += ':';
    append(out, member);
  }
  out += '}';
}

void append(std::string& out, const Json& value) {
  if (value.is_null())
    out += "null";
  else if (value.is_bool())
    out += value.as_bool() ? "true" : "false";
  else if (value.is_int())
    out += std::to_string(value.as_int());
  else if (value.is_number())
    append_number(out, value.as_double());
  else if (value.is_string())
    append_json_string(out, value.as_string());
  else if (value.is_array())
    append_array(out, value);
  else
    append_object(out, value);
}

}  // namespace

bool Json::as_bool(bool otherwise) const {
  const auto* v = std::get_if<bool>(&m_value);
  return v != nullptr ? *v : otherwise;
}

std::int64_t Json::as_int(std::int64_t otherwise) const {
  if (const auto* v = std::get_if<std::int64_t>(&m_value)) return *v;
  if (const auto* v = std::get_if<double>(&m_value)) {
    constexpr double kExact = 9'007'199'254'740'992.0;  // 2^53
    if (*v == std::floor(*v) && std::abs(*v) <= kExact) return static_cast<std::int64_t>(*v);
  }
  return otherwise;
}

double Json::as_double(double otherwise) const {
  if (const auto* v = std::get_if<double>(&m_value)) return *v;
  if (const auto* v = std::get_if<std::int64_t>(&m_value)) return double(*v);
  return otherwise;
}

const std::string& Json::as_string() const {
  static const std::string kEmpty;
  const auto* v = std::get_if<std::string>(&m_value);
  return v != nullptr ? *v : kEmpty;
}

const Json::Array& Json::items() const {
  static const Array kEmpty;
  const auto* v = std::get_if<Array>(&m_value);
  return v != nullptr ? *v : kEmpty;
}

const Json::Object& Json::members() const {
  static const Object kEmpty;
  const auto* v = std::get_if<Object>(&m_value);
  return v != nullptr ? *v : kEmpty;
}

const Json& Json::operator[](std::string_view key) const {
  static const Json kNull;
  for (const auto& [name, value] : members()) {
    if (name == key) return value;
  }
  return kNull;
}

bool Json::has(std::string_view key) const {
  for (const auto& [name, value] : members()) {
    if (name == key) return true;
  }
  return false;
}

Json& Json::set(std::string_view key, Json value) {
  if (!is_object()) m_value = Object{};
  auto& object = std::get<Object>(m_value);
  for (auto& [name, old] : object) {
    if (name == key) {
      old = std::move(value);
      return *this;
    }
  }
  object.emplace_back(std::string(key), std::move(value));
  return *this;
}

Json& Json::push(Json value) {
  if (!is_array()) m_value = Array{};
  std::get<Array>(m_value).push_back(std::move(value));
  return *this;
}

std::string Json::dump() const {
  std::string out;
  append(out, *this);
  return out;
}

Result<Json> parse_json(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return fail(Code::kTooLarge, "JSON text is over its size limit");
  // A parser allocates several times the text; one for each thread serves all small texts.
  constexpr std::size_t kSmall = 8192;
  thread_local simdjson::dom::parser small;
  simdjson::dom::parser own;
  simdjson::dom::parser& parser = text.size() <= kSmall ? small : own;
  simdjson::dom::element root;
  const auto error = parser.parse(text.data(), text.size()).get(root);
  if (error != simdjson::SUCCESS) {
    return fail(Code::kMalformed, std::string("not JSON: ") + simdjson::error_message(error));
  }
  return from_element(root, 0);
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  const std::string clean = is_utf8(text) ? std::string() : replace_invalid_utf8(text);
  if (!clean.empty()) text = clean;
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text.substr(done, i - done));
    done = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", unsigned(c));
    }
  }
  out.append(text.substr(done));
  out += '"';
}

}  // namespace jinglue::base
