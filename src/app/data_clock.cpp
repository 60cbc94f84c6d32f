// SPDX-License-Identifier: Apache-2.0
// A clock that never goes back.
#include "app/data_clock.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace jinglue::app {

namespace {
/// Smaller steps back are the ordinary work of a time daemon.
constexpr base::Duration kTolerated{2000};
}  // namespace

DataClock::DataClock(Mode mode, std::function<base::Instant()> wall,
                     std::function<std::int64_t()> steady_ms)
    : m_mode(mode), m_wall(std::move(wall)), m_steady_ms(std::move(steady_ms)) {
  m_last = mode == Mode::kWall ? m_wall() : base::Instant{0};
  m_last_steady = m_feed_steady = m_steady_ms();
}

base::Instant DataClock::now() const {
  const std::lock_guard lock(m_mutex);
  const std::int64_t steady = m_steady_ms();
  if (m_mode == Mode::kFeed) {
    const auto run = static_cast<std::int64_t>(double(steady - m_feed_steady) * m_speed);
    m_last = std::max(m_last, m_feed_from + base::Duration(run));
    return m_last;
  }
  const base::Instant wall = m_wall();
  if (wall >= m_last) {
    m_back = base::Duration(0);
    m_last = wall;
  } else {
    const base::Instant onward = m_last + base::Duration(steady - m_last_steady);
    m_back = onward - wall > kTolerated ? onward - wall : base::Duration(0);
    if (m_back > base::Duration(0)) m_last = onward;
  }
  m_last_steady = steady;
  return m_last;
}

void DataClock::not_before(base::Instant t) {
  const std::lock_guard lock(m_mutex);
  m_last = std::max(m_last, t);
  m_last_steady = m_steady_ms();
}

base::Duration DataClock::set_back() const {
  now();
  const std::lock_guard lock(m_mutex);
  return m_back;
}

void DataClock::run_feed(base::Instant t, double speed) {
  const std::lock_guard lock(m_mutex);
  m_feed_from = t;
  m_feed_steady = m_steady_ms();
  m_speed = speed;
}

double DataClock::feed_speed() const {
  const std::lock_guard lock(m_mutex);
  return m_speed;
}

std::int64_t DataClock::steady_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace jinglue::app
