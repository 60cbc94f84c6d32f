// SPDX-License-Identifier: Apache-2.0
// TrackSpan: a track while it belonged to what is asked for. The spans of a vessel are those of all
// tracks of its terminals, each while the vessel carried it (the dated terminals of its record), so
// that a terminal which moved to another hull gives each its own. raster_of: the density of such.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "model/vessel.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/raster.hpp"

namespace jinglue::picture {

struct TrackSpan {
  model::TrackId track;
  base::Instant from, to;  ///< [from, to)
  bool operator==(const TrackSpan&) const = default;
};

/// Within [from, to); of a terminal that was never heard nothing.
std::vector<TrackSpan> spans_of(const Archive& archive, const model::VesselFacts& vessel,
                                base::Instant from, base::Instant to);
/// By track and begin; spans of one track that meet are one, so that no row comes twice.
std::vector<TrackSpan> joined(std::vector<TrackSpan> spans);

/// As raster() (raster.hpp), of the positions of these spans alone.
base::Result<Raster> raster_of(const Archive& archive, const geo::Box& box,
                               std::vector<TrackSpan> spans, double cell_deg,
                               const std::function<bool()>& go_on = {});

}  // namespace jinglue::picture
