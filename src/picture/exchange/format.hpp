// SPDX-License-Identifier: Apache-2.0
// Format: the file formats in which positions leave the house (docs/format/exchange.md).
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace jinglue::picture::exchange {

enum class Format {
  kCsv,             ///< RFC 4180
  kGeoJson,         ///< RFC 7946, a FeatureCollection of points
  kGeoJsonSeq,      ///< RFC 8142, a text sequence: each feature between RS and line feed
  kNdjson,          ///< one feature a line
  kGpx,             ///< GPX 1.1, Topografix
  kKml,             ///< KML 2.2 (OGC 07-147r2), tracks as gx:Track
  kParquet,         ///< Apache Parquet
  kMovingFeatures,  ///< OGC 19-045r3, Moving Features JSON
};
inline constexpr std::array kFormats = {
    Format::kCsv, Format::kGeoJson, Format::kGeoJsonSeq, Format::kNdjson,
    Format::kGpx, Format::kKml,     Format::kParquet,    Format::kMovingFeatures};

/// "csv", "geojson", "geojsonseq", "ndjson", "gpx", "kml", "parquet", "mfjson".
std::string_view to_key(Format format);
std::optional<Format> format_from(std::string_view key);
/// By the ending of a file's name.
std::optional<Format> format_of_file(std::string_view name);
/// Content-Type.
std::string_view media_type(Format format);
/// With its dot: ".csv".
std::string_view file_ending(Format format);

}  // namespace jinglue::picture::exchange
