// SPDX-License-Identifier: Apache-2.0
// Tracks as GeoJSON: a LineString for each stretch without a long silence, a Point for a position
// that stands alone, with "times" (ms since 1970) in its properties.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/fix.hpp"

namespace jinglue::serve {

/// Appends features with commas between; the fixes are of one track, in order of time.
void append_track_features(std::string& out, std::span<const model::Fix> fixes,
                           std::int64_t gap_ms);

}  // namespace jinglue::serve
