// SPDX-License-Identifier: Apache-2.0
// GEOS in this room: one context for each thread, geometries that free themselves, polygons of
// rings. Included by .cpp files of geo only.
#pragma once

#include <geos_c.h>

#include <functional>
#include <memory>
#include <vector>

#include "geo/area.hpp"

namespace jinglue::geo::geos {

/// Contexts are not shared between threads; each thread owns one for its lifetime.
GEOSContextHandle_t context();

struct GeometryDeleter {
  void operator()(GEOSGeometry* g) const { GEOSGeom_destroy_r(context(), g); }
};
struct PreparedDeleter {
  void operator()(const GEOSPreparedGeometry* g) const { GEOSPreparedGeom_destroy_r(context(), g); }
};
using Geometry = std::unique_ptr<GEOSGeometry, GeometryDeleter>;
using Prepared = std::unique_ptr<const GEOSPreparedGeometry, PreparedDeleter>;

struct PlanePoint {
  double x{0}, y{0};
};
using Plane = std::function<PlanePoint(LatLon)>;
/// Longitude and latitude as they are.
PlanePoint degrees(LatLon point);

/// A polygon of one, a multi-polygon of several; not checked.
Geometry make_geometry(const std::vector<PolygonRings>& polygons, const Plane& plane);

}  // namespace jinglue::geo::geos
