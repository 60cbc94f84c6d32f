// SPDX-License-Identifier: Apache-2.0
// Files of geographic information systems through ogr2ogr (GDAL 3.2 or later) as a child process:
// GeoPackage (OGC 12-128), shapefile (ESRI, July 1998; zipped), KML (OGC 07-147r2), to and from
// GeoJSON in WGS 84. What comes from outside is read there, not here: with a limit of time, memory
// and file sizes, in a private folder, by the one driver that is named.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace jinglue::registry {

enum class OgrFormat { kGeoPackage, kShapefile, kKml };

bool ogr_is_installed();
/// Error kMissing when ogr2ogr is not installed, with what to install; kMalformed with what ogr2ogr
/// said; kTooLarge when it needed more than it may.
base::Result<std::string> ogr_to_geojson(std::string_view bytes, OgrFormat format);
/// A shapefile holds one kind of geometry: the zip has a file for points, lines and areas each.
base::Result<std::string> ogr_from_geojson(std::string_view geojson, OgrFormat format,
                                           const std::string& layer);

}  // namespace jinglue::registry
