// SPDX-License-Identifier: Apache-2.0
// Geometry fields: GeoJSON (RFC 7946) Point, LineString, Polygon and MultiPolygon, WGS 84 degrees.
// Stored as given beside OGC well-known binary and the bounding box.
#pragma once

#include <string>

#include "base/json.hpp"
#include "geo/point.hpp"
#include "registry/definition.hpp"

namespace jinglue::registry::detail {

base::Result<base::Json> canonical_geometry(const Field& field, const base::Json& value);
/// Of a canonical geometry.
std::string geometry_wkb(const base::Json& geometry);
geo::Box geometry_box(const base::Json& geometry);

}  // namespace jinglue::registry::detail
