// SPDX-License-Identifier: Apache-2.0
// Areas of sea parcels: on the plane of the parcel's own Gauss-Kruger meridian, which is what a
// certificate states (HY/T 124-2009, HY/T 251-2018), and on the ellipsoid as a check that hangs on
// no meridian. Certificates give hectares with four decimals; the certified area governs.
#pragma once

#include <cstdint>
#include <vector>

#include "geo/gauss_kruger.hpp"
#include "geo/point.hpp"

namespace jinglue::geo {

/// Corners of one ring in order, either way round; the first need not be repeated. Edges are
/// straight on the plane. Self-crossing rings have no meaningful area: check them before.
double plane_area_m2(const std::vector<LatLon>& ring, const GaussKruger& grid);
/// Edges are geodesics of the CGCS2000 ellipsoid.
double ellipsoid_area_m2(const std::vector<LatLon>& ring);

/// In units of 0.0001 ha (1 m2), rounded half up: what is certified.
std::int64_t certified_units(double area_m2);

/// How a stated area stands to the one computed, both in units of 0.0001 ha.
enum class AreaCheck {
  kEqual,      ///< to the last digit
  kLastDigit,  ///< one unit apart: units of a parcel are cut so that they add up
  kDiffers
};
AreaCheck check_area(std::int64_t stated, double area_m2);

}  // namespace jinglue::geo
