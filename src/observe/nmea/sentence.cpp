// SPDX-License-Identifier: Apache-2.0
#include "observe/nmea/sentence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>

#include "geo/point.hpp"
#include "observe/ais/armour.hpp"

namespace jinglue::observe::nmea {
namespace {

using std::string_view;

constexpr std::size_t kHead = 7;  // "$BDTXR,"
constexpr std::int64_t kDay_ms = 86'400'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_upper(char c) {
  return (c >= 'A' && c <= 'Z') || is_digit(c);
}

std::optional<std::uint8_t> read_checksum(string_view text) {
  unsigned value = 0;
  if (text.size() < 2) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + 2, value, 16);
  if (error != std::errc() || end != text.data() + 2) return std::nullopt;
  return static_cast<std::uint8_t>(value);
}

/// Where a sentence of these begins; npos when there is none.
std::size_t find_head(string_view line, std::size_t from, std::span<const string_view> formatters) {
  for (auto at = line.find('$', from); at != string_view::npos; at = line.find('$', at + 1)) {
    if (at + kHead > line.size()) return string_view::npos;
    const auto formatter = line.substr(at + 3, 3);
    const bool known =
        std::find(formatters.begin(), formatters.end(), formatter) != formatters.end();
    if (known && is_upper(line[at + 1]) && is_upper(line[at + 2]) && line[at + 6] == ',') return at;
  }
  return string_view::npos;
}

}  // namespace

Check find(string_view line, std::size_t from, std::span<const string_view> formatters,
           Sentence& out) {
  const auto at = find_head(line, from, formatters);
  if (at == string_view::npos) return Check::kNone;
  out.before = line.substr(0, at);
  out.talker = line.substr(at + 1, 2);
  out.formatter = line.substr(at + 3, 3);
  out.fields = out.after = {};
  auto outcome = Check::kNoChecksum;
  std::uint8_t sum = 0;
  std::size_t summed = at + 1;
  for (auto star = line.find('*', at + kHead); star != string_view::npos;
       star = line.find('*', star + 1)) {
    sum ^= ais::nmea_checksum(line.substr(summed, star - summed));
    summed = star;
    const auto stated = read_checksum(line.substr(star + 1));
    if (!stated) continue;
    outcome = Check::kChecksum;
    if (*stated != sum) continue;
    out.fields = line.substr(at + kHead, star - at - kHead);
    out.after = line.substr(star + 3);
    return Check::kSound;
  }
  out.after = line.substr(at + kHead);
  return outcome;
}

string_view take_field(string_view& fields) {
  const auto comma = fields.find(',');
  const auto out = fields.substr(0, comma);
  fields.remove_prefix(comma == string_view::npos ? fields.size() : comma + 1);
  return out;
}

std::string framed(const std::string& between) {
  return fmt::format("${}*{:02X}", between, ais::nmea_checksum(between));
}

std::optional<std::uint64_t> read_number(string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> read_decimal(string_view text, int decimals) {
  constexpr std::int64_t kMost = std::int64_t{1} << 52;
  std::int64_t value = 0;
  int after = -1;  // digits behind the point; -1 = before it
  bool any = false;
  bool up = false;
  for (const char c : text) {
    if (c == '.' && after < 0) {
      after = 0;
      continue;
    }
    if (!is_digit(c)) return std::nullopt;
    any = true;
    if (after >= decimals) {
      if (after == decimals) up = c >= '5';
      ++after;
      continue;
    }
    value = value * 10 + (c - '0');
    if (value > kMost) return std::nullopt;
    if (after >= 0) ++after;
  }
  if (!any) return std::nullopt;
  for (int i = std::max(after, 0); i < decimals; ++i) {
    value *= 10;
    if (value > kMost) return std::nullopt;
  }
  return value + (up ? 1 : 0);
}

std::optional<std::int32_t> read_angle(string_view text, string_view side, int degree_digits) {
  constexpr std::int64_t kMinute = geo::Position::kUnitsPerDegree / 60;  // 1e-5 minute each
  if (side.size() != 1) return std::nullopt;
  const bool latitude = degree_digits == 2;
  const bool positive = side[0] == (latitude ? 'N' : 'E');
  if (!positive && side[0] != (latitude ? 'S' : 'W')) return std::nullopt;
  const auto whole = static_cast<std::size_t>(degree_digits);
  const auto point = text.find('.');
  const auto before_point = point == string_view::npos ? text.size() : point;
  if (before_point != whole + 2) return std::nullopt;
  const auto degrees = read_number(text.substr(0, whole));
  const auto minutes = read_decimal(text.substr(whole), 5);
  if (!degrees || !minutes || *minutes >= 60 * kMinute) return std::nullopt;
  const std::int64_t units =
      static_cast<std::int64_t>(*degrees) * geo::Position::kUnitsPerDegree + *minutes;
  const std::int64_t most = std::int64_t{latitude ? 90 : 180} * geo::Position::kUnitsPerDegree;
  if (units > most) return std::nullopt;
  return static_cast<std::int32_t>(positive ? units : -units);
}

std::optional<std::int64_t> read_time_of_day(string_view text) {
  const auto point = text.find('.');
  if ((point == string_view::npos ? text.size() : point) != 6) return std::nullopt;
  const auto whole = read_number(text.substr(0, 6));
  const auto fraction = point == string_view::npos ? std::optional<std::int64_t>(0)
                                                   : read_decimal(text.substr(point), 3);
  const bool bare_point = point != string_view::npos && point + 1 == text.size();
  if (!whole || (!fraction && !bare_point)) return std::nullopt;
  const auto hour = static_cast<std::int64_t>(*whole / 10'000);
  const auto minute = static_cast<std::int64_t>(*whole / 100 % 100);
  const auto second = static_cast<std::int64_t>(*whole % 100);
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto ms = std::min<std::int64_t>(fraction.value_or(0), 999);
  return ((hour * 60 + minute) * 60 + std::min<std::int64_t>(second, 59)) * 1000 + ms;
}

base::Instant nearest(base::Instant now, std::int64_t of_day_ms) {
  const std::int64_t into = ((now.ms % kDay_ms) + kDay_ms) % kDay_ms;
  std::int64_t shift = of_day_ms - into;
  if (shift > kDay_ms / 2) shift -= kDay_ms;
  if (shift < -kDay_ms / 2) shift += kDay_ms;
  return {now.ms + shift};
}

std::optional<base::Instant> to_instant(const Clock& clock) {
  using namespace std::chrono;
  const bool possible = clock.year >= 1990 && clock.year <= 2099 && clock.month >= 1 &&
                        clock.month <= 12 && clock.day >= 1 && clock.day <= 31 && clock.hour >= 0 &&
                        clock.hour <= 23 && clock.minute >= 0 && clock.minute <= 59 &&
                        clock.second >= 0 && clock.second <= 60;
  if (!possible) return std::nullopt;
  const auto date = year(clock.year) / month(unsigned(clock.month)) / day(unsigned(clock.day));
  if (!date.ok()) return std::nullopt;
  const std::int64_t seconds = std::int64_t{sys_days(date).time_since_epoch().count()} * 86'400 +
                               std::int64_t{clock.hour} * 3600 + std::int64_t{clock.minute} * 60 +
                               std::min(clock.second, 59);
  return base::Instant{seconds * 1000};
}

}  // namespace jinglue::observe::nmea
