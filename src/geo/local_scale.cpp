// SPDX-License-Identifier: Apache-2.0
#include "geo/local_scale.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace jinglue::geo {

LocalScale::LocalScale() {
  constexpr double kEquator_m = 6'378'137.0;  // WGS 84
  constexpr double kSquaredEccentricity = 6.69437999014e-3;
  constexpr double kDegrees = 180 / std::numbers::pi;
  const auto rows = static_cast<std::size_t>(2 * kZero) + 2;
  m_rows.reserve(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    const double lat_deg = std::min((static_cast<double>(i) - kZero) / kRowsPerDegree, 90.0);
    const double sine = std::sin(lat_deg / kDegrees);
    const double w = 1 - kSquaredEccentricity * sine * sine;
    const double prime_vertical_m = kEquator_m / std::sqrt(w);
    const double meridian_m = prime_vertical_m * (1 - kSquaredEccentricity) / w;
    const double cosine = std::max(std::cos(lat_deg / kDegrees), 1e-6);
    m_rows.push_back({kDegrees / meridian_m, kDegrees / (prime_vertical_m * cosine),
                      sine / cosine / (2 * prime_vertical_m)});
  }
}

const LocalScale& LocalScale::wgs84() {
  static const LocalScale scale;
  return scale;
}

}  // namespace jinglue::geo
