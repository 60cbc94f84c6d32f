// SPDX-License-Identifier: Apache-2.0
#include "geo/geos.hpp"

namespace jinglue::geo::geos {
namespace {

GEOSGeometry* make_ring(const Ring& ring, const Plane& plane) {
  auto* sequence = GEOSCoordSeq_create_r(context(), unsigned(ring.size()), 2);
  for (unsigned i = 0; i < ring.size(); ++i) {
    const auto point = plane(ring[i]);
    GEOSCoordSeq_setXY_r(context(), sequence, i, point.x, point.y);
  }
  return GEOSGeom_createLinearRing_r(context(), sequence);
}

GEOSGeometry* make_polygon(const PolygonRings& rings, const Plane& plane) {
  std::vector<GEOSGeometry*> holes;
  holes.reserve(rings.size());
  for (std::size_t i = 1; i < rings.size(); ++i) holes.push_back(make_ring(rings[i], plane));
  return GEOSGeom_createPolygon_r(context(), make_ring(rings.front(), plane), holes.data(),
                                  unsigned(holes.size()));
}

}  // namespace

GEOSContextHandle_t context() {
  struct Owner {
    GEOSContextHandle_t handle = GEOS_init_r();
    ~Owner() { GEOS_finish_r(handle); }
  };
  thread_local const Owner owner;
  return owner.handle;
}

PlanePoint degrees(LatLon point) {
  return {point.lon_deg, point.lat_deg};
}

Geometry make_geometry(const std::vector<PolygonRings>& polygons, const Plane& plane) {
  std::vector<GEOSGeometry*> parts;
  parts.reserve(polygons.size());
  for (const auto& rings : polygons) parts.push_back(make_polygon(rings, plane));
  if (parts.size() == 1) return Geometry(parts.front());
  return Geometry(GEOSGeom_createCollection_r(context(), GEOS_MULTIPOLYGON, parts.data(),
                                              unsigned(parts.size())));
}

}  // namespace jinglue::geo::geos
