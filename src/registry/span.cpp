// SPDX-License-Identifier: Apache-2.0
#include "registry/span.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "base/local_time.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Instant;
using expression::Day;

constexpr std::int64_t kMost = 100'000;

struct UnitName {
  SpanUnit unit;
  std::string_view key, one, many;
};
constexpr std::array<UnitName, 5> kUnits = {
    {{SpanUnit::kMinutes, "minutes", "minute", "minutes"},
     {SpanUnit::kHours, "hours", "hour", "hours"},
     {SpanUnit::kDays, "days", "day", "days"},
     {SpanUnit::kWorkingDays, "working_days", "working day", "working days"},
     {SpanUnit::kMonths, "months", "month", "months"}}};

base::Duration exact_length(const Span& span) {
  return span.unit == SpanUnit::kHours ? base::Duration(std::chrono::hours(span.count))
                                       : base::Duration(std::chrono::minutes(span.count));
}

std::chrono::year_month_day civil(Day day) {
  return std::chrono::sys_days{std::chrono::days{static_cast<std::chrono::days::rep>(day.days)}};
}

Day months_later(Day day, std::int64_t count) {
  const auto from = civil(day);
  const auto month = std::chrono::year_month{from.year(), from.month()} +
                     std::chrono::months{static_cast<std::chrono::months::rep>(count)};
  const std::chrono::year_month_day_last last{month.year(),
                                              std::chrono::month_day_last{month.month()}};
  const auto number = std::min(from.day(), last.day());
  const std::chrono::sys_days out{std::chrono::year_month_day{month.year(), month.month(), number}};
  return {out.time_since_epoch().count()};
}

std::optional<Due> exact_due(const Span& length, Instant start, const std::vector<Pause>& pauses) {
  Instant due = start + exact_length(length);
  for (const auto& pause : pauses) {
    if (pause.from >= due) break;
    if (!pause.to) return std::nullopt;
    due = due + (*pause.to - pause.from);
  }
  return Due{due, false};
}

struct DayPause {
  Day from;
  std::optional<Day> to;
};

/// The last day of the period, before it is moved off a day off.
std::optional<Day> last_day(const Span& length, Day start, const std::vector<DayPause>& pauses,
                            const WorkCalendar& calendar) {
  if (length.unit != SpanUnit::kWorkingDays) {
    Day last = length.unit == SpanUnit::kMonths ? months_later(start, length.count)
                                                : Day{start.days + length.count};
    for (const auto& pause : pauses) {
      if (pause.from >= last) break;
      if (!pause.to) return std::nullopt;
      last.days += pause.to->days - pause.from.days;
    }
    return last;
  }
  std::int64_t left = length.count;
  Day position = start;
  for (const auto& pause : pauses) {
    const auto counted = calendar.between(position, pause.from);
    if (counted >= left) break;
    if (!pause.to) return std::nullopt;
    left -= counted;
    position = *pause.to;
  }
  return calendar.nth_after(position, left);
}

}  // namespace

std::string_view to_key(SpanUnit unit) {
  return std::find_if(kUnits.begin(), kUnits.end(), [&](const auto& u) { return u.unit == unit; })
      ->key;
}

base::Result<Span> read_span(std::string_view text) {
  Span out;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), out.count);
  const auto rest = text.substr(std::size_t(end.ptr - text.data()));
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const UnitName& u) {
    return rest.size() > 1 && rest[0] == ' ' &&
           (rest.substr(1) == u.one || rest.substr(1) == u.many);
  });
  if (end.ec != std::errc() || unit == kUnits.end()) {
    return base::fail(Code::kMalformed, "'" + std::string(text) + "' is no length of time", {},
                      "for example '7 working days', '30 days', '24 hours', '30 minutes' or "
                      "'6 months'");
  }
  if (out.count < 1 || out.count > kMost)
    return base::fail(Code::kOutOfRange, "a length of time is 1 to 100,000");
  out.unit = unit->unit;
  return out;
}

Day LocalDays::of(Instant at) const {
  const auto local = base::to_civil(at, zone);
  const std::chrono::sys_days date{std::chrono::year_month_day{
      std::chrono::year{local->year}, std::chrono::month{unsigned(local->month)},
      std::chrono::day{unsigned(local->day)}}};
  return {date.time_since_epoch().count()};
}

Instant LocalDays::begin(Day day) const {
  const auto date = civil(day);
  return *base::to_instant(
      {int(date.year()), int(unsigned(date.month())), int(unsigned(date.day())), 0, 0, 0}, zone);
}
Instant LocalDays::end(Day day) const {
  return begin({day.days + 1});
}

std::optional<Due> due_of(const Span& length, Instant start, const std::vector<Pause>& pauses,
                          const Counting& counting) {
  if (length.exact()) return exact_due(length, start, pauses);
  const Day first = counting.days.of(start);
  std::vector<DayPause> days;
  for (const auto& pause : pauses) {
    days.push_back({counting.days.of(pause.from),
                    pause.to ? std::optional(counting.days.of(*pause.to)) : std::nullopt});
  }
  auto last = last_day(length, first, days, counting.calendar);
  if (!last) return std::nullopt;
  const bool working = length.unit == SpanUnit::kWorkingDays;
  if (!working && counting.to_working_day && !counting.calendar.works(*last))
    *last = counting.calendar.nth_after(*last, 1);
  const bool needed = working || counting.to_working_day;
  return Due{counting.days.end(*last), needed && !counting.calendar.known(first, *last)};
}

Instant before_due(const Span& span, Instant due, const Counting& counting) {
  if (span.exact()) return due - exact_length(span);
  const Day last = counting.days.of(due - base::Duration(1));
  if (span.unit == SpanUnit::kMonths) return counting.days.begin(months_later(last, -span.count));
  if (span.unit == SpanUnit::kDays) return counting.days.begin({last.days + 1 - span.count});
  return counting.days.begin(counting.calendar.nth_back(last, span.count));
}

Instant after_due(const Span& span, Instant due, const Counting& counting) {
  if (span.exact()) return due + exact_length(span);
  const Day last = counting.days.of(due - base::Duration(1));
  if (span.unit == SpanUnit::kMonths) return counting.days.end(months_later(last, span.count));
  if (span.unit == SpanUnit::kDays) return counting.days.end({last.days + span.count});
  return counting.days.end(counting.calendar.nth_after(last, span.count));
}

std::int64_t left_of(SpanUnit unit, Instant now, Instant due, const Counting& counting) {
  if (unit == SpanUnit::kMinutes || unit == SpanUnit::kHours) {
    const std::int64_t size = unit == SpanUnit::kHours ? 3'600'000 : 60'000;
    const std::int64_t left = (due - now).count();
    return left / size - (left % size < 0 ? 1 : 0);
  }
  const Day today = counting.days.of(now);
  const Day last = counting.days.of(due - base::Duration(1));
  if (unit == SpanUnit::kWorkingDays) {
    return last < today ? counting.calendar.between(today, last)
                        : counting.calendar.between({today.days - 1}, last);
  }
  return last.days - today.days + (last < today ? 0 : 1);
}

}  // namespace jinglue::registry
