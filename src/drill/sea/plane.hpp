// SPDX-License-Identifier: Apache-2.0
// Plane: metres east and north around a place, for movement over some tens of kilometres. The
// sphere of 6371 km is close enough for invented traffic (0.3 %); distances that are compared with
// a rule are computed by geo/geodesic.
#pragma once

#include <cmath>
#include <numbers>

#include "geo/point.hpp"

namespace jinglue::drill::sea {

inline constexpr double kMetresPerDegree = 6'371'000.0 * std::numbers::pi / 180;
inline constexpr double kMetresPerMile = 1852;
inline constexpr double kMpsPerKnot = kMetresPerMile / 3600;

struct Offset {
  double east_m{0}, north_m{0};
  double length_m() const { return std::hypot(east_m, north_m); }
};

inline double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}
inline double east_scale(double lat_deg) {
  return kMetresPerDegree * std::cos(radians(lat_deg));
}
inline Offset from_to(geo::LatLon a, geo::LatLon b) {
  return {(b.lon_deg - a.lon_deg) * east_scale((a.lat_deg + b.lat_deg) / 2),
          (b.lat_deg - a.lat_deg) * kMetresPerDegree};
}
inline double distance_m(geo::LatLon a, geo::LatLon b) {
  return from_to(a, b).length_m();
}
inline geo::LatLon moved(geo::LatLon p, Offset by) {
  return {p.lat_deg + by.north_m / kMetresPerDegree, p.lon_deg + by.east_m / east_scale(p.lat_deg)};
}
/// Degrees true, [0, 360).
inline double course_deg(Offset way) {
  const double deg = std::atan2(way.east_m, way.north_m) * 180 / std::numbers::pi;
  return deg < 0 ? deg + 360 : deg;
}
inline Offset along(double course, double metres) {
  return {std::sin(radians(course)) * metres, std::cos(radians(course)) * metres};
}
/// b - a as the smaller turn, [-180, 180).
inline double turn_deg(double a, double b) {
  const double d = std::fmod(b - a + 540, 360);
  return (d < 0 ? d + 360 : d) - 180;
}
inline geo::LatLon between(geo::LatLon a, geo::LatLon b, double part) {
  return {a.lat_deg + (b.lat_deg - a.lat_deg) * part, a.lon_deg + (b.lon_deg - a.lon_deg) * part};
}

}  // namespace jinglue::drill::sea
