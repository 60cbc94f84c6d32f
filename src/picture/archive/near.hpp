// SPDX-License-Identifier: Apache-2.0
// Meetings: pairs of tracks that stayed near each other. Time is cut into steps; in each, a track
// is where its report nearest to the middle of the step says, carried on to the middle by its speed
// and course. Two tracks are together in a step when these places are near; a meeting is a chain of
// such steps, in which one at a time may be missing (no report, or farther apart).
#pragma once

#include <functional>

#include "base/result.hpp"
#include "picture/archive/archive.hpp"

namespace jinglue::picture {

struct NearQuestion {
  geo::Box box{-180, -90, 180, 90};
  base::Instant from, to;
  double distance_m{500};
  base::Duration least{2 * 3'600'000};  ///< how long they stayed together
  /// Tracks that move less than this all the time are left out: ships at the same quay are not
  /// meetings. 0: none is left out.
  double least_way_m{1000};
};

struct Meeting {
  model::TrackId a, b;  ///< a < b
  base::Instant from, to;
  double closest_m{0};
  geo::LatLon place;  ///< of a, where they were closest
};

/// Steps are a twelfth of `least`, 1 to 10 minutes. Meetings in order of their end, then by track.
/// kOutOfRange when a limit is not sensible. False from `visit` or `go_on` ends it.
base::Status near(const Archive& archive, const NearQuestion& question,
                  const std::function<bool(const Meeting&)>& visit,
                  const std::function<bool()>& go_on = {});

}  // namespace jinglue::picture
