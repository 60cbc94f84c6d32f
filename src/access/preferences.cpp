// SPDX-License-Identifier: Apache-2.0
#include "access/preferences.hpp"

#include <string_view>

#include <fmt/format.h>

#include "store/database.hpp"

namespace jinglue::access {
namespace {

using base::Code;
using base::Json;
using std::string_view;

constexpr int kDay = 24 * 60;

base::Json time_of_day(int minute) {
  return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

/// "HH:MM" as minutes of the day.
std::optional<int> minute_of(const std::string& text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) {
    return std::nullopt;
  }
  const int hour = (text[0] - '0') * 10 + (text[1] - '0');
  const int minute = (text[3] - '0') * 10 + (text[4] - '0');
  if (hour > 23 || minute > 59) return std::nullopt;
  return hour * 60 + minute;
}

}  // namespace

Json to_json(const Preferences& preferences) {
  const auto& quiet = preferences.quiet;
  return Json::object({{"language", preferences.language},
                       {"quiet_from", quiet ? time_of_day(quiet->from_minute) : Json()},
                       {"quiet_until", quiet ? time_of_day(quiet->until_minute) : Json()}});
}

base::Result<Preferences> read_preferences(const Json& json) {
  Preferences out;
  const Json& language = json["language"];
  if (language.is_string()) out.language = language.as_string();
  if ((!language.is_null() && !language.is_string()) ||
      (out.language != "zh" && out.language != "en")) {
    return base::fail(Code::kMalformed, "zh or en", "language");
  }
  const Json& from = json["quiet_from"];
  const Json& until = json["quiet_until"];
  if (from.is_null() && until.is_null()) return out;
  const auto first = minute_of(from.as_string());
  const auto last = minute_of(until.as_string());
  if (!first || !last) {
    return base::fail(Code::kMalformed, "two times of day like \"22:00\", or both null",
                      first ? "quiet_until" : "quiet_from");
  }
  out.quiet = QuietHours{*first, *last};
  return out;
}

Preferences PreferenceBook::of(const std::string& user) const {
  return m_records.read([&](store::Db& rows) {
    auto s = rows.prepare(
        "SELECT language, quiet_from, quiet_until FROM access_preference WHERE user_name = ?");
    Preferences out;
    if (!s.bind(1, string_view(user)).step()) return out;
    out.language = s.text(0);
    if (!s.is_null(1) && s.integer(1) < kDay && s.integer(2) < kDay) {
      out.quiet = QuietHours{int(s.integer(1)), int(s.integer(2))};
    }
    return out;
  });
}

void PreferenceBook::set(const std::string& user, const Preferences& preferences) {
  const auto& quiet = preferences.quiet;
  m_records.write([&](store::Db& rows) {
    auto s = rows.prepare(
        "INSERT INTO access_preference(user_name, language, quiet_from, quiet_until) VALUES(?, ?, "
        "?, ?) "
        "ON CONFLICT(user_name) DO UPDATE SET language = excluded.language, quiet_from = "
        "excluded.quiet_from, quiet_until = excluded.quiet_until");
    s.bind(1, string_view(user)).bind(2, string_view(preferences.language));
    s.bind(3, quiet ? std::optional<std::int64_t>(quiet->from_minute) : std::nullopt);
    s.bind(4, quiet ? std::optional<std::int64_t>(quiet->until_minute) : std::nullopt).run();
  });
}

}  // namespace jinglue::access
