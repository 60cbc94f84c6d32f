// SPDX-License-Identifier: Apache-2.0
// Coordinates as people paste them: corners of a parcel from a decree, a survey or a spreadsheet, a
// corner a line. Degrees (37.39342), degrees and minutes (37°23.605′), degrees, minutes and seconds
// (37°23′36.32″N, 37-23-36.32, 37 23 36.32), latitude or longitude first, or north and east on a
// Gauss-Kruger plane in metres (x 4,140,000, y 500,000 or 40,500,000 with its zone). A number or
// name of the corner may stand before. What was guessed is told.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "geo/gauss_kruger.hpp"
#include "geo/point.hpp"

namespace jinglue::geo {

enum class CoordinateForm { kDegrees, kDegreesMinutes, kDegreesMinutesSeconds, kGrid };
std::string_view to_key(CoordinateForm form);

struct PastedCorners {
  std::vector<LatLon> corners;  ///< a last one equal to the first is left out
  CoordinateForm form{CoordinateForm::kDegrees};
  bool longitude_first{false};
  std::optional<double> central_meridian_deg;  ///< of kGrid
  int zone{0};                                 ///< that the east coordinates carry; 0 for none
  bool meridian_guessed{false};
  /// Other meridians that would lie in the expected waters too, when one was guessed.
  std::vector<double> other_meridians_deg;
};

struct PasteOptions {
  /// Where corners are expected: decides between meridians of a plane without a zone.
  Box expected;
  std::optional<double> central_meridian_deg;  ///< stated by the person
};

/// The first bad line is an error with its number in `where`. All lines must be of one form.
base::Result<PastedCorners> read_corners(std::string_view text, const PasteOptions& options);

}  // namespace jinglue::geo
