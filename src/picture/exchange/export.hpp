// SPDX-License-Identifier: Apache-2.0
// Export: which rows of the archive go to a writer, in the order that writers want.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "geo/point.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/track_spans.hpp"
#include "picture/exchange/writer.hpp"

namespace jinglue::picture::exchange {

using picture::TrackSpan;

struct ExportWish {
  base::Instant from, to;  ///< [from, to)
  std::optional<geo::Box> box;
  /// Only these tracks, each in its span; absent = all tracks.
  std::optional<std::vector<TrackSpan>> tracks;
  /// Rows at most.
  std::uint64_t limit{UINT64_MAX};
  /// Whether a track is to be there; absent = every one. Asked once for each.
  std::function<bool(model::TrackId)> takes{};
};

struct Exported {
  std::uint64_t rows{0};
  bool cut{false};      ///< there were more than `limit`
  bool stopped{false};  ///< `go_on` said no; the file is not complete
};

/// Asked at every row whether to go on; told how many rows were written.
using GoOn = std::function<bool(std::uint64_t rows)>;

/// Without Writer::finish() when stopped.
Exported export_rows(const Archive& archive, const ExportWish& wish, Writer& writer,
                     const GoOn& go_on);

}  // namespace jinglue::picture::exchange
