// SPDX-License-Identifier: Apache-2.0
// Pairs of places that are near each other, among places of one moment.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

namespace jinglue::picture::detail {

struct TrackPlace {
  std::uint32_t track{0};  ///< any number
  float lat_deg{0}, lon_deg{0};
  std::int32_t row{0};   ///< of latitude; set by near_pairs()
  std::uint64_t key{0};  ///< by row and longitude; set by near_pairs()
};

/// WGS 84; both functions below mean the same distance.
double metres_between(float lat_a, float lon_a, float lat_b, float lon_b);
/// Cheaply: false only when they are certainly further apart in latitude.
bool may_be_near(float lat_a, float lat_b, double distance_m);

/// Tells each pair of tracks whose places are at most `distance_m` (1 to 20,000) apart once, lower
/// number first. Puts the places into another order.
void near_pairs(std::span<TrackPlace> places, double distance_m,
                const std::function<void(std::uint32_t, std::uint32_t)>& tell);

}  // namespace jinglue::picture::detail
