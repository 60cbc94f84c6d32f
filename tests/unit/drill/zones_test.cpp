// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "unit/drill/shipped.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

const std::set<std::string> kPlaces{"shidao",   "weihai", "longyan", "longxudao", "yuanyao",
                                    "shawodao", "rushan", "wendeng", "lidao"};
const std::set<std::string> kKinds{"legal",     "treaty",  "port", "berth",
                                   "anchorage", "working", "drawn"};

std::vector<base::Json> features(const char* file) {
  const auto json = json_of(kRoot / "rules" / "zones" / file);
  return json["features"].items();
}

/// Each ring sampled every 25 m or so.
template <class Each>
void along_rings(const geo::Area& area, const Each& each) {
  for (const auto& polygon : area.polygons()) {
    for (const auto& ring : polygon) {
      for (std::size_t i = 1; i < ring.size(); ++i) {
        const int pieces = 1 + int(drill::sea::distance_m(ring[i - 1], ring[i]) / 25);
        for (int p = 0; p < pieces; ++p) {
          each(drill::sea::between(ring[i - 1], ring[i], double(p) / pieces));
        }
      }
    }
  }
}

}  // namespace

TEST(Coast, TheCoastTellsLandFromWater) {
  EXPECT_GT(coast().size(), 100u);
  EXPECT_TRUE(coast().on_land({37.15, 122.38})) << "Rongcheng";
  EXPECT_TRUE(coast().on_land({37.505, 122.185})) << "Liugong Island";
  EXPECT_FALSE(coast().on_land({37.0, 123.0})) << "the Yellow Sea";
  EXPECT_FALSE(coast().on_land({37.11, 122.52})) << "Sanggou Bay";
}

TEST(Coast, TheWorldLeavesOutWhatTheRegionHolds) {
  const auto json = json_of(kRoot / "data" / "coast" / "world.geojson");
  std::size_t inside = 0;
  std::vector<geo::Area> areas;
  for (const auto& f : json["features"].items()) areas.push_back(*geo::Area::from_geojson(f));
  for (const auto& area : areas) inside += area.contains({36.5, 119.5}) ? 1u : 0u;
  EXPECT_EQ(inside, 0u) << "Shandong is in weihai.geojson";
  const auto on_land = [&areas](geo::LatLon p) {
    return std::any_of(areas.begin(), areas.end(), [p](auto& a) { return a.contains(p); });
  };
  EXPECT_TRUE(on_land({39.9, 116.4})) << "Beijing";
  EXPECT_TRUE(on_land({-80, 0})) << "Antarctica";
  EXPECT_TRUE(on_land({48, 2})) << "France";
  EXPECT_FALSE(on_land({30, -40})) << "the Atlantic";
}

TEST(Zones, EveryZoneSaysWhatItIsAndWhereItComesFrom) {
  std::set<std::string> ids;
  for (const char* file : {"berths.geojson", "weihai.geojson"}) {
    for (const auto& f : features(file)) {
      const std::string id = f["id"].as_string();
      EXPECT_TRUE(ids.insert(id).second) << id;
      const auto& p = f["properties"];
      EXPECT_EQ(kKinds.count(p["kind"].as_string()), 1u) << id;
      for (const char* key : {"name_zh", "name_en", "source", "confidence"}) {
        EXPECT_FALSE(p[key].as_string().empty()) << id << ' ' << key;
      }
      EXPECT_TRUE(geo::Area::from_geojson(f)) << id;
    }
  }
}

TEST(Zones, BerthsAndBasinsLieInWater) {
  std::set<std::string> places;
  for (const auto& f : features("berths.geojson")) {
    const std::string id = f["id"].as_string();
    const auto& p = f["properties"];
    EXPECT_TRUE(p["kind"].as_string() == "berth" || p["kind"].as_string() == "port") << id;
    if (p.has("place")) {
      EXPECT_EQ(kPlaces.count(p["place"].as_string()), 1u) << id;
      places.insert(p["place"].as_string());
    }
    const auto area = geo::Area::from_geojson(f);
    std::size_t wet = 0, dry = 0;
    along_rings(*area, [&](geo::LatLon at) { ++(coast().on_land(at) ? dry : wet); });
    EXPECT_EQ(dry, 0u) << id;
    EXPECT_GT(wet, 20u) << id;
  }
  EXPECT_EQ(places, kPlaces) << "every home port has a basin";
}

TEST(Zones, WorkingGroundsAndLanesLieInWater) {
  for (const auto& f : features("weihai.geojson")) {
    if (f["properties"]["kind"].as_string() == "drawn") continue;  // bays hold islets
    std::size_t dry = 0;
    along_rings(*geo::Area::from_geojson(f),
                [&](geo::LatLon at) { dry += coast().on_land(at) ? 1u : 0u; });
    EXPECT_EQ(dry, 0u) << f["id"].as_string();
  }
}

TEST(Zones, TheLanesOffChengshanHeadAreTwoMilesWideAndSouthboundInshore) {
  const auto& map = shipped().map();
  const auto* south = map.zone("tss_chengshan_southbound");
  const auto* north = map.zone("tss_chengshan_northbound");
  ASSERT_TRUE(south != nullptr && north != nullptr);
  const geo::LatLon middle{37 + 18.0 / 60, 122 + 49.68 / 60};  // on the line's straight part
  const auto aside = [&](double bearing, double nm) {
    return geo::destination(middle, bearing, nm * geo::kMetresPerNauticalMile);
  };
  for (const double nm : {0.1, 1.0, 2.0}) {
    EXPECT_TRUE(south->area->contains(aside(270, nm))) << nm;
    EXPECT_TRUE(north->area->contains(aside(90, nm))) << nm;
  }
  EXPECT_FALSE(south->area->contains(aside(270, 2.2)));
  EXPECT_FALSE(north->area->contains(aside(90, 2.2)));
}
