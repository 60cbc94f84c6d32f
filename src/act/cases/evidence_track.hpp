// SPDX-License-Identifier: Apache-2.0
// The track in evidence: every archived fix of the case's tracks from two hours before the
// beginning to two hours after the end, as CSV and GeoJSON.
#pragma once

#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "model/finding.hpp"
#include "model/fix.hpp"
#include "model/zone.hpp"
#include "picture/archive/archive.hpp"

namespace jinglue::act::cases {

inline constexpr base::Duration kTrackMargin = std::chrono::hours(2);

struct EvidenceTrack {
  std::vector<std::string> tracks;  ///< "mmsi:412345678", ascending
  std::vector<model::Fix> fixes;    ///< by track, then in event-time order
  base::Instant from, to;
};
EvidenceTrack read_track(const picture::Archive& archive, std::vector<std::string> tracks,
                         base::Instant from, base::Instant to);

/// UTC and the local time of `zone`; degrees with seven decimals hold the position exactly.
std::string track_csv(const EvidenceTrack& track, const std::string& zone);
/// One line per track, one point per position that the finding used, the zone where there is one.
base::Json track_geojson(const EvidenceTrack& track, const model::FindingStep* finding,
                         const model::Zone* zone);

}  // namespace jinglue::act::cases
