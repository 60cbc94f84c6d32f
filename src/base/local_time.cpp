// SPDX-License-Identifier: Apache-2.0
#include "base/local_time.hpp"

#include <date/tz.h>
#include <fmt/format.h>

namespace jinglue::base {
namespace {

Result<const date::time_zone*> find_zone(std::string_view name) {
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::runtime_error&) {
    return fail(Code::kUnknown, "no time zone '" + std::string(name) + "'", {},
                "use an IANA name such as Asia/Shanghai");
  }
}

}  // namespace

Result<Instant> to_instant(const CivilTime& local, std::string_view zone) {
  const auto found = find_zone(zone);
  if (!found) return tl::unexpected(found.error());
  const date::local_days day{date::year{local.year} / local.month / local.day};
  const auto time = day + std::chrono::hours(local.hour) + std::chrono::minutes(local.minute) +
                    std::chrono::seconds(local.second);
  const auto utc = (*found)->to_sys(time, date::choose::earliest);
  return Instant{std::chrono::duration_cast<Duration>(utc.time_since_epoch()).count()};
}

Result<CivilTime> to_civil(Instant t, std::string_view zone) {
  const auto found = find_zone(zone);
  if (!found) return tl::unexpected(found.error());
  const auto utc = date::floor<std::chrono::seconds>(date::sys_time<Duration>(Duration(t.ms)));
  const auto local = (*found)->to_local(utc);
  const auto day = date::floor<date::days>(local);
  const date::year_month_day date{day};
  const date::hh_mm_ss<std::chrono::seconds> clock{local - day};
  return CivilTime{
      int(date.year()),           int(unsigned(date.month())),  int(unsigned(date.day())),
      int(clock.hours().count()), int(clock.minutes().count()), int(clock.seconds().count())};
}

std::string to_local_text(Instant t, std::string_view zone) {
  const auto c = to_civil(t, zone);
  if (!c) return to_iso(t);
  return fmt::format("{:04d}-{:02d}-{:02d} {:02d}:{:02d}:{:02d}", c->year, c->month, c->day,
                     c->hour, c->minute, c->second);
}

}  // namespace jinglue::base
