// SPDX-License-Identifier: Apache-2.0
#include "detect/rule/season.hpp"

#include <algorithm>
#include <tuple>

namespace jinglue::detect {
namespace {

using base::CivilTime;

auto order_of(const CivilTime& c) {
  return std::make_tuple(c.month, c.day, c.hour, c.minute, c.second);
}

/// Two decimal digits followed by `mark` (0 = the end); advances `text`. -1 when not there.
int two_digits(std::string_view& text, char mark) {
  const bool marked = mark != 0;
  const std::size_t need = marked ? 3 : 2;
  if (text.size() < need || (marked && text[2] != mark)) return -1;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!digit(text[0]) || !digit(text[1])) return -1;
  const int value = (text[0] - '0') * 10 + (text[1] - '0');
  text.remove_prefix(need);
  return value;
}

int days_in(int month) {
  if (month == 2) return 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

}  // namespace

base::Result<CivilTime> parse_month_day(std::string_view text) {
  const auto bad = [&] {
    return base::fail(base::Code::kMalformed, "not a day of the year: '" + std::string(text) + "'",
                      {}, "write month, day and local time like 05-01T12:00");
  };
  std::string_view rest = text;
  CivilTime c;
  c.year = 0;
  c.month = two_digits(rest, '-');
  c.day = two_digits(rest, 'T');
  c.hour = two_digits(rest, ':');
  const bool seconds = rest.size() == 5;
  c.minute = two_digits(rest, seconds ? ':' : char{0});
  c.second = seconds ? two_digits(rest, 0) : 0;
  const bool fits = c.month >= 1 && c.month <= 12 && c.day >= 1 && c.hour >= 0 && c.hour <= 23 &&
                    c.minute >= 0 && c.minute <= 59 && c.second >= 0 && c.second <= 59;
  if (!fits || !rest.empty() || c.day > days_in(c.month)) return bad();
  return c;
}

base::Result<std::vector<TimeSpan>> yearly_spans(const CivilTime& from, const CivilTime& to,
                                                 std::string_view zone, const TimeSpan& valid) {
  const bool over_new_year = order_of(to) <= order_of(from);
  std::vector<TimeSpan> out;
  for (int year = kFirstSeasonYear - 1; year <= kLastSeasonYear; ++year) {
    CivilTime first = from;
    CivilTime last = to;
    first.year = year;
    last.year = over_new_year ? year + 1 : year;
    const auto begin = base::to_instant(first, zone);
    const auto end = base::to_instant(last, zone);
    if (!begin) return tl::unexpected(begin.error());
    if (!end) return tl::unexpected(end.error());
    const TimeSpan span{std::max(*begin, valid.from), std::min(*end, valid.to)};
    if (span.from < span.to) out.push_back(span);
  }
  return out;
}

std::optional<TimeSpan> span_at(const std::vector<TimeSpan>& spans, base::Instant t) {
  const auto after =
      std::upper_bound(spans.begin(), spans.end(), t,
                       [](base::Instant at, const TimeSpan& s) { return at < s.from; });
  if (after == spans.begin()) return std::nullopt;
  const TimeSpan& span = *std::prev(after);
  return span.holds(t) ? std::optional(span) : std::nullopt;
}

}  // namespace jinglue::detect
