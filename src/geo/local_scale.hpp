// SPDX-License-Identifier: Apache-2.0
// LocalScale: how many degrees a metre is, north and east, at a latitude of WGS 84, so that a step
// of up to some kilometres needs no geodesic of its own. A table of every hundredth of a degree,
// read between its rows: within 1e-8 of the formulas (radii of curvature in the meridian and the
// prime vertical).
#pragma once

#include <cstddef>
#include <vector>

#include "geo/point.hpp"

namespace jinglue::geo {

class LocalScale {
 public:
  /// Latitudes beyond are taken as this: the east has no scale at a pole.
  static constexpr double kMostLatitude_deg = 89.9;

  static const LocalScale& wgs84();

  struct Scale {
    double north_deg, east_deg;  ///< of one metre
    /// How a geodesic that sets out to the east bends to the equator: metres per square metre.
    double bend;
  };
  Scale at(double lat_deg) const {
    const double row = (lat_deg < -kMostLatitude_deg  ? -kMostLatitude_deg
                        : lat_deg > kMostLatitude_deg ? kMostLatitude_deg
                                                      : lat_deg) *
                           kRowsPerDegree +
                       kZero;
    const auto below = static_cast<std::size_t>(row);
    const double part = row - static_cast<double>(below);
    const auto& a = m_rows[below];
    const auto& b = m_rows[below + 1];
    return {a.north_deg + (b.north_deg - a.north_deg) * part,
            a.east_deg + (b.east_deg - a.east_deg) * part, a.bend + (b.bend - a.bend) * part};
  }
  /// The end of the geodesic that sets out with these metres east and north: within two
  /// millimetres for 10 km up to 75 degrees of latitude. Legendre's series to the third order, the
  /// cosine of the end taken whole.
  LatLon moved(LatLon from, double east_m, double north_m) const {
    constexpr double kRadius_m = 6'371'000;  // in the terms of the third order it matters little
    const auto scale = at(from.lat_deg);
    const double turn = 2 * scale.bend * east_m;  // of the bearing, radians
    const double east = east_m / kRadius_m, north = north_m / kRadius_m;
    const auto end = at(from.lat_deg + north_m * scale.north_deg);
    const double north_deg =
        (north_m - east_m * turn / 2 - north_m * (east * east + 3 * turn * turn) / 6) *
        (scale.north_deg + end.north_deg) / 2;
    const double east_deg = east_m * (1 - north * north / 6 - turn * turn / 3) * end.east_deg;
    return {from.lat_deg + north_deg, from.lon_deg + east_deg};
  }

 private:
  static constexpr double kRowsPerDegree = 100;
  static constexpr double kZero = 90 * kRowsPerDegree;
  LocalScale();
  std::vector<Scale> m_rows;
};

}  // namespace jinglue::geo
