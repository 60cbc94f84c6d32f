// SPDX-License-Identifier: Apache-2.0
// TomlReader: reads values of a rule file and keeps every mistake, so that one run of
// `jinglue rules check` shows them all. A value that is wrong becomes its default.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/config.hpp"
#include "base/text.hpp"
#include "detect/rule/season.hpp"

namespace jinglue::detect {

class TomlReader {
 public:
  explicit TomlReader(std::vector<base::Error>& errors) : m_errors(errors) {}

  template <class T>
  T take(base::Result<T> value, T otherwise = {}) {
    if (value) return std::move(*value);
    m_errors.push_back(value.error());
    return otherwise;
  }
  void complain(const base::ConfigNode& node, base::Code code, std::string message,
                std::string hint = {}) {
    m_errors.push_back(node.error(code, std::move(message), std::move(hint)).value());
  }
  /// Each key of the table that is not allowed, by itself. False when the node is no table.
  bool table(const base::ConfigNode& node, std::initializer_list<std::string_view> allowed);

  std::string text(const base::ConfigNode& node);  ///< required, not empty
  std::string text_or(const base::ConfigNode& node, std::string otherwise = {});
  std::vector<std::string> texts(const base::ConfigNode& node);  ///< empty when absent
  base::Words words(const base::ConfigNode& node);               ///< required: { zh, en }
  double number(const base::ConfigNode& node, double low, double high, double otherwise);
  std::int64_t whole(const base::ConfigNode& node, std::int64_t low, std::int64_t high,
                     std::int64_t otherwise);
  bool flag(const base::ConfigNode& node, bool otherwise);
  base::Duration minutes(const base::ConfigNode& node, std::int64_t otherwise);
  /// A date as text, "2023-03-13"; empty and a mistake when absent.
  std::string date(const base::ConfigNode& node);
  /// Local date, local date-time or date-time with an offset.
  base::Instant instant(const base::ConfigNode& node, const std::string& timezone,
                        base::Instant otherwise);
  /// A key out of a fixed list, through `from` (key -> optional value).
  template <class From>
  auto choice(const base::ConfigNode& node, From from, std::string_view known,
              typename decltype(from(std::string_view{}))::value_type otherwise) {
    const std::string key = text(node);
    const auto value = from(std::string_view(key));
    if (!value && !key.empty()) {
      complain(node, base::Code::kUnknown, "unknown value '" + key + "'",
               "one of: " + std::string(known));
    }
    return value.value_or(otherwise);
  }

 private:
  std::vector<base::Error>& m_errors;
};

}  // namespace jinglue::detect
