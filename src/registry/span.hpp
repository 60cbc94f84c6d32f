// SPDX-License-Identifier: Apache-2.0
// Span: the length of a clock ("7 working days"), and when a period of that length ends.
// Minutes and hours run from instant to instant. Days, working days and months are counted in
// local dates: the day of the beginning does not count, the period ends with the end of its last
// day (24:00; Civil Code of China, articles 201 to 203); a month ends on the day of the same
// number, or the last of a shorter month. While a clock is paused no day counts from the day after
// the pause to the day on which it goes on: pausing and going on within a day changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "registry/work_calendar.hpp"

namespace jinglue::registry {

enum class SpanUnit { kMinutes, kHours, kDays, kWorkingDays, kMonths };
/// "minutes", "hours", "days", "working_days", "months".
std::string_view to_key(SpanUnit unit);

struct Span {
  std::int64_t count{0};
  SpanUnit unit{SpanUnit::kDays};
  bool exact() const { return unit == SpanUnit::kMinutes || unit == SpanUnit::kHours; }
  friend bool operator==(const Span&, const Span&) = default;
};
/// "7 working days", "1 day", "24 hours", "30 minutes", "6 months"; 1 to 100,000 of them.
base::Result<Span> read_span(std::string_view text);

/// Times at which a clock stood still; the last may still go on. In order, not overlapping.
struct Pause {
  base::Instant from;
  std::optional<base::Instant> to;
};

/// Local dates of one zone.
struct LocalDays {
  std::string zone;  ///< IANA
  expression::Day of(base::Instant at) const;
  base::Instant begin(expression::Day day) const;  ///< its 00:00
  base::Instant end(expression::Day day) const;    ///< its 24:00
};

struct Counting {
  const WorkCalendar& calendar;
  LocalDays days;
  /// A period of days or months whose last day is a day off ends with the next working day
  /// (Civil Code, article 203).
  bool to_working_day{false};
};

struct Due {
  base::Instant at;       ///< the period is over from this instant on
  bool uncertain{false};  ///< days off of a year were needed that are not known
};
/// Nothing while it stands still.
std::optional<Due> due_of(const Span& length, base::Instant start, const std::vector<Pause>& pauses,
                          const Counting& counting);
/// The instant from which at most `span` is left before `due`.
base::Instant before_due(const Span& span, base::Instant due, const Counting& counting);
/// The instant at which `span` has gone by since `due`.
base::Instant after_due(const Span& span, base::Instant due, const Counting& counting);
/// Whole units left at `now`, the present day included; below zero when it is over.
std::int64_t left_of(SpanUnit unit, base::Instant now, base::Instant due, const Counting& counting);

}  // namespace jinglue::registry
