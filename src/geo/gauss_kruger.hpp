// SPDX-License-Identifier: Apache-2.0
// Gauss-Kruger: the transverse Mercator projection of Chinese surveys on the CGCS2000 ellipsoid
// (GB 22021-2008: a = 6,378,137 m, 1/f = 298.257222101), scale 1 on the central meridian, 500 km
// added to the east. Unlike maps of land, charts of sea parcels may use any half degree as the
// central meridian (HY/T 251-2018), so it is a choice of each parcel.
// GeographicLib's series: 5 nm within 3,900 km of the meridian (Karney 2011).
#pragma once

#include <vector>

#include "geo/point.hpp"

namespace jinglue::geo {

inline constexpr double kCgcs2000SemiMajor_m = 6'378'137.0;
inline constexpr double kCgcs2000InverseFlattening = 298.257222101;

/// Chinese surveys write north as x and east as y.
struct GridPoint {
  double north_m{0};
  double east_m{0};  ///< with 500 km added, without the number of a zone
};

class GaussKruger {
 public:
  explicit GaussKruger(double central_meridian_deg) : m_meridian_deg(central_meridian_deg) {}
  double central_meridian_deg() const { return m_meridian_deg; }
  GridPoint forward(LatLon point) const;
  LatLon reverse(GridPoint point) const;

 private:
  double m_meridian_deg;
};

/// The half degree nearest to the middle of the ring's longitudes: what HY/T 251-2018 charts use.
double parcel_meridian_deg(const std::vector<LatLon>& ring);

/// A number before the six digits of an east coordinate: 13 to 23 are zones of 6 degrees (meridian
/// 6n - 3), 25 to 45 of 3 degrees (3n). 0 when `east_m` holds none; `east_m` is left without it.
struct Zone {
  int number{0};
  int width_deg{0};
  double central_meridian_deg{0};
};
Zone take_zone(double& east_m);

}  // namespace jinglue::geo
