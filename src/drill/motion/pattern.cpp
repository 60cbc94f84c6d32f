// SPDX-License-Identifier: Apache-2.0
#include "drill/motion/pattern.hpp"

#include <algorithm>

#include "drill/sea/plane.hpp"

namespace jinglue::drill::motion {
namespace {

using script::Pattern;
using script::Range;

/// A cycle of a trade: go a leg, perhaps come back over it (hauling nets), rest adrift.
struct Habit {
  Range leg_nm, leg_kn;
  Range rest_min, rest_kn;
  double back_kn;   ///< speed of the way back over the leg; 0 = none
  double turn_deg;  ///< the next leg turns at most so much off the way back (trawl) or ahead
  bool back_and_forth;
};

Habit habit_of(Pattern pattern) {
  switch (pattern) {
    case Pattern::kTrawl:
      return {{4, 7}, {3.3, 3.8}, {5, 9}, {1.2, 2}, 0, 25, true};
    case Pattern::kNets:
      return {{1, 2.2}, {4, 5.5}, {60, 120}, {0.3, 0.7}, 1.3, 60, false};
    case Pattern::kLine:
      return {{0.4, 1.4}, {4, 6}, {25, 60}, {0.3, 0.9}, 0, 180, false};
    case Pattern::kTend:
      return {{0.25, 0.8}, {2.2, 6}, {4, 14}, {0.1, 0.4}, 0, 180, false};
    case Pattern::kPatrol:
      return {{3, 8}, {9, 13}, {0, 0}, {0, 0}, 0, 80, false};
    case Pattern::kDrift:
      return {{0, 0}, {0, 0}, {20, 40}, {0.3, 0.8}, 0, 30, false};
  }
  return {};
}

Mode mode_of(Pattern pattern) {
  switch (pattern) {
    case Pattern::kTrawl:
    case Pattern::kNets:
    case Pattern::kLine:
      return Mode::kFishing;
    case Pattern::kDrift:
      return Mode::kDrifting;
    default:
      return Mode::kUnderway;
  }
}

bool stays_inside(const sea::Ground* ground, geo::LatLon a, geo::LatLon b) {
  if (ground == nullptr) return true;
  const int pieces = 2 + int(sea::distance_m(a, b) / 150);
  for (int i = 0; i <= pieces; ++i) {
    if (!ground->zone->area->contains(sea::between(a, b, double(i) / pieces))) return false;
  }
  return true;
}

class Worker {
 public:
  Worker(Track& track, const Work& work, chance::Random& random)
      : m_track(track), m_work(work), m_random(random), m_habit(habit_of(work.pattern)) {
    if (work.speed_kn && m_habit.leg_nm.high > 0)
      m_habit.leg_kn = *work.speed_kn;
    else if (work.speed_kn)
      m_habit.rest_kn = *work.speed_kn;
    m_course = random.between(0, 360);
  }

  void run() {
    while (m_track.last_ms() < m_work.until_ms) {
      const std::int64_t before = m_track.last_ms();
      if (m_habit.leg_nm.high > 0) leg();
      if (m_habit.rest_min.high > 0) rest();
      if (m_track.last_ms() == before) go(m_track.last(), 60'000);  // no way to go: wait a minute
    }
  }

 private:
  double pick(Range range) { return m_random.between(range.low, range.high); }

  /// Goes to `to` in `time_ms`, or as far of it as the time of the work allows.
  void go(geo::LatLon to, std::int64_t time_ms) {
    const std::int64_t from_ms = m_track.last_ms();
    const std::int64_t end_ms = from_ms + std::max<std::int64_t>(time_ms, 1000);
    if (end_ms <= m_work.until_ms) return m_track.add(end_ms, to);
    const double part = double(m_work.until_ms - from_ms) / double(end_ms - from_ms);
    m_track.add(m_work.until_ms, sea::between(m_track.last(), to, part));
  }

  /// In pieces of some minutes whose speed differs a little.
  void go_at(geo::LatLon to, double knots) {
    const geo::LatLon from = m_track.last();
    const double way_m = sea::distance_m(from, to);
    const double time_s = way_m / (knots * sea::kMpsPerKnot);
    const int pieces = std::max(1, int(time_s / 420));
    for (int i = 1; i <= pieces && m_track.last_ms() < m_work.until_ms; ++i) {
      const double piece_s = time_s / pieces * m_random.between(0.96, 1.04);
      go(sea::between(from, to, double(i) / pieces), std::int64_t(piece_s * 1000));
    }
  }

  /// A point at about `nm` and the habit's turn whose leg stays inside; shorter and freer in turn.
  std::optional<geo::LatLon> target(double nm, double course, double turn) {
    const geo::LatLon from = m_track.last();
    for (int tries = 0; tries < 60; ++tries) {
      const double shrink = tries < 20 ? 1 : tries < 40 ? 0.5 : 0.2;
      const double wide = std::min(180.0, turn * (1 + tries / 6.0));
      const double c = course + m_random.between(-wide, wide);
      const geo::LatLon to = sea::moved(from, sea::along(c, nm * shrink * sea::kMetresPerMile));
      if (stays_inside(m_work.ground, from, to)) return to;
    }
    return std::nullopt;
  }

  void leg() {
    const double start = m_habit.back_and_forth ? m_course + 180 : m_course;
    const auto to = target(pick(m_habit.leg_nm), start, m_habit.turn_deg);
    if (!to) return;
    const geo::LatLon from = m_track.last();
    m_course = sea::course_deg(sea::from_to(from, *to));
    go_at(*to, pick(m_habit.leg_kn));
    if (m_habit.back_kn <= 0) return;
    rest();
    go_at(from, m_habit.back_kn * m_random.between(0.85, 1.15));
  }

  void rest() {
    const double minutes = pick(m_habit.rest_min);
    const double nm = pick(m_habit.rest_kn) * minutes / 60;
    // A trawler turns round wide while the net is up; the others drift with the tide, which turns
    // every 6.2 hours.
    const double tide = (m_track.last_ms() / 22'350'000) % 2 == 0 ? 20 : 200;
    const double course = m_habit.back_and_forth ? m_course + 90 : tide;
    const auto to = target(nm, course, 25);
    go(to.value_or(m_track.last()), std::int64_t(minutes * 60'000));
  }

  Track& m_track;
  const Work& m_work;
  chance::Random& m_random;
  Habit m_habit;
  double m_course{0};
};

}  // namespace

void do_work(Track& track, const Work& work, chance::Random& random) {
  if (track.last_ms() >= work.until_ms) return;
  track.enter({track.last_ms(), work.until_ms, mode_of(work.pattern), work.silent, 0});
  Worker(track, work, random).run();
}

}  // namespace jinglue::drill::motion
