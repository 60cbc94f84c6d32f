// SPDX-License-Identifier: Apache-2.0
// The shipped drill, opened once for all tests of this program, and the coast that it must respect.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

#include "base/json.hpp"
#include "drill/cast/fleet.hpp"
#include "drill/script/scenario.hpp"
#include "drill/sea/plane.hpp"
#include "geo/area.hpp"
#include "geo/geodesic.hpp"

namespace jinglue::tests {

inline const std::filesystem::path kRoot = JINGLUE_SOURCE_DIR;
inline const std::filesystem::path kShipped = kRoot / "drills" / "weihai_moratorium.toml";

inline base::Json json_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  auto json = base::parse_json(text.str());
  EXPECT_TRUE(json) << file << (json ? "" : json.error().text());
  return json ? *json : base::Json();
}

class Coast {
 public:
  Coast() {
    const auto json = json_of(kRoot / "data" / "coast" / "weihai.geojson");
    for (const auto& feature : json["features"].items()) {
      m_areas.push_back(*geo::Area::from_geojson(feature));
    }
    std::vector<const geo::Area*> areas;
    for (const auto& a : m_areas) areas.push_back(&a);
    m_index = std::make_unique<geo::AreaIndex>(areas);
  }
  bool on_land(geo::LatLon p) const {
    std::vector<std::size_t> found;
    m_index->find(p, found);
    return !found.empty();
  }
  std::size_t size() const { return m_areas.size(); }

 private:
  std::vector<geo::Area> m_areas;
  std::unique_ptr<geo::AreaIndex> m_index;
};

inline const Coast& coast() {
  static const Coast the_coast;
  return the_coast;
}

inline drill::cast::Fleet make_fleet(std::uint64_t seed) {
  auto scenario = drill::script::read_scenario(kShipped);
  if (!scenario) throw std::runtime_error(scenario.error().text());
  auto fleet = drill::cast::Fleet::make(std::move(*scenario), seed);
  if (!fleet) throw std::runtime_error(fleet.error().text());
  return std::move(*fleet);
}

inline const drill::cast::Fleet& shipped() {
  static const drill::cast::Fleet the_fleet = make_fleet(1);
  return the_fleet;
}

/// Of the exercise's year and zone.
inline base::Instant local(int month, int day, int hour, int minute) {
  return *base::to_instant({2024, month, day, hour, minute, 0}, "Asia/Shanghai");
}

inline double knots(const drill::motion::Pose& pose) {
  return pose.speed_mps / drill::sea::kMpsPerKnot;
}

}  // namespace jinglue::tests
