// SPDX-License-Identifier: Apache-2.0
// Distances and bearings on the WGS 84 ellipsoid (GeographicLib, Karney 2013).
#pragma once

#include "geo/point.hpp"

namespace jinglue::geo {

inline constexpr double kMetresPerNauticalMile = 1852.0;

double distance_m(LatLon a, LatLon b);
/// Initial bearing from a to b, degrees true in [0, 360).
double bearing_deg(LatLon a, LatLon b);
LatLon destination(LatLon from, double bearing_deg, double distance_m);

}  // namespace jinglue::geo
