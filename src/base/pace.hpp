// SPDX-License-Identifier: Apache-2.0
// Pace: when a round of work may begin again, so that rounds take at most a share of the time. A
// round that took long alone among quick ones (a page fault, another process on the core) does not
// make the next one wait: of the last two the quicker one counts. One thread.
#pragma once

#include <algorithm>
#include <chrono>

namespace jinglue::base {

class Pace {
 public:
  using Clock = std::chrono::steady_clock;

  /// At least `least` from begin to begin, and a pause of `share` times what a round takes.
  Pace(Clock::duration least, int share) : m_least(least), m_share(share) {}

  Clock::time_point due() const { return m_due; }  ///< before the first round: long ago
  void done(Clock::time_point begin, Clock::time_point end) {
    const auto took = end - begin;
    const auto counted = std::min(took, m_took_before);
    m_took_before = took;
    m_due = std::max(begin + m_least, end + counted * m_share);
  }

 private:
  Clock::duration m_least;
  int m_share;
  Clock::duration m_took_before{0};
  Clock::time_point m_due{Clock::time_point::min()};
};

}  // namespace jinglue::base
