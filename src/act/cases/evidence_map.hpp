// SPDX-License-Identifier: Apache-2.0
// The map in evidence as SVG: land, the rule's zone, the tracks, the positions that the finding
// used, a grid in degrees and minutes, a scale in nautical miles. Equirectangular, true at the
// middle latitude. Land only, no boundaries; not for navigation.
#pragma once

#include <string>
#include <vector>

#include "act/cases/evidence_track.hpp"
#include "base/text.hpp"
#include "geo/area.hpp"

namespace jinglue::act::cases {

struct MapContent {
  base::Words title;
  const EvidenceTrack& track;
  const model::FindingStep* finding{nullptr};
  const model::Zone* zone{nullptr};
  std::vector<geo::Ring> land;
};

/// The box that the map shows: the track with a margin, at least eight nautical miles high.
geo::Box map_box(const EvidenceTrack& track, const model::FindingStep* finding);
std::string map_svg(const MapContent& content);

/// The part of a closed ring inside the box (Sutherland and Hodgman 1974); may be empty.
geo::Ring clip_ring(const geo::Ring& ring, const geo::Box& box);

}  // namespace jinglue::act::cases
