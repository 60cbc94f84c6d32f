// SPDX-License-Identifier: Apache-2.0
// What sea parcels share, on the plane of one Gauss-Kruger meridian, in square metres. Corners of
// certificates are rounded to 0.001 second (3 cm), so neighbours that were charted apart overlap by
// slivers which are no conflict (宗海图编绘技术规范 HY/T 251-2018; the defect is described in
// 海洋开发与管理 2025 42(11):30-38); they are told apart by their width.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "geo/area.hpp"
#include "geo/gauss_kruger.hpp"

namespace jinglue::geo {

/// Corners of two charts, each rounded by up to 1.5 cm in both directions, and a little more.
inline constexpr double kSliverWidth_m = 0.1;

struct Overlap {
  std::size_t other{0};  ///< place in the list that was given
  double area_m2{0};
  double width_m{0};   ///< about: twice the area by the length of its outline
  bool sliver{false};  ///< no wider than what rounding makes
  LatLon where;        ///< a point inside of it
};

/// Largest first. Shared edges and corners alone are no overlap.
std::vector<Overlap> overlaps(const Area& parcel, std::span<const Area* const> others,
                              const GaussKruger& grid);

/// Of all its polygons, less their holes.
double plane_area_m2(const Area& parcel, const GaussKruger& grid);
double ellipsoid_area_m2(const Area& parcel);
/// The half degree nearest to the middle of all its longitudes (HY/T 251-2018).
double parcel_meridian_deg(const Area& parcel);

}  // namespace jinglue::geo
