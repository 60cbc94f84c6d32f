// SPDX-License-Identifier: Apache-2.0
#include "geo/parcel_area.hpp"

#include <cmath>
#include <cstdlib>
#include <GeographicLib/Geodesic.hpp>
#include <GeographicLib/PolygonArea.hpp>

namespace jinglue::geo {

double plane_area_m2(const std::vector<LatLon>& ring, const GaussKruger& grid) {
  if (ring.size() < 3) return 0;
  // Relative to the first corner: northings of millions of metres would cost digits.
  const GridPoint origin = grid.forward(ring.front());
  double twice = 0;
  GridPoint before{0, 0};
  for (const auto& corner : ring) {
    GridPoint at = grid.forward(corner);
    at.north_m -= origin.north_m;
    at.east_m -= origin.east_m;
    twice += before.north_m * at.east_m - at.north_m * before.east_m;
    before = at;
  }
  return std::abs(twice) / 2;  // back to the first corner adds nothing: it is the origin
}

double ellipsoid_area_m2(const std::vector<LatLon>& ring) {
  if (ring.size() < 3) return 0;
  static const GeographicLib::Geodesic earth(kCgcs2000SemiMajor_m,
                                             1.0 / kCgcs2000InverseFlattening);
  GeographicLib::PolygonArea polygon(earth);
  for (const auto& corner : ring) polygon.AddPoint(corner.lat_deg, corner.lon_deg);
  double perimeter = 0;
  double area = 0;
  polygon.Compute(false, true, perimeter, area);
  return std::abs(area);
}

std::int64_t certified_units(double area_m2) {
  return static_cast<std::int64_t>(std::floor(area_m2 + 0.5));
}

AreaCheck check_area(std::int64_t stated, double area_m2) {
  const auto apart = std::llabs(stated - certified_units(area_m2));
  if (apart == 0) return AreaCheck::kEqual;
  return apart == 1 ? AreaCheck::kLastDigit : AreaCheck::kDiffers;
}

}  // namespace jinglue::geo
