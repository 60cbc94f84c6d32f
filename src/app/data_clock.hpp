// SPDX-License-Identifier: Apache-2.0
// DataClock: the one clock of a data folder. Wall mode follows the system clock but never goes back
// (a clock set back is noted and the instants go on at the pace of the steady clock); feed mode is
// set by whoever plays a drill or a replay. Any thread may read it.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>

#include "base/instant.hpp"

namespace jinglue::app {

class DataClock {
 public:
  enum class Mode { kWall, kFeed };
  /// `wall` and `steady_ms` are replaced in tests only.
  explicit DataClock(Mode mode, std::function<base::Instant()> wall = base::wall_now,
                     std::function<std::int64_t()> steady_ms = steady_now_ms);

  Mode mode() const { return m_mode; }
  base::Instant now() const;
  /// No instant before t is given from now on: the journal's last arrival, at start.
  void not_before(base::Instant t);
  /// How far the system clock lies behind what was given out before; 0 = fine. Wall mode only.
  base::Duration set_back() const;

  /// Feed mode: from now on the clock stands at t and runs at `speed` drill seconds per second.
  void run_feed(base::Instant t, double speed);
  double feed_speed() const;

  static std::int64_t steady_now_ms();

 private:
  const Mode m_mode;
  const std::function<base::Instant()> m_wall;
  const std::function<std::int64_t()> m_steady_ms;
  mutable std::mutex m_mutex;
  mutable base::Instant m_last;           // the latest instant given out
  mutable std::int64_t m_last_steady{0};  // when
  mutable base::Duration m_back{0};
  base::Instant m_feed_from;
  std::int64_t m_feed_steady{0};
  double m_speed{0};
};

}  // namespace jinglue::app
