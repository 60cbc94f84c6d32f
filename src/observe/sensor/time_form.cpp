// SPDX-License-Identifier: Apache-2.0
#include "observe/sensor/time_form.hpp"

#include <cmath>

#include "base/local_time.hpp"
#include "observe/sensor/number.hpp"

namespace jinglue::observe::sensor {
namespace {

using base::Code;
using std::string_view;

constexpr std::int64_t kLatest_ms = 4'102'444'800'000;  // 2100-01-01

std::size_t count_of(string_view text, char letter) {
  std::size_t out = 0;
  for (const char c : text) out += c == letter ? 1 : 0;
  return out;
}

base::Status check_picture(const base::ConfigNode& node, const std::string& picture) {
  const bool good = count_of(picture, 'y') == 4 && count_of(picture, 'm') == 2 &&
                    count_of(picture, 'd') == 2 && count_of(picture, 'H') == 2 &&
                    count_of(picture, 'M') == 2 &&
                    (count_of(picture, 'S') == 2 || count_of(picture, 'S') == 0);
  if (good) return {};
  return node.error(Code::kMalformed, "'" + picture + "' is no form of a time",
                    "rfc3339, unix_s, unix_ms, or a picture such as yyyy-mm-dd HH:MM:SS");
}

int* part_of(base::CivilTime& time, char letter) {
  switch (letter) {
    case 'y':
      return &time.year;
    case 'm':
      return &time.month;
    case 'd':
      return &time.day;
    case 'H':
      return &time.hour;
    case 'M':
      return &time.minute;
    case 'S':
      return &time.second;
    default:
      return nullptr;
  }
}

bool real(const base::CivilTime& time) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (time.year < 1970 || time.month < 1 || time.month > 12) return false;
  const bool leap = time.year % 4 == 0 && (time.year % 100 != 0 || time.year % 400 == 0);
  const int days = kDays[time.month - 1] + (leap && time.month == 2 ? 1 : 0);
  return time.day >= 1 && time.day <= days && time.hour < 24 && time.minute < 60 &&
         time.second < 60;
}

/// Milliseconds of ".5" or ".123456"; absent when it is no fraction.
std::optional<int> fraction_ms(string_view text) {
  if (text.empty()) return 0;
  if (text.size() < 2 || text[0] != '.') return std::nullopt;
  int out = 0, unit = 100;
  for (const char c : text.substr(1)) {
    if (c < '0' || c > '9') return std::nullopt;
    out += (c - '0') * unit;
    unit /= 10;
  }
  return out;
}

}  // namespace

base::Result<TimeForm> TimeForm::read(const base::ConfigNode& table) {
  TimeForm out;
  const auto form = table["form"].string_or("rfc3339");
  if (!form) return tl::unexpected(form.error());
  if (*form == "unix_s") out.m_kind = Kind::kSeconds;
  if (*form == "unix_ms") out.m_kind = Kind::kMilliseconds;
  const bool picture = *form != "rfc3339" && *form != "unix_s" && *form != "unix_ms";
  const auto zone = table["zone"].string_or("");
  if (!zone) return tl::unexpected(zone.error());
  if (!picture && !zone->empty()) {
    return table["zone"].error(Code::kConflict, "times of this form say their zone themselves");
  }
  if (!picture) return out;
  if (auto ok = check_picture(table["form"], *form); !ok) return tl::unexpected(ok.error());
  if (zone->empty()) {
    return table["zone"].error(Code::kMissing, "the zone of the times is not said",
                               "zone = \"UTC\" or \"Asia/Shanghai\"");
  }
  if (!base::to_civil(base::Instant{0}, *zone)) {
    return table["zone"].error(Code::kUnknown, "no time zone '" + *zone + "'",
                               "use an IANA name such as Asia/Shanghai or UTC");
  }
  out.m_kind = Kind::kPicture;
  out.m_picture = *form;
  out.m_zone = *zone;
  return out;
}

std::optional<base::Instant> TimeForm::parse_picture(string_view text) const {
  if (text.size() < m_picture.size()) return std::nullopt;
  base::CivilTime time;
  time.year = time.month = time.day = 0;
  for (std::size_t i = 0; i < m_picture.size(); ++i) {
    int* const part = part_of(time, m_picture[i]);
    if (part == nullptr) {
      if (text[i] != m_picture[i]) return std::nullopt;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    *part = *part * 10 + (text[i] - '0');
  }
  const auto ms = fraction_ms(text.substr(m_picture.size()));
  if (!ms || !real(time)) return std::nullopt;
  const auto instant = base::to_instant(time, m_zone);
  if (!instant) return std::nullopt;
  return *instant + base::Duration(*ms);
}

std::optional<base::Instant> TimeForm::parse(const base::Json& value) const {
  std::optional<base::Instant> out;
  if (m_kind == Kind::kSeconds || m_kind == Kind::kMilliseconds) {
    const auto number = number_of(value);
    const double ms = number.value_or(-1) * (m_kind == Kind::kSeconds ? 1000 : 1);
    if (number && ms >= 0 && ms < double(kLatest_ms)) out = base::Instant{std::llround(ms)};
  } else if (m_kind == Kind::kPicture) {
    if (value.is_int()) {  // 20240501120000
      out = parse_picture(std::to_string(value.as_int()));
    } else {
      out = parse_picture(value.as_string());
    }
  } else if (const auto read = base::parse_iso(value.as_string())) {
    out = *read;
  }
  if (out && (out->ms < 0 || out->ms >= kLatest_ms)) return std::nullopt;
  return out;
}

}  // namespace jinglue::observe::sensor
