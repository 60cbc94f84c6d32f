// SPDX-License-Identifier: Apache-2.0
#include "observe/beidou/content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "observe/nmea/sentence.hpp"

namespace jinglue::observe::beidou {
namespace {

using base::Code;
using std::string_view;

constexpr double kUnits = geo::Position::kUnitsPerDegree;
constexpr double kKnotsInMps = 3600.0 / 1852.0;
constexpr std::int64_t kDay_ms = 86'400'000;

std::uint8_t octet_at(string_view octets, const Field& field, std::size_t i) {
  const auto place = field.offset + (field.little ? field.length - 1 - i : i);
  return static_cast<std::uint8_t>(octets[place]);
}

/// Absent for BCD with a digit above nine and for numbers of 2^63 and more.
std::optional<std::int64_t> read_number(string_view octets, const Field& field) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < field.length; ++i) {
    const auto octet = octet_at(octets, field, i);
    if (field.type != Type::kBcd) {
      value = value << 8 | octet;
      continue;
    }
    if (octet >> 4 > 9 || (octet & 15) > 9) return std::nullopt;
    value = value * 100 + (octet >> 4) * 10u + (octet & 15u);
  }
  if (field.type == Type::kSigned && field.length < 8) {
    const auto shift = 64 - 8 * field.length;
    return static_cast<std::int64_t>(value << shift) >> shift;
  }
  if (field.type == Type::kUnsigned && value > std::uint64_t{INT64_MAX}) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

/// False when the number does not fit.
bool write_number(std::string& octets, const Field& field, std::int64_t number) {
  auto rest = static_cast<std::uint64_t>(number);
  if (field.type != Type::kSigned && number < 0) return false;
  for (std::size_t i = field.length; i-- > 0;) {
    const auto place = field.offset + (field.little ? field.length - 1 - i : i);
    if (field.type == Type::kBcd) {
      octets[place] = static_cast<char>(rest % 100 / 10 << 4 | rest % 10);
      rest /= 100;
    } else {
      octets[place] = static_cast<char>(rest & 0xFF);
      rest = field.length == 8 && i == 0 ? 0 : rest >> 8;
    }
  }
  return read_number(octets, field) == number;
}

std::optional<base::Instant> time_of(std::int64_t number, const Field& field,
                                     base::Instant arrival) {
  const base::Duration shift = std::chrono::minutes(field.utc_offset_min);
  constexpr std::int64_t kFrom_s = 631'152'000;  // 1990
  constexpr std::int64_t kTo_s = 4'102'444'800;  // 2100
  if (field.unit == Unit::kUnixSecond || field.unit == Unit::kUnixMs) {
    const std::int64_t one_s = field.unit == Unit::kUnixSecond ? 1 : 1000;
    if (number < kFrom_s * one_s || number >= kTo_s * one_s) return std::nullopt;
    return base::Instant{number * (1000 / one_s)};
  }
  const auto pair = [&number](std::int64_t at) { return static_cast<int>(number / at % 100); };
  nmea::Clock clock{2000, 1, 1, pair(10'000), pair(100), pair(1)};
  if (field.unit == Unit::kHhmmss) {
    const auto t = nmea::to_instant(clock);
    if (!t || number < 0 || number > 235'960) return std::nullopt;
    const std::int64_t local = t->ms % kDay_ms - shift.count();
    return nmea::nearest(arrival, (local % kDay_ms + kDay_ms) % kDay_ms);
  }
  const std::int64_t year = number / 10'000'000'000;
  const bool two = field.unit == Unit::kYymmddhhmmss;
  if (number < 0 || year > (two ? 99 : 2099)) return std::nullopt;
  clock.year = static_cast<int>(year) + (two ? 2000 : 0);
  clock.month = pair(100'000'000);
  clock.day = pair(1'000'000);
  const auto t = nmea::to_instant(clock);
  if (!t) return std::nullopt;
  return *t - shift;
}

std::int64_t number_of(base::Instant t, const Field& field) {
  if (field.unit == Unit::kUnixMs) return t.ms;
  if (field.unit == Unit::kUnixSecond) return t.ms / 1000;
  const std::int64_t ms = t.ms + field.utc_offset_min * 60'000;
  const std::int64_t second = ms / 1000 % 86'400;
  const std::int64_t clock = second / 3600 * 10'000 + second / 60 % 60 * 100 + second % 60;
  if (field.unit == Unit::kHhmmss) return clock;
  using namespace std::chrono;
  const year_month_day date{sys_days(days(ms / kDay_ms))};
  const std::int64_t year = static_cast<int>(date.year());
  return (((field.unit == Unit::kYymmddhhmmss ? year % 100 : year) * 100 + unsigned(date.month())) *
              100 +
          unsigned(date.day())) *
             1'000'000 +
         clock;
}

std::optional<std::int32_t> angle_of(double value, Unit unit, int most_deg) {
  double degrees = value;
  if (unit == Unit::kMinute) degrees = value / 60;
  if (unit == Unit::kDegreeMinute) {
    const double size = std::abs(value);
    const double minutes = std::fmod(size, 100);
    if (minutes >= 60) return std::nullopt;
    degrees = std::copysign(std::floor(size / 100) + minutes / 60, value);
  }
  if (std::abs(degrees) > most_deg + 1) return std::nullopt;
  const auto units = std::llround(degrees * kUnits);  // the pole itself may round to beyond it
  if (std::llabs(units) > most_deg * std::llround(kUnits)) return std::nullopt;
  return static_cast<std::int32_t>(units);
}

double value_of_angle(std::int32_t units, Unit unit) {
  const double degrees = units / kUnits;
  if (unit == Unit::kMinute) return units * 60.0 / kUnits;
  if (unit == Unit::kDegree) return degrees;
  const double whole = std::trunc(degrees);
  return whole * 100 + (units - whole * kUnits) * 60 / kUnits;
}

double knots_in(Unit unit) {
  return unit == Unit::kMps ? kKnotsInMps : unit == Unit::kKmh ? 1 / 1.852 : 1;
}

std::string text_of(string_view octets, const Field& field) {
  auto out = octets.substr(std::min(field.offset, octets.size()));
  if (field.length > 0) out = out.substr(0, field.length);
  return std::string(out);
}

string_view without_filling(string_view text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

std::string hex_of(string_view octets) {
  std::string out;
  for (const char c : octets) out += fmt::format("{:02X}", static_cast<unsigned char>(c));
  return out;
}

class ContentReader {
 public:
  ContentReader(string_view octets, base::Instant arrival, Gbk& gbk)
      : m_octets(octets), m_arrival(arrival), m_gbk(gbk) {}

  Content read(const Layout& layout) {
    for (const auto& field : layout.fields) {
      if (field.type == Type::kGbk || field.type == Type::kHex) {
        take_text(field);
      } else {
        take_number(field);
      }
    }
    if (m_lat && m_lon) m_out.position = geo::Position{*m_lat, *m_lon};
    return std::move(m_out);
  }

 private:
  void take_text(const Field& field) {
    const auto octets = text_of(m_octets, field);
    if (field.type == Type::kHex) {
      m_out.others.emplace_back(field.name, hex_of(octets));
      return;
    }
    const auto plain = without_filling(octets);
    if (plain.empty()) return;
    auto text = m_gbk.to_utf8(plain);
    if (!text) {
      m_out.bad_value = true;
    } else if (field.role == Role::kText) {
      m_out.text = std::move(*text);
    } else {
      m_out.others.emplace_back(field.name, std::move(*text));
    }
  }

  void take_number(const Field& field) {
    const auto number = read_number(m_octets, field);
    if (number && number == field.absent) return;
    if (!number || !use(field, *number)) m_out.bad_value = true;
  }

  bool use(const Field& field, std::int64_t number) {
    const double value = static_cast<double>(number) * field.scale;
    switch (field.role) {
      case Role::kTime:
        m_out.time = time_of(number, field, m_arrival);
        m_out.whole_time = m_out.time && field.unit != Unit::kHhmmss;
        return m_out.time.has_value();
      case Role::kLatitude:
        m_lat = angle_of(value, field.unit, 90);
        return m_lat.has_value();
      case Role::kLongitude:
        m_lon = angle_of(value, field.unit, 180);
        return m_lon.has_value();
      case Role::kSpeed:
        return hundredths(value * knots_in(field.unit), UINT16_MAX, m_out.sog_ckn);
      case Role::kCourse:
        return hundredths(value, 36'000, m_out.cog_cdeg) && turned(m_out.cog_cdeg, 36'000);
      case Role::kHeading:
        return whole(value, 360, m_out.heading_deg) && turned(m_out.heading_deg, 360);
      case Role::kAlarm:
        m_out.alarm = number;
        m_out.sos = std::find(field.sos.begin(), field.sos.end(), number) != field.sos.end();
        return true;
      default:
        m_out.others.emplace_back(field.name, fmt::format("{}", value));
        return true;
    }
  }

  static bool whole(double value, int most, std::optional<std::uint16_t>& out) {
    if (!(value >= 0) || value > most) return false;
    out = static_cast<std::uint16_t>(std::lround(value));
    return true;
  }
  static bool hundredths(double value, int most, std::optional<std::uint16_t>& out) {
    return whole(value * 100, most, out);
  }
  /// A full turn is north.
  static bool turned(std::optional<std::uint16_t>& angle, int turn) {
    if (*angle == turn) angle = std::uint16_t{0};
    return true;
  }

  string_view m_octets;
  base::Instant m_arrival;
  Gbk& m_gbk;
  Content m_out;
  std::optional<std::int32_t> m_lat, m_lon;
};

/// The number of a field; absent when the content does not have the value.
std::optional<std::int64_t> number_for(const Field& field, const Content& c) {
  const auto scaled = [&field](double value) { return std::llround(value / field.scale); };
  switch (field.role) {
    case Role::kTime:
      return c.time ? std::optional(number_of(*c.time, field)) : std::nullopt;
    case Role::kLatitude:
    case Role::kLongitude:
      if (!c.position) return std::nullopt;
      return scaled(value_of_angle(
          field.role == Role::kLatitude ? c.position->lat : c.position->lon, field.unit));
    case Role::kSpeed:
      if (!c.sog_ckn) return std::nullopt;
      return scaled(*c.sog_ckn / 100.0 / knots_in(field.unit));
    case Role::kCourse:
      return c.cog_cdeg ? std::optional(scaled(*c.cog_cdeg / 100.0)) : std::nullopt;
    case Role::kHeading:
      return c.heading_deg ? std::optional(scaled(*c.heading_deg)) : std::nullopt;
    case Role::kAlarm:
      if (c.alarm) return c.alarm;
      return c.sos && !field.sos.empty() ? field.sos.front() : 0;
    default:
      return std::nullopt;
  }
}

}  // namespace

Content read_content(const Layout& layout, string_view octets, base::Instant arrival, Gbk& gbk) {
  return ContentReader(octets, arrival, gbk).read(layout);
}

base::Result<std::string> write_content(const Layout& layout, const Content& content, Gbk& gbk) {
  std::string out(std::max(layout.length, layout.least()), '\0');
  for (const auto& field : layout.fields) {
    if (field.type == Type::kHex) continue;
    if (field.type == Type::kGbk) {
      if (field.role != Role::kText || !content.text) continue;
      const auto text = gbk.from_utf8(*content.text);
      if (!text) return base::fail(Code::kMalformed, "the text has no form in GBK", field.name);
      const std::size_t room = field.length > 0 ? field.length : layout.length - field.offset;
      if ((field.length > 0 || layout.length > 0) && text->size() > room) {
        return base::fail(Code::kTooLarge, "the text is too long", field.name);
      }
      if (out.size() < field.offset + text->size()) out.resize(field.offset + text->size());
      out.replace(field.offset, text->size(), *text);
      continue;
    }
    const auto number = number_for(field, content);
    if (!write_number(out, field, number.value_or(field.absent.value_or(0)))) {
      return base::fail(Code::kOutOfRange, "the value does not fit its field", field.name);
    }
  }
  out.replace(0, layout.key.size(), layout.key);
  return out;
}

}  // namespace jinglue::observe::beidou
