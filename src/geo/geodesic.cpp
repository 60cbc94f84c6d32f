// SPDX-License-Identifier: Apache-2.0
#include "geo/geodesic.hpp"

#include <GeographicLib/Geodesic.hpp>

namespace jinglue::geo {
namespace {

const GeographicLib::Geodesic& wgs84() {
  return GeographicLib::Geodesic::WGS84();
}

}  // namespace

double distance_m(LatLon a, LatLon b) {
  double metres = 0;
  wgs84().Inverse(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg, metres);
  return metres;
}

double bearing_deg(LatLon a, LatLon b) {
  double from = 0;
  double to = 0;
  wgs84().Inverse(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg, from, to);
  return from < 0 ? from + 360 : from;
}

LatLon destination(LatLon from, double bearing_deg, double distance_m) {
  LatLon out;
  wgs84().Direct(from.lat_deg, from.lon_deg, bearing_deg, distance_m, out.lat_deg, out.lon_deg);
  return out;
}

}  // namespace jinglue::geo
