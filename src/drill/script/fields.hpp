// SPDX-License-Identifier: Apache-2.0
// Fields: typed access to the keys of a scenario's tables that keeps the first mistake, so that the
// reader below stays a list of keys. Text forms of times: "05-01 13:20" (the scenario's year and
// zone), "05:30" in a daily plan, durations "90s", "45m", "2h"; a pair of them is a window.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "drill/script/scenario.hpp"

namespace jinglue::drill::script {

/// What times of a scenario are relative to.
struct Calendar {
  std::string timezone{"UTC"};
  int year{1970};
};

class Fields {
 public:
  explicit Fields(Calendar calendar) : m_calendar(std::move(calendar)) {}
  Calendar& calendar() { return m_calendar; }

  void only(const base::ConfigNode& table, std::initializer_list<std::string_view> keys);
  std::string text(const base::ConfigNode& node);  ///< required
  std::string text(const base::ConfigNode& node, std::string otherwise);
  std::vector<std::string> texts(const base::ConfigNode& node);  ///< empty when absent
  std::int64_t whole(const base::ConfigNode& node, std::int64_t otherwise);
  double number(const base::ConfigNode& node, double otherwise);
  bool flag(const base::ConfigNode& node);                   ///< false when absent
  std::optional<Range> range(const base::ConfigNode& node);  ///< a number or a pair
  std::optional<geo::LatLon> point(const base::ConfigNode& node);
  base::Words words(const base::ConfigNode& table, const std::string& key);  ///< key_zh, key_en
  base::Instant local(const base::ConfigNode& node);  ///< TOML local date-time
  std::optional<base::Instant> moment(const base::ConfigNode& node);
  std::optional<Window> window(const base::ConfigNode& node, bool daily);
  std::optional<Window> duration(const base::ConfigNode& node);
  template <class T>
  T choice(const base::ConfigNode& node, const std::map<std::string, T>& names, T otherwise) {
    if (!node) return otherwise;
    const std::string key = text(node);
    if (const auto found = names.find(key); found != names.end()) return found->second;
    std::string all;
    for (const auto& [name, value] : names) all += (all.empty() ? "" : ", ") + name;
    complain(node, "'" + key + "' is none of them", all);
    return otherwise;
  }

  void complain(const base::ConfigNode& node, const std::string& message,
                const std::string& hint = {});
  const std::optional<base::Error>& error() const { return m_error; }

 private:
  template <class T>
  T take(base::Result<T> result, T otherwise) {
    if (result) return std::move(*result);
    if (!m_error) m_error = result.error();
    return otherwise;
  }
  std::int64_t clock_ms(const base::ConfigNode& node, bool daily);
  std::int64_t duration_ms(const base::ConfigNode& node);

  Calendar m_calendar;
  std::optional<base::Error> m_error;
};

}  // namespace jinglue::drill::script
