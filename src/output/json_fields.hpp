// SPDX-License-Identifier: Apache-2.0
// JsonFields: reads the members of a JSON object into values. The first fault is kept, with the
// name of its member; an unknown member is a fault. Absent members leave the value as it is.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace jinglue::output {

class JsonFields {
 public:
  /// `within` stands before the names of members in errors: "filter.".
  JsonFields(const base::Json& json, std::string within);

  void only(std::initializer_list<std::string_view> names);
  void flag(std::string_view name, bool& out);
  /// Trimmed; at least `least` and at most `most` bytes.
  void text(std::string_view name, std::string& out, std::size_t least, std::size_t most);
  void texts(std::string_view name, std::vector<std::string>& out, std::size_t most);
  template <std::integral T>
  void number(std::string_view name, T& out, std::int64_t least, std::int64_t most) {
    std::int64_t value = static_cast<std::int64_t>(out);
    read_number(name, value, least, most);
    out = static_cast<T>(value);
  }
  template <std::integral T>
  void numbers(std::string_view name, std::vector<T>& out, std::int64_t least, std::int64_t most,
               std::size_t count) {
    for (const auto value : read_numbers(name, least, most, count)) {
      out.push_back(static_cast<T>(value));
    }
  }
  /// `from_key` gives an optional; `keys` is for the sentence.
  template <class Enum, class FromKey>
  void choice(std::string_view name, Enum& out, FromKey from_key, std::string_view keys) {
    const auto& value = m_json[name];
    if (value.is_null()) return;
    if (const auto found = from_key(value.as_string())) {
      out = *found;
    } else {
      fault(base::Code::kUnknown, name, "one of " + std::string(keys));
    }
  }
  void fault(base::Code code, std::string_view name, std::string message);

  const base::Json& operator[](std::string_view name) const { return m_json[name]; }
  const base::Status& status() const { return m_status; }

 private:
  void read_number(std::string_view name, std::int64_t& out, std::int64_t least, std::int64_t most);
  std::vector<std::int64_t> read_numbers(std::string_view name, std::int64_t least,
                                         std::int64_t most, std::size_t count);

  const base::Json& m_json;
  std::string m_within;
  base::Status m_status;
};

}  // namespace jinglue::output
