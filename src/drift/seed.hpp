// SPDX-License-Identifier: Apache-2.0
// Where and when the particles of an ensemble begin, and the leeway that each draws for itself.
// Deviations of leeway as in Breivik and Allen 2008: normal, the downwind one drawn again while the
// object would go against the wind; even numbers take the coefficients of the right, odd ones those
// of the left.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "drift/land.hpp"
#include "drift/particles.hpp"
#include "drift/run.hpp"
#include "geo/point.hpp"

namespace jinglue::drift {

/// Even over the disc.
struct Disc {
  geo::LatLon centre;
  double radius_m{0};
};
/// Along a track, at each place with a radius; between places even in time.
struct Track {
  struct Point {
    base::Instant time;
    geo::LatLon at;
  };
  std::vector<Point> points;
  double radius_m{0};
};
/// Even over a simple polygon without holes, first corner not repeated.
struct Polygon {
  std::vector<geo::LatLon> corners;
};
using Place = std::variant<Disc, Track, Polygon>;

struct Seeding {
  Place place;
  std::uint8_t object{0};
  std::size_t particles{0};
  /// Spread evenly over this time from the start of the case, backward with it; of a track, its own
  /// times count.
  base::Duration window{0};
  std::uint64_t first_number{0};  ///< of the particles' random numbers
};

/// Appends them. A place on land is drawn again; error kOutOfRange when no sea is found in 200
/// draws
/// ("a start on land"), for a window that ends after the run, a track or polygon with too few
/// points; kMalformed for a polygon that crosses itself.
base::Status seed(const Case& what, const Seeding& seeding, const Land& land,
                  std::vector<Seeded>& out);

}  // namespace jinglue::drift
