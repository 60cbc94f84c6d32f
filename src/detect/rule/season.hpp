// SPDX-License-Identifier: Apache-2.0
// Season: when a rule binds, written in civil time of a named zone and turned into exact instants
// once, at loading. A span holds its begin and not its end. A yearly season may cross the new year.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/local_time.hpp"
#include "base/result.hpp"

namespace jinglue::detect {

/// [from, to).
struct TimeSpan {
  base::Instant from{base::kDistantPast};
  base::Instant to{base::kDistantFuture};
  bool holds(base::Instant t) const { return from <= t && t < to; }
  friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

/// Yearly spans are laid out for these years; a rule that binds later gets a new version long
/// before.
inline constexpr int kFirstSeasonYear = 1990;
inline constexpr int kLastSeasonYear = 2100;

/// "05-01T12:00" or "05-01T12:00:30" into month .. second (year 0). Error kMalformed otherwise;
/// 29 February is refused, because it is not there each year.
base::Result<base::CivilTime> parse_month_day(std::string_view text);

/// The spans of a yearly season inside `valid`, ascending and cut to it. Error kUnknown for a zone
/// that the zone data does not hold.
base::Result<std::vector<TimeSpan>> yearly_spans(const base::CivilTime& from,
                                                 const base::CivilTime& to, std::string_view zone,
                                                 const TimeSpan& valid);

/// The span of an ascending list that holds t.
std::optional<TimeSpan> span_at(const std::vector<TimeSpan>& spans, base::Instant t);

}  // namespace jinglue::detect
