// SPDX-License-Identifier: Apache-2.0
// A position as people type it: "37°23.6′N 122°30.1′E", "37 23.6 N, 122 30.1 E", "N37.39 E122.5",
// "北纬37度23.6分 东经122度30.1分", "37.3933, 122.5017".
#pragma once

#include <optional>
#include <string_view>

#include "geo/point.hpp"

namespace jinglue::serve {

/// Absent when the text is not clearly a position.
std::optional<geo::LatLon> parse_typed_position(std::string_view text);

}  // namespace jinglue::serve
