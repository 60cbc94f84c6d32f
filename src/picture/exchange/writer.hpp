// SPDX-License-Identifier: Apache-2.0
// Writer: positions as the bytes of a file, given out as they come: memory does not grow with the
// number of rows. Times are UTC (RFC 3339 with milliseconds), places WGS 84 degrees with seven
// decimals, from which an import gets the exact position back, speeds knots, directions degrees
// true. A value that the sender did not have is absent, never a number. docs/format/exchange.md.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "model/fix.hpp"
#include "picture/exchange/format.hpp"

namespace jinglue::picture::exchange {

/// Takes the bytes of a file in order. What it throws ends the export.
using Sink = std::function<void(std::string_view)>;

class Writer {
 public:
  virtual ~Writer() = default;
  /// All rows of a track one after another, in order of time.
  virtual void add(const model::Fix& fix) = 0;
  /// After the last row: completes the file.
  virtual void finish() = 0;
};

struct WriterOptions {
  std::size_t row_group_rows{131'072};  ///< Parquet: rows held in memory until they are written
  std::size_t page_rows{16'384};        ///< Parquet
  /// KML, Moving Features JSON: positions of one element; a longer track is continued in another.
  std::size_t piece_rows{4'096};
};
std::unique_ptr<Writer> make_writer(Format format, Sink sink, const WriterOptions& options = {});

// One for each format:
std::unique_ptr<Writer> make_csv_writer(Sink sink);
std::unique_ptr<Writer> make_geojson_writer(Format format, Sink sink);
std::unique_ptr<Writer> make_gpx_writer(Sink sink);
std::unique_ptr<Writer> make_kml_writer(Sink sink, const WriterOptions& options);
std::unique_ptr<Writer> make_moving_features_writer(Sink sink, const WriterOptions& options);
std::unique_ptr<Writer> make_parquet_writer(Sink sink, const WriterOptions& options);

}  // namespace jinglue::picture::exchange
