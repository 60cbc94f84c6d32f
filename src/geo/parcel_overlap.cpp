// SPDX-License-Identifier: Apache-2.0
#include "geo/parcel_overlap.hpp"

#include <algorithm>

#include "geo/geos.hpp"
#include "geo/parcel_area.hpp"

namespace jinglue::geo {
namespace {

using geos::context;

geos::Geometry on_plane(const Area& area, const GaussKruger& grid) {
  return geos::make_geometry(area.polygons(), [&](LatLon point) {
    const auto at = grid.forward(point);
    return geos::PlanePoint{at.east_m, at.north_m};
  });
}

LatLon point_inside(const GEOSGeometry* shared, const GaussKruger& grid) {
  const geos::Geometry point(GEOSPointOnSurface_r(context(), shared));
  GridPoint at;
  if (point) {
    GEOSGeomGetX_r(context(), point.get(), &at.east_m);
    GEOSGeomGetY_r(context(), point.get(), &at.north_m);
  }
  return grid.reverse(at);
}

/// Empty when they share no more than points and lines.
bool measure(const GEOSGeometry* a, const GEOSGeometry* b, const GaussKruger& grid, Overlap& out) {
  const geos::Geometry shared(GEOSIntersection_r(context(), a, b));
  if (!shared || GEOSArea_r(context(), shared.get(), &out.area_m2) != 1) return false;
  double outline_m = 0;
  GEOSLength_r(context(), shared.get(), &outline_m);
  if (out.area_m2 <= 0 || outline_m <= 0) return false;
  out.width_m = 2 * out.area_m2 / outline_m;
  out.sliver = out.width_m <= kSliverWidth_m;
  out.where = point_inside(shared.get(), grid);
  return true;
}

template <class AreaOfRing>
double sum_of_rings(const Area& parcel, AreaOfRing area_of) {
  double out = 0;
  for (const auto& rings : parcel.polygons()) {
    for (std::size_t i = 0; i < rings.size(); ++i) out += (i == 0 ? 1 : -1) * area_of(rings[i]);
  }
  return out;
}

}  // namespace

std::vector<Overlap> overlaps(const Area& parcel, std::span<const Area* const> others,
                              const GaussKruger& grid) {
  const auto ours = on_plane(parcel, grid);
  std::vector<Overlap> out;
  for (std::size_t i = 0; i < others.size(); ++i) {
    if (!parcel.box().meets(others[i]->box())) continue;
    Overlap found;
    found.other = i;
    if (measure(ours.get(), on_plane(*others[i], grid).get(), grid, found)) out.push_back(found);
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.area_m2 > b.area_m2; });
  return out;
}

double plane_area_m2(const Area& parcel, const GaussKruger& grid) {
  return sum_of_rings(parcel, [&](const Ring& ring) { return plane_area_m2(ring, grid); });
}

double ellipsoid_area_m2(const Area& parcel) {
  return sum_of_rings(parcel, [](const Ring& ring) { return ellipsoid_area_m2(ring); });
}

double parcel_meridian_deg(const Area& parcel) {
  const auto& box = parcel.box();
  return parcel_meridian_deg(
      std::vector<LatLon>{{box.south_deg, box.west_deg}, {box.north_deg, box.east_deg}});
}

}  // namespace jinglue::geo
