// SPDX-License-Identifier: Apache-2.0
#include "picture/exchange/writer.hpp"

#include <utility>

namespace jinglue::picture::exchange {

std::unique_ptr<Writer> make_writer(Format format, Sink sink, const WriterOptions& options) {
  switch (format) {
    case Format::kCsv:
      return make_csv_writer(std::move(sink));
    case Format::kGpx:
      return make_gpx_writer(std::move(sink));
    case Format::kKml:
      return make_kml_writer(std::move(sink), options);
    case Format::kParquet:
      return make_parquet_writer(std::move(sink), options);
    case Format::kMovingFeatures:
      return make_moving_features_writer(std::move(sink), options);
    case Format::kGeoJson:
    case Format::kGeoJsonSeq:
    case Format::kNdjson:
      break;
  }
  return make_geojson_writer(format, std::move(sink));
}

}  // namespace jinglue::picture::exchange
