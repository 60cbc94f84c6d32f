// SPDX-License-Identifier: Apache-2.0
// ReplayPace: when the next line of a recorded file is due. Lines that state a time are spaced as
// recorded; lines between them follow at once; a file without any time runs at kEvenRate lines per
// second. Times that go back (stations' clocks differ) and jumps of more than kLongestGap (a pause
// of the recording, a clock that is wrong) take no time.
#pragma once

#include <optional>
#include <string_view>

#include "base/instant.hpp"

namespace jinglue::observe::link {

class ReplayPace {
 public:
  static constexpr int kEvenRate = 20;
  static constexpr base::Duration kLongestGap{300'000};

  /// `timed`: the file states times.
  explicit ReplayPace(bool timed) : m_timed(timed) {}

  /// Time of the recording that has passed when this line is due.
  base::Duration next(std::optional<base::Instant> stated);

 private:
  bool m_timed;
  base::Duration m_elapsed{0};
  std::int64_t m_lines{0};
  std::optional<base::Instant> m_latest;
};

/// Of a tag block, a prefix, a suffix or a $PGHP line.
std::optional<base::Instant> stated_time(std::string_view line);

}  // namespace jinglue::observe::link
