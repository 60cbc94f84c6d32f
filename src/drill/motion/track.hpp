// SPDX-License-Identifier: Apache-2.0
// Track: the true movement of one vessel over the whole exercise as a polyline in time, and spans
// that say what it is doing. A pose is a pure function of time: the mean of the polyline over 50 s,
// so that corners are rounded and speed and course are continuous. No noise here.
#pragma once

#include <cstdint>
#include <vector>

#include "base/instant.hpp"
#include "geo/point.hpp"

namespace jinglue::drill::motion {

enum class Mode : std::uint8_t { kMoored, kAnchored, kUnderway, kFishing, kDrifting, kAway };

struct Pose {
  geo::LatLon at;
  double speed_mps{0};
  double course_deg{0};  ///< of the way made; 0 when it makes none
};

struct Span {
  std::int64_t from_ms{0};
  std::int64_t to_ms{0};  ///< exclusive
  Mode mode{Mode::kAway};
  bool silent{false};     ///< transmitters off
  double heading_deg{0};  ///< of a moored vessel
  bool heard() const { return !silent && mode != Mode::kAway; }
};

class Track {
 public:
  static constexpr std::int64_t kSmooth_ms = 25'000;  ///< half of the window

  /// Times ascend; a point at or before the last time is left out.
  void add(std::int64_t t_ms, geo::LatLon at);
  /// The span from `t_ms` on; ends the one before.
  void enter(const Span& span);
  /// After the last point: ends the last span.
  void close(std::int64_t t_ms);

  bool empty() const { return m_knots.empty(); }
  std::int64_t last_ms() const { return m_knots.back().t_ms; }
  geo::LatLon last() const { return m_knots.back().at; }
  Pose pose(std::int64_t t_ms) const;
  const Span& span(std::int64_t t_ms) const;
  const std::vector<Span>& spans() const { return m_spans; }
  std::size_t size() const { return m_knots.size(); }

 private:
  /// With the integral of (position - first position) up to it, degrees times ms.
  struct Knot {
    std::int64_t t_ms;
    geo::LatLon at;
    double lat_sum{0}, lon_sum{0};
  };
  struct Sum {
    geo::LatLon at;
    double lat{0}, lon{0};
  };
  Sum sum_to(std::int64_t t_ms) const;

  std::vector<Knot> m_knots;
  std::vector<Span> m_spans;
};

}  // namespace jinglue::drill::motion
