// SPDX-License-Identifier: Apache-2.0
// Crossings: which tracks crossed a line, when and in which direction. Between two reports of a
// track the way is straight in longitude and latitude.
#pragma once

#include <functional>
#include <vector>

#include "base/result.hpp"
#include "picture/archive/archive.hpp"

namespace jinglue::picture {

struct Crossing {
  model::TrackId track;
  base::Instant time;  ///< by proportion between the reports
  geo::LatLon place;
  bool to_right{false};  ///< seen along the line from its first point
};

struct CrossingQuestion {
  std::vector<geo::LatLon> line;  ///< two points or more
  base::Instant from, to;
  base::Duration longest_gap{1'800'000};  ///< reports further apart say nothing of the way
};

/// By track, each in order of time. Touching the line from one side and turning back is no
/// crossing. kMalformed for a line of fewer than two points. False from `visit` stops.
base::Status crossings(const Archive& archive, const CrossingQuestion& question,
                       const std::function<bool(const Crossing&)>& visit);

}  // namespace jinglue::picture
