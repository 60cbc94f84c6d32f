// SPDX-License-Identifier: Apache-2.0
// Json: a small value tree for API bodies, records and journal payloads. Parsing is simdjson's;
// objects keep their order, numbers keep the difference between integer and floating point.
// Not for hot paths: positions travel as binary frames.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace jinglue::base {

class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;  ///< null
  Json(std::nullptr_t) {}
  Json(bool v) : m_value(v) {}
  Json(int v) : m_value(std::int64_t{v}) {}
  Json(unsigned v) : m_value(std::int64_t{v}) {}
  Json(std::int64_t v) : m_value(v) {}
  Json(std::uint64_t v) : m_value(static_cast<std::int64_t>(v)) {}
  Json(double v) : m_value(v) {}
  Json(const char* v) : m_value(std::string(v)) {}
  Json(std::string v) : m_value(std::move(v)) {}
  Json(std::string_view v) : m_value(std::string(v)) {}
  Json(Array v) : m_value(std::move(v)) {}
  Json(Object v) : m_value(std::move(v)) {}

  static Json object(std::initializer_list<Member> members = {}) { return Json(Object(members)); }
  static Json array(std::initializer_list<Json> items = {}) { return Json(Array(items)); }

  bool is_null() const { return std::holds_alternative<std::monostate>(m_value); }
  bool is_bool() const { return std::holds_alternative<bool>(m_value); }
  bool is_int() const { return std::holds_alternative<std::int64_t>(m_value); }
  bool is_number() const { return is_int() || std::holds_alternative<double>(m_value); }
  bool is_string() const { return std::holds_alternative<std::string>(m_value); }
  bool is_array() const { return std::holds_alternative<Array>(m_value); }
  bool is_object() const { return std::holds_alternative<Object>(m_value); }

  /// The value, or `otherwise` when this is of another type.
  bool as_bool(bool otherwise = false) const;
  std::int64_t as_int(std::int64_t otherwise = 0) const;
  double as_double(double otherwise = 0) const;
  /// Empty when this is not a string.
  const std::string& as_string() const;
  /// Empty when this is not an array (object).
  const Array& items() const;
  const Object& members() const;

  /// Member of an object; null when absent.
  const Json& operator[](std::string_view key) const;
  bool has(std::string_view key) const;
  /// Sets or replaces a member; a null value becomes an object first.
  Json& set(std::string_view key, Json value);
  /// Appends; a null value becomes an array first.
  Json& push(Json value);

  std::string dump() const;
  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> m_value;
};

/// Error kMalformed with the reason; kTooLarge over `max_bytes`.
Result<Json> parse_json(std::string_view text, std::size_t max_bytes = 64u << 20);

/// Appends text as a quoted JSON string, with invalid UTF-8 replaced.
void append_json_string(std::string& out, std::string_view text);

}  // namespace jinglue::base
