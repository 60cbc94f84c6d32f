// SPDX-License-Identifier: Apache-2.0
#include "base/instant.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace jinglue::base {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t kFirstMinute = -719'528LL * 1440;  // 0000-01-01T00:00Z
constexpr std::int64_t kEndMinute = 2'932'897LL * 1440;   // 10000-01-01T00:00Z

// Reads exactly `count` digits at `pos` and moves on.
std::optional<int> digits(std::string_view text, std::size_t& pos, std::size_t count) {
  if (pos + count > text.size()) return std::nullopt;
  int value = 0;
  const char* end = text.data() + pos + count;
  auto [stop, error] = std::from_chars(text.data() + pos, end, value);
  if (error != std::errc{} || stop != end || text[pos] == '-') return std::nullopt;
  pos += count;
  return value;
}

bool literal(std::string_view text, std::size_t& pos, char expected) {
  if (pos >= text.size() || text[pos] != expected) return false;
  ++pos;
  return true;
}

struct Clock {
  int hour, minute, second, milli;
};

std::optional<year_month_day> read_date(std::string_view text, std::size_t& pos) {
  const auto y = digits(text, pos, 4);
  if (!y || !literal(text, pos, '-')) return std::nullopt;
  const auto m = digits(text, pos, 2);
  if (!m || !literal(text, pos, '-')) return std::nullopt;
  const auto d = digits(text, pos, 2);
  if (!d) return std::nullopt;
  const year_month_day date{std::chrono::year{*y}, std::chrono::month{unsigned(*m)},
                            std::chrono::day{unsigned(*d)}};
  if (!date.ok()) return std::nullopt;
  return date;
}

// ".123456" -> 123; digits past the millisecond are cut off.
std::optional<int> read_fraction(std::string_view text, std::size_t& pos) {
  if (!literal(text, pos, '.')) return 0;
  int milli = 0;
  int places = 0;
  while (pos < text.size() && text[pos] >= '0' && text[pos] <= '9') {
    if (places < 3) milli = milli * 10 + (text[pos] - '0');
    ++places;
    ++pos;
  }
  if (places == 0) return std::nullopt;
  for (; places < 3; ++places) milli *= 10;
  return milli;
}

std::optional<Clock> read_clock(std::string_view text, std::size_t& pos) {
  const auto h = digits(text, pos, 2);
  if (!h || !literal(text, pos, ':')) return std::nullopt;
  const auto m = digits(text, pos, 2);
  if (!m || !literal(text, pos, ':')) return std::nullopt;
  const auto s = digits(text, pos, 2);
  if (!s || *h > 23 || *m > 59 || *s > 59) return std::nullopt;
  const auto milli = read_fraction(text, pos);
  if (!milli) return std::nullopt;
  return Clock{*h, *m, *s, *milli};
}

std::optional<int> read_offset_minutes(std::string_view text, std::size_t& pos) {
  if (literal(text, pos, 'Z') || literal(text, pos, 'z')) return 0;
  int sign = 0;
  if (literal(text, pos, '+'))
    sign = 1;
  else if (literal(text, pos, '-'))
    sign = -1;
  else
    return std::nullopt;
  const auto h = digits(text, pos, 2);
  if (!h || !literal(text, pos, ':')) return std::nullopt;
  const auto m = digits(text, pos, 2);
  if (!m || *h > 14 || *m > 59) return std::nullopt;
  return sign * (*h * 60 + *m);
}

}  // namespace

std::string to_iso(Instant t) {
  std::int64_t day = t.ms / 86'400'000;
  std::int64_t rest = t.ms % 86'400'000;
  if (rest < 0) {
    rest += 86'400'000;
    --day;
  }
  const year_month_day date{sys_days{days{day}}};
  return fmt::format("{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}.{:03d}Z", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), rest / 3'600'000,
                     rest / 60'000 % 60, rest / 1000 % 60, rest % 1000);
}

Result<Instant> parse_iso(std::string_view text) {
  const auto bad = [&] {
    return fail(Code::kMalformed, "not an instant: '" + std::string(text.substr(0, 40)) + "'", {},
                "write it like 2024-05-01T12:00:00+08:00");
  };
  std::size_t pos = 0;
  const auto date = read_date(text, pos);
  if (!date || !(literal(text, pos, 'T') || literal(text, pos, ' '))) return bad();
  const auto clock = read_clock(text, pos);
  if (!clock) return bad();
  const auto offset = read_offset_minutes(text, pos);
  if (!offset || pos != text.size()) return bad();
  const std::int64_t day = sys_days{*date}.time_since_epoch().count();
  const std::int64_t minutes =
      day * 1440 + std::int64_t{clock->hour} * 60 + clock->minute - *offset;
  // Years 0 to 9999 also in UTC, so that what was read can be written and sorted as text.
  if (minutes < kFirstMinute || minutes >= kEndMinute) return bad();
  return Instant{(minutes * 60 + clock->second) * 1000 + clock->milli};
}

Instant wall_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<Duration>(now).count()};
}

}  // namespace jinglue::base
