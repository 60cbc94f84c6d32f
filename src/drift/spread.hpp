// SPDX-License-Identifier: Apache-2.0
// Spread: where an ensemble is: its centre, deviations in metres about it, the ellipses that hold
// 50 and 90 % of a normal distribution (chi-square of two degrees of freedom: 1.386 and 4.605), how
// many stopped.
#pragma once

#include <cstddef>

#include "drift/particles.hpp"
#include "geo/point.hpp"

namespace jinglue::drift {

struct Spread {
  std::size_t seeded{0};  ///< that have begun
  std::size_t drifting{0};
  std::size_t stranded{0};
  std::size_t no_forcing{0};
  geo::LatLon centre;
  double sd_east_m{0}, sd_north_m{0};
  double sd_major_m{0}, sd_minor_m{0};
  double major_bearing_deg{0};  ///< 0 to below 180
  double ellipse50_km2{0}, ellipse90_km2{0};
};

/// Of those that have begun; with `drifting_only` of those that drift still. Those that stopped
/// count where they lie. The centre is meaningless when none is left (counts say so).
Spread spread_of(const Particles& particles, bool drifting_only);

}  // namespace jinglue::drift
