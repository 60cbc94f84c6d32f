// SPDX-License-Identifier: Apache-2.0
#include "geo/gauss_kruger.hpp"

#include <algorithm>
#include <cmath>
#include <GeographicLib/TransverseMercator.hpp>

namespace jinglue::geo {
namespace {

constexpr double kFalseEast_m = 500'000.0;

const GeographicLib::TransverseMercator& projection() {
  static const GeographicLib::TransverseMercator out(kCgcs2000SemiMajor_m,
                                                     1.0 / kCgcs2000InverseFlattening, 1.0);
  return out;
}

}  // namespace

GridPoint GaussKruger::forward(LatLon point) const {
  GridPoint out;
  projection().Forward(m_meridian_deg, point.lat_deg, point.lon_deg, out.east_m, out.north_m);
  out.east_m += kFalseEast_m;
  return out;
}

LatLon GaussKruger::reverse(GridPoint point) const {
  LatLon out;
  projection().Reverse(m_meridian_deg, point.east_m - kFalseEast_m, point.north_m, out.lat_deg,
                       out.lon_deg);
  return out;
}

double parcel_meridian_deg(const std::vector<LatLon>& ring) {
  if (ring.empty()) return 0;
  const auto [west, east] =
      std::minmax_element(ring.begin(), ring.end(),
                          [](const LatLon& a, const LatLon& b) { return a.lon_deg < b.lon_deg; });
  return std::round((west->lon_deg + east->lon_deg)) / 2.0;  // half degrees of their mean
}

Zone take_zone(double& east_m) {
  constexpr double kMillion = 1e6;
  const int number = static_cast<int>(std::floor(east_m / kMillion));
  Zone out;
  if (number >= 13 && number <= 23) {
    out = {number, 6, 6.0 * number - 3.0};
  } else if (number >= 25 && number <= 45) {
    out = {number, 3, 3.0 * number};
  } else {
    return out;
  }
  east_m -= number * kMillion;
  return out;
}

}  // namespace jinglue::geo
