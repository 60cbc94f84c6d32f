// SPDX-License-Identifier: Apache-2.0
#include "geo/area.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "geo/geodesic.hpp"

using namespace jinglue;
using geo::Area;
using geo::LatLon;

namespace {

geo::Ring square(double south, double west, double size) {
  return {{south, west},
          {south, west + size},
          {south + size, west + size},
          {south + size, west},
          {south, west}};
}

// The oracle: even-odd ray casting over all rings.
bool inside(const std::vector<geo::PolygonRings>& polygons, LatLon p) {
  bool odd = false;
  for (const auto& rings : polygons) {
    for (const auto& ring : rings) {
      for (std::size_t i = 1; i < ring.size(); ++i) {
        const auto& a = ring[i - 1];
        const auto& b = ring[i];
        if ((a.lat_deg > p.lat_deg) == (b.lat_deg > p.lat_deg)) continue;
        const double x =
            a.lon_deg + (p.lat_deg - a.lat_deg) * (b.lon_deg - a.lon_deg) / (b.lat_deg - a.lat_deg);
        if (p.lon_deg < x) odd = !odd;
      }
    }
  }
  return odd;
}

}  // namespace

TEST(Area, BoundaryBelongsToTheAreaAndHolesDoNot) {
  auto area = Area::from_polygons({{square(37, 122, 1), square(37.4, 122.4, 0.2)}});
  ASSERT_TRUE(area);
  EXPECT_TRUE(area->contains({37, 122.5}));
  EXPECT_TRUE(area->contains({37.2, 122.2}));
  EXPECT_FALSE(area->contains({37.5, 122.5}));
  EXPECT_FALSE(area->contains({36.9999999, 122.5}));
}

TEST(Area, RefusesBrokenPolygonsWithTheReason) {
  EXPECT_FALSE(Area::from_polygons({{{{0, 0}, {1, 1}, {0, 0}}}}));
  EXPECT_FALSE(Area::from_polygons({{{{0, 0}, {1, 1}, {0, 1}, {1, 0}, {0, 0}}}}));
  EXPECT_FALSE(Area::from_polygons({{square(100, 0, 1)}}));
  EXPECT_FALSE(Area::from_geojson(*base::parse_json(R"({"type":"Point","coordinates":[1,2]})")));
}

TEST(Area, GeoJsonReadsBack) {
  auto area = Area::from_polygons({{square(37, 122, 1)}, {square(30, 120, 2)}});
  auto back = Area::from_geojson(area->to_geojson());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->polygons(), area->polygons());
  EXPECT_EQ(back->to_wkb(), area->to_wkb());
}

RC_GTEST_PROP(AreaIndex, FindsWhatRayCastingFinds, ()) {
  std::vector<Area> areas;
  for (int i = 0; i < 12; ++i) {
    const double south = *rc::gen::inRange(0, 4000) / 1000.0;
    const double west = *rc::gen::inRange(0, 4000) / 1000.0;
    areas.push_back(*Area::from_polygons({{square(south, west, 0.731)}}));
  }
  std::vector<const Area*> list;
  for (const auto& a : areas) list.push_back(&a);
  const geo::AreaIndex index(list);
  // Off the grid of the corners, so that boundary rules do not matter here.
  const LatLon p{*rc::gen::inRange(0, 4000) / 1000.0 + 0.0003,
                 *rc::gen::inRange(0, 4000) / 1000.0 + 0.0003};
  std::vector<std::size_t> found;
  index.find(p, found);
  std::vector<std::size_t> expected;
  for (std::size_t i = 0; i < areas.size(); ++i) {
    if (inside(areas[i].polygons(), p)) expected.push_back(i);
  }
  RC_ASSERT(found == expected);
}

TEST(Geodesic, MatchesPublishedDistance) {
  // One minute of latitude at 37 N on WGS 84: 1849.6 m.
  EXPECT_NEAR(geo::distance_m({37.0, 122}, {37.0 + 1.0 / 60, 122}), 1849.7, 0.3);
  EXPECT_NEAR(geo::bearing_deg({37, 122}, {37, 122.001}), 90, 0.01);
  const auto p = geo::destination({37, 122}, 45, 1000);
  EXPECT_NEAR(geo::distance_m({37, 122}, p), 1000, 1e-6);
}
