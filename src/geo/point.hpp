// SPDX-License-Identifier: Apache-2.0
// LatLon: a place on WGS 84 in degrees, and Position: the same in the exact integers of the
// contracts (1e-5 minute = 1/6,000,000 degree, 1.85 cm of latitude). Stored and exchanged values
// are Positions; geometry is computed in degrees.
#pragma once

#include <cmath>
#include <compare>
#include <cstdint>

namespace jinglue::geo {

struct LatLon {
  double lat_deg{0};
  double lon_deg{0};
  friend bool operator==(LatLon, LatLon) = default;
};

struct Position {
  static constexpr std::int32_t kUnitsPerDegree = 6'000'000;

  std::int32_t lat{0};  ///< +-540,000,000
  std::int32_t lon{0};  ///< +-1,080,000,000

  friend constexpr auto operator<=>(Position, Position) = default;
  constexpr LatLon degrees() const {
    return {double(lat) / kUnitsPerDegree, double(lon) / kUnitsPerDegree};
  }
};

/// Nearest position; the caller has checked the ranges.
inline Position to_position(LatLon p) {
  return {static_cast<std::int32_t>(std::lround(p.lat_deg * Position::kUnitsPerDegree)),
          static_cast<std::int32_t>(std::lround(p.lon_deg * Position::kUnitsPerDegree))};
}

/// An upright box in degrees; edges belong to it. Does not cross the antimeridian.
struct Box {
  double west_deg{180};
  double south_deg{90};
  double east_deg{-180};
  double north_deg{-90};

  constexpr bool empty() const { return west_deg > east_deg || south_deg > north_deg; }
  constexpr bool contains(LatLon p) const {
    return p.lon_deg >= west_deg && p.lon_deg <= east_deg && p.lat_deg >= south_deg &&
           p.lat_deg <= north_deg;
  }
  constexpr bool meets(const Box& o) const {
    return west_deg <= o.east_deg && o.west_deg <= east_deg && south_deg <= o.north_deg &&
           o.south_deg <= north_deg;
  }
  constexpr void include(LatLon p) {
    if (p.lon_deg < west_deg) west_deg = p.lon_deg;
    if (p.lon_deg > east_deg) east_deg = p.lon_deg;
    if (p.lat_deg < south_deg) south_deg = p.lat_deg;
    if (p.lat_deg > north_deg) north_deg = p.lat_deg;
  }
};

}  // namespace jinglue::geo
