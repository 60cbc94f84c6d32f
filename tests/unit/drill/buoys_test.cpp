// SPDX-License-Identifier: Apache-2.0
// The buoys of the shipped exercise: read by the shipped mapping without a refusal, the same in
// pieces of any size, and one that breaks loose.
#include "drill/buoys/buoys.hpp"

#include <gtest/gtest.h>

#include <set>

#include "drill/player.hpp"
#include "geo/geodesic.hpp"
#include "observe/sensor/payload.hpp"

namespace jinglue::drill {
namespace {

std::unique_ptr<Player> shipped() {
  auto player = Player::open(JINGLUE_SOURCE_DIR "/drills/weihai_moratorium.toml", 1);
  if (!player) throw std::runtime_error(player.error().text());
  return std::move(*player);
}

std::vector<Observation> observed(Player& player, base::Duration piece) {
  std::vector<Observation> out;
  for (auto t = player.begin(); t < player.end(); t = t + piece) {
    std::vector<Observation> some;
    player.observed_until(std::min(t + piece, player.end()), some);
    for (auto& one : some) out.push_back(std::move(one));
  }
  return out;
}

TEST(DrillBuoys, AreReadByTheShippedMappingAndOneLeavesItsCircle) {
  const auto player = shipped();
  const auto document =
      base::read_config(JINGLUE_SOURCE_DIR "/data/sensors/" + player->sensor_mapping() + ".toml");
  ASSERT_TRUE(document);
  const auto mapping = observe::sensor::Mapping::read(*document);
  ASSERT_TRUE(mapping);
  const auto all = observed(*player, std::chrono::hours(1));
  ASSERT_GT(all.size(), 1500u);
  const base::Instant loose{1714588800000};  // 2024-05-01T18:40:00Z
  double before_m = 0, after_m = 0;
  for (const auto& one : all) {
    observe::sensor::Payload read;
    observe::sensor::read_payload(*mapping, one.topic, one.payload, one.time, 1, read);
    ASSERT_EQ(read.cause, observe::sensor::Cause::kNone) << one.payload;
    ASSERT_TRUE(read.refused.empty()) << one.payload;
    const auto& report = read.reports.at(0);
    EXPECT_LE(report.time, one.time);
    EXPECT_GE(report.values.size(), 6u);
    for (const auto& station : mapping->stations()) {
      if (station.id != report.station || !report.position) continue;
      const auto off = geo::distance_m(station.place->degrees(), report.position->degrees());
      if (station.id == "W02" && one.time > loose) {
        after_m = std::max(after_m, off);
      } else {
        before_m = std::max(before_m, off);
      }
    }
  }
  EXPECT_LT(before_m, 150) << "in its swing";
  EXPECT_GT(after_m, 5000);
}

TEST(DrillBuoys, SendTheSameInPiecesOfAnySize) {
  const auto one = shipped(), two = shipped();
  const auto whole = observed(*one, std::chrono::hours(72));
  const auto pieces = observed(*two, std::chrono::seconds(997));
  ASSERT_EQ(whole.size(), pieces.size());
  std::multiset<std::string> a, b;
  for (const auto& each : whole) a.insert(each.topic + each.payload);
  for (const auto& each : pieces) b.insert(each.topic + each.payload);
  EXPECT_EQ(a, b);
}

}  // namespace
}  // namespace jinglue::drill
