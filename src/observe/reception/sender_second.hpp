// SPDX-License-Identifier: Apache-2.0
// The UTC second of the minute that an AIS position states (ITU-R M.1371-5, time stamp), put beside
// a time that is known otherwise. Milliseconds since 1970 UTC.
#pragma once

#include <algorithm>
#include <cstdint>

namespace jinglue::observe::reception {

/// How far `ms` is behind the last instant with this second: 0 to 59,999.
constexpr std::int64_t since_second(std::int64_t ms, std::uint8_t second) {
  constexpr std::int64_t kMinute = 60'000;
  return ((ms - std::int64_t{second} * 1000) % kMinute + kMinute) % kMinute;
}

/// The instant with this second that is nearest to `ms`.
constexpr std::int64_t nearest_with_second(std::int64_t ms, std::uint8_t second) {
  const auto off = since_second(ms, second);
  return off <= 30'000 ? ms - off : ms - off + 60'000;
}

/// The last instant with this second that is not after the arrival. A station's clock may run 5 s
/// ahead of ours before its second is taken for that of the minute before.
constexpr std::int64_t last_with_second(std::int64_t arrival_ms, std::uint8_t second) {
  const std::int64_t latest = arrival_ms + 5'000;
  return std::min(latest - since_second(latest, second), arrival_ms);
}

}  // namespace jinglue::observe::reception
