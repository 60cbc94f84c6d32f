// SPDX-License-Identifier: Apache-2.0
// Places are put into rows of latitude as high as the distance, each row in order of longitude:
// near ones are neighbours in a row or in the next.
#include "picture/archive/place_pairs.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "geo/geodesic.hpp"

namespace jinglue::picture::detail {
namespace {

constexpr double kMetresPerDegree = 110'500;  // of latitude, a little less than anywhere

/// Bits that are in the order of the numbers.
std::uint32_t ordered(float number) {
  const auto bits = std::bit_cast<std::uint32_t>(number);
  return bits ^ ((bits >> 31) != 0 ? UINT32_MAX : 0x8000'0000U);
}

/// Longitudes further apart than this are not near, in this row and the next.
double width_deg(std::int64_t row, double height_deg) {
  const double north = std::abs(double(row + 2) * height_deg);
  const double south = std::abs(double(row) * height_deg);
  const double farthest = std::min(89.0, std::max(north, south));
  return height_deg / std::cos(farthest * std::numbers::pi / 180);
}

void put_in_rows(std::span<TrackPlace> places, double height_deg) {
  for (auto& p : places) {
    p.row = static_cast<std::int32_t>(std::floor(p.lat_deg / height_deg));
    p.key =
        std::uint64_t{static_cast<std::uint32_t>(p.row) ^ 0x8000'0000U} << 32 | ordered(p.lon_deg);
  }
  std::sort(places.begin(), places.end(),
            [](const TrackPlace& a, const TrackPlace& b) { return a.key < b.key; });
}

/// Calls `test` with pairs that may be near, but for those across the 180th meridian.
template <class Test>
void test_in_rows(std::span<TrackPlace> places, double height_deg, Test test) {
  put_in_rows(places, height_deg);
  std::size_t next = 0;  // first of the row above that may be near
  double wide = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto row = places[i].row;
    const auto lon = places[i].lon_deg;
    if (i == 0 || places[i - 1].row != row) wide = width_deg(row, height_deg);
    const auto reaches = [&](std::size_t j, std::int32_t of_row) {
      return j < places.size() && places[j].row == of_row && places[j].lon_deg - lon <= wide;
    };
    for (auto j = i + 1; reaches(j, row); ++j) test(places[i], places[j]);
    const auto passed = [&](const TrackPlace& p) {
      return p.row <= row || (p.row == row + 1 && p.lon_deg < lon - wide);
    };
    while (next < places.size() && passed(places[next])) ++next;
    for (auto j = next; reaches(j, row + 1); ++j) test(places[i], places[j]);
  }
}

/// Those that something beyond the 180th meridian may be near to, mostly none: those of the west
/// with longitudes above 180.
std::vector<TrackPlace> at_180(std::span<const TrackPlace> places, double height_deg) {
  constexpr float kWidest_deg = 11;  // 20 km at 89 degrees of latitude
  std::vector<TrackPlace> out;
  for (const auto& p : places) {
    const float left_deg = 180 - std::abs(p.lon_deg);
    if (left_deg > kWidest_deg || left_deg > width_deg(p.row, height_deg)) continue;
    out.push_back(p);
    if (p.lon_deg < 0) out.back().lon_deg = std::max(p.lon_deg + 360, std::nextafter(180.F, 181.F));
  }
  return out;
}

}  // namespace

double metres_between(float lat_a, float lon_a, float lat_b, float lon_b) {
  return geo::distance_m({double(lat_a), double(lon_a)}, {double(lat_b), double(lon_b)});
}

bool may_be_near(float lat_a, float lat_b, double distance_m) {
  return std::abs(double(lat_b) - double(lat_a)) * kMetresPerDegree <= distance_m;
}

void near_pairs(std::span<TrackPlace> places, double distance_m,
                const std::function<void(std::uint32_t, std::uint32_t)>& tell) {
  const double height_deg = distance_m / kMetresPerDegree;
  const auto test = [&](const TrackPlace& a, const TrackPlace& b) {
    if (a.track == b.track || !may_be_near(a.lat_deg, b.lat_deg, distance_m)) return;
    if (metres_between(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg) > distance_m) return;
    tell(std::min(a.track, b.track), std::max(a.track, b.track));
  };
  test_in_rows(places, height_deg, test);
  auto across = at_180(places, height_deg);
  test_in_rows(std::span(across), height_deg, [&](const TrackPlace& a, const TrackPlace& b) {
    if ((a.lon_deg > 180) != (b.lon_deg > 180)) test(a, b);
  });
}

}  // namespace jinglue::picture::detail
