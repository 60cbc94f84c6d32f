// SPDX-License-Identifier: Apache-2.0
#include "drift/land.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

using namespace jinglue;

namespace {

constexpr std::size_t kWidth = 20;

drift::Land any_land() {
  std::vector<std::uint8_t> cells(kWidth * 15);
  for (auto& cell : cells) cell = *rc::gen::weightedElement<std::uint8_t>({{9, 0}, {1, 1}});
  return drift::Land({36.05, 121.05}, 0.1, 0.1, kWidth, cells);
}
geo::LatLon any_place() {
  return {*rc::gen::inRange(35'500, 38'000) / 1000.0 + 1e-5,
          *rc::gen::inRange(120'500, 123'500) / 1000.0 + 1e-5};
}

}  // namespace

/// Beside many small steps along the path.
RC_GTEST_PROP(Land, CrossingIsTheFirstLandOnThePath, ()) {
  const auto land = any_land();
  const auto from = any_place(), to = any_place();
  constexpr int kSteps = 20'000;
  std::optional<double> stepped;
  for (int i = 0; i <= kSteps && !stepped; ++i) {
    const double way = double(i) / kSteps;
    const geo::LatLon at{from.lat_deg + way * (to.lat_deg - from.lat_deg),
                         from.lon_deg + way * (to.lon_deg - from.lon_deg)};
    if (land.is_land(at)) stepped = way;
  }
  const auto crossing = land.crossing(from, to);
  if (stepped) {
    RC_ASSERT(crossing.has_value());
    RC_ASSERT(*crossing <= *stepped + 1e-9);
    // A corner that the steps jump over may come before.
    RC_ASSERT(land.is_land({from.lat_deg + (*crossing + 1e-9) * (to.lat_deg - from.lat_deg),
                            from.lon_deg + (*crossing + 1e-9) * (to.lon_deg - from.lon_deg)}) ||
              *stepped - *crossing < 1.5 / kSteps);
  }
}

TEST(Land, CentresAreNearestAndBeyondIsSea) {
  const drift::Land land({36, 121}, 1, 1, 2, {0, 1, 1, 0});
  EXPECT_FALSE(land.is_land({36, 121}));
  EXPECT_TRUE(land.is_land({36, 122}));
  EXPECT_TRUE(land.is_land({36.49, 121.51}));
  EXPECT_TRUE(land.is_land({36.51, 121.49}));
  EXPECT_FALSE(land.is_land({35.4, 122}));
  EXPECT_FALSE(land.is_land({36, 122.6}));
  EXPECT_FALSE(drift::Land().is_land({36, 121}));
  EXPECT_FALSE(drift::Land().crossing({36, 121}, {37, 122}));
}

/// Corners lie on the middles of rows on purpose.
RC_GTEST_PROP(Land, APolygonsCellsAreThoseWhoseCentreItHolds, ()) {
  geo::Ring ring;
  const int corners = *rc::gen::inRange(3, 9);
  for (int i = 0; i < corners; ++i) {  // a star: it does not cross itself
    const double angle = 6.283185 * i / corners, radius = *rc::gen::inRange(1, 9) / 10.0;
    ring.push_back({std::round((37 + radius * std::sin(angle)) * 20) / 20,
                    std::round((122 + radius * std::cos(angle)) * 20) / 20});
  }
  ring.push_back(ring.front());
  const auto area = geo::Area::from_polygons({{ring}});
  RC_PRE(area.has_value());
  const geo::Box box{120.975, 35.975, 123.025, 38.025};
  const auto land = drift::Land::of_polygons(area->polygons(), box, 0.05);
  RC_ASSERT(land.has_value());
  const auto away = [&](geo::LatLon at) {  // from the boundary, where both may be right
    const bool in = area->contains(at);
    for (const double north : {-1e-6, 1e-6}) {
      for (const double east : {-1e-6, 1e-6}) {
        if (area->contains({at.lat_deg + north, at.lon_deg + east}) != in) return false;
      }
    }
    return true;
  };
  for (int row = 0; row < 41; ++row) {
    for (int column = 0; column < 41; ++column) {
      const geo::LatLon centre{36 + row * 0.05, 121 + column * 0.05};
      if (away(centre)) RC_ASSERT(land->is_land(centre) == area->contains(centre));
    }
  }
}

TEST(Land, TooManyCellsAreRefused) {
  EXPECT_FALSE(drift::Land::of_polygons({}, {100, 0, 140, 40}, 0.0001));
}
