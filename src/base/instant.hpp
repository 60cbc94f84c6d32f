// SPDX-License-Identifier: Apache-2.0
// Instant: a point in time, UTC, int64 milliseconds since 1970-01-01 (docs/design, contracts).
// The only time type inside the system. Named time zones exist only in rules (seasons) and at the
// edges: see base/local_time.hpp.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace jinglue::base {

using Duration = std::chrono::milliseconds;

struct Instant {
  std::int64_t ms{0};

  friend constexpr auto operator<=>(Instant, Instant) = default;
  constexpr Instant operator+(Duration d) const { return {ms + d.count()}; }
  constexpr Instant operator-(Duration d) const { return {ms - d.count()}; }
  constexpr Duration operator-(Instant other) const { return Duration(ms - other.ms); }
};

/// Before and after every real instant; used for "valid since ever" and "valid until further
/// notice".
inline constexpr Instant kDistantPast{INT64_MIN / 4};
inline constexpr Instant kDistantFuture{INT64_MAX / 4};

/// "2024-05-01T04:00:00.000Z"; milliseconds are always written.
std::string to_iso(Instant t);

/// Reads RFC 3339: "2024-05-01T12:00:00+08:00", "...Z", fraction optional. An offset is required.
Result<Instant> parse_iso(std::string_view text);

/// The wall clock. Only app and the edges may call it: detect, drift and account take time as an
/// argument, so that replay equals live.
Instant wall_now();

}  // namespace jinglue::base
