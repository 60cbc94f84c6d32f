// SPDX-License-Identifier: Apache-2.0
#include "picture/exchange/format.hpp"

#include <algorithm>

namespace jinglue::picture::exchange {
namespace {

struct Row {
  std::string_view key, media_type, ending;
};

constexpr std::array<Row, kFormats.size()> kRows = {{
    {"csv", "text/csv; charset=utf-8", ".csv"},
    {"geojson", "application/geo+json", ".geojson"},
    {"geojsonseq", "application/geo+json-seq", ".geojsons"},
    {"ndjson", "application/x-ndjson", ".ndjson"},
    {"gpx", "application/gpx+xml", ".gpx"},
    {"kml", "application/vnd.google-earth.kml+xml", ".kml"},
    {"parquet", "application/vnd.apache.parquet", ".parquet"},
    {"mfjson", "application/json", ".mfjson"},
}};

const Row& row_of(Format format) {
  return kRows[static_cast<std::size_t>(format)];
}

template <class F>
std::optional<Format> first_format(F fits) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(), fits);
  return found == kFormats.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

std::string_view to_key(Format format) {
  return row_of(format).key;
}

std::optional<Format> format_from(std::string_view key) {
  return first_format([&](Format f) { return row_of(f).key == key; });
}

std::optional<Format> format_of_file(std::string_view name) {
  return first_format([&](Format f) { return name.ends_with(row_of(f).ending); });
}

std::string_view media_type(Format format) {
  return row_of(format).media_type;
}

std::string_view file_ending(Format format) {
  return row_of(format).ending;
}

}  // namespace jinglue::picture::exchange
