// SPDX-License-Identifier: Apache-2.0
// The shipped drill's vessels: how many, where, how fast, and its events to the minute.
#include <map>
#include <set>

#include "unit/drill/shipped.hpp"

using namespace jinglue;
using namespace jinglue::tests;
using drill::motion::Mode;

namespace {

struct Speeds {
  double low, high;
};

drill::motion::Pose pose(const std::string& key, base::Instant t) {
  const auto* vessel = shipped().find(key);
  if (vessel == nullptr) throw std::runtime_error("no vessel " + key);
  return vessel->track.pose(t.ms);
}

double apart_m(const std::string& a, const std::string& b, base::Instant t) {
  return geo::distance_m(pose(a, t).at, pose(b, t).at);
}

template <class Each>
void every_minute(const Each& each) {
  const auto& scenario = shipped().scenario();
  for (const auto& vessel : shipped().vessels()) {
    for (std::int64_t t = scenario.begin.ms; t < scenario.end.ms; t += 60'000) each(vessel, t);
  }
}

}  // namespace

TEST(Fleet, TheGroupsHaveTheCountsOfTheExercise) {
  std::map<std::string, int> counts;
  for (const auto& vessel : shipped().vessels()) ++counts[vessel.group->part];
  const std::map<std::string, int> expected{
      {"moored", 380},      {"returning", 60},   {"violator", 6}, {"hook_and_line", 18},
      {"auxiliary", 4},     {"aquaculture", 30}, {"leisure", 8},  {"tour", 10},
      {"distant_water", 8}, {"merchant", 65},    {"ferry", 5},    {"official", 6},
      {"net_beacon", 15},   {"device", 1}};
  EXPECT_EQ(counts, expected);
  int vessels = 0;
  for (const auto& [part, count] : counts) {
    if (part != "net_beacon" && part != "device") vessels += count;
  }
  EXPECT_EQ(vessels, 600);
}

TEST(Fleet, NamesAndNumbersAreInventedUniqueAndOfValidForm) {
  std::set<std::string> names;
  std::set<std::uint32_t> numbers;
  std::set<model::TerminalId> ids;
  for (const auto& vessel : shipped().vessels()) {
    EXPECT_EQ(vessel.name.rfind("演练", 0), 0u) << vessel.name;
    EXPECT_TRUE(names.insert(vessel.name).second) << vessel.name;
    EXPECT_LE(vessel.ais_name.size(), 20u) << vessel.ais_name;
    EXPECT_LE(vessel.call_sign.size(), 7u) << vessel.call_sign;
    for (const auto& terminal : vessel.terminals) {
      EXPECT_TRUE(numbers.insert(terminal.mmsi).second) << terminal.mmsi;
      EXPECT_TRUE(ids.insert(terminal.id()).second) << model::to_text(terminal.id());
      const std::uint32_t mid = terminal.mmsi / 1'000'000;
      if (vessel.group->part == "net_beacon") continue;
      if (vessel.group->part == "device")
        EXPECT_EQ(mid, 972u);
      else
        EXPECT_TRUE(mid >= 201 && mid <= 775) << terminal.mmsi;
    }
  }
}

TEST(Fleet, NobodySailsOverLand) {
  std::map<std::string, std::string> ashore;
  every_minute([&ashore](const drill::cast::Vessel& vessel, std::int64_t t) {
    const auto& span = vessel.track.span(t);
    if (span.mode == Mode::kAway || (span.mode == Mode::kMoored && t > span.from_ms + 120'000)) {
      return;
    }
    const auto at = vessel.track.pose(t).at;
    if (!coast().on_land(at)) return;
    ashore.emplace(vessel.key, base::to_iso({t}) + " " + std::to_string(at.lat_deg) + " " +
                                   std::to_string(at.lon_deg));
  });
  for (const auto& [key, where] : ashore) ADD_FAILURE() << key << " on land at " << where;
}

TEST(Fleet, NobodySailsOverLandWithAnotherSeed) {
  const auto fleet = make_fleet(20240501);
  for (const auto& vessel : fleet.vessels()) {
    for (std::int64_t t = fleet.scenario().begin.ms; t < fleet.scenario().end.ms; t += 300'000) {
      if (!vessel.track.span(t).heard() || vessel.track.span(t).mode == Mode::kMoored) continue;
      ASSERT_FALSE(coast().on_land(vessel.track.pose(t).at)) << vessel.key << base::to_iso({t});
    }
  }
}

TEST(Fleet, BerthsLieInWaterApartFromOneAnother) {
  std::vector<geo::LatLon> places;
  for (const auto& vessel : shipped().vessels()) {
    const auto t = shipped().scenario().begin.ms;
    if (vessel.track.span(t).mode != Mode::kMoored) continue;
    const auto at = vessel.track.pose(t).at;
    EXPECT_FALSE(coast().on_land(at)) << vessel.key;
    EXPECT_TRUE(shipped().map().at_berth(at)) << vessel.key;
    for (const auto& other : places) {
      ASSERT_GT(drill::sea::distance_m(at, other), 35) << vessel.key << " lies in another";
    }
    places.push_back(at);
  }
  EXPECT_GT(places.size(), 400u);
}

TEST(Fleet, SpeedsAreThoseOfTheTrades) {
  const std::map<std::string, Speeds> limits{
      {"moored", {0, 9.3}},        {"returning", {0, 10.4}}, {"violator", {0, 9.4}},
      {"hook_and_line", {0, 8.4}}, {"auxiliary", {0, 9.5}},  {"aquaculture", {0, 6.3}},
      {"leisure", {0, 14.6}},      {"tour", {0, 11.3}},      {"distant_water", {0, 12.4}},
      {"merchant", {0, 14.7}},     {"ferry", {0, 22.4}},     {"official", {0, 21}},
      {"net_beacon", {0, 0.8}},    {"device", {0, 0.8}}};
  std::map<std::string, double> most;
  every_minute([&most](const drill::cast::Vessel& vessel, std::int64_t t) {
    if (!vessel.track.span(t).heard()) return;
    double& m = most[vessel.group->part];
    m = std::max(m, knots(vessel.track.pose(t)));
  });
  for (const auto& [part, limit] : limits) EXPECT_LE(most[part], limit.high) << part;
}

TEST(Fleet, MerchantsAtSeaMakeNineToFourteenKnots) {
  std::size_t in_range = 0, all = 0;
  every_minute([&](const drill::cast::Vessel& vessel, std::int64_t t) {
    const auto& span = vessel.track.span(t);
    if (vessel.group->part != "merchant" || span.mode != Mode::kUnderway) return;
    if (t < span.from_ms + 120'000 || t > span.to_ms - 120'000) return;
    const double speed = knots(vessel.track.pose(t));
    ++all;
    in_range += speed > 8.8 && speed < 14.3 ? 1u : 0u;
  });
  EXPECT_GT(all, 60'000u);
  EXPECT_GT(double(in_range), 0.995 * double(all));
}

TEST(Fleet, MerchantsKeepTheirLaneOffChengshanHead) {
  const auto* south = shipped().map().zone("tss_chengshan_southbound");
  const auto* north = shipped().map().zone("tss_chengshan_northbound");
  std::size_t right = 0, wrong = 0;
  every_minute([&](const drill::cast::Vessel& vessel, std::int64_t t) {
    if (vessel.group->part != "merchant" || vessel.key == "merchant_fog") return;
    const auto p = vessel.track.pose(t);
    const bool down = p.course_deg > 90 && p.course_deg < 270;
    if (south->area->contains(p.at)) ++(down ? right : wrong);
    if (north->area->contains(p.at)) ++(down ? wrong : right);
  });
  EXPECT_GT(right, 5'000u);
  EXPECT_LT(double(wrong), 0.01 * double(right));
}

TEST(Fleet, SixtyComeHomeBetweenSixAndNoon) {
  int home = 0;
  for (const auto& vessel : shipped().vessels()) {
    if (vessel.group->part != "returning") continue;
    const auto& last = vessel.track.spans().back();
    EXPECT_EQ(last.mode, Mode::kMoored) << vessel.key;
    EXPECT_GT(last.from_ms, local(5, 1, 6, 0).ms) << vessel.key;
    EXPECT_LT(last.from_ms, local(5, 1, 11, 45).ms) << vessel.key;
    ++home;
  }
  EXPECT_EQ(home, 60);
}

TEST(Fleet, TheLateReturnMoorsAtTwentyPastOne) {
  const auto& spans = shipped().find("late_return")->track.spans();
  EXPECT_NEAR(double(spans.back().from_ms), double(local(5, 1, 13, 20).ms), 60'000);
  EXPECT_FALSE(shipped().map().at_berth(pose("late_return", local(5, 1, 12, 0)).at));
  EXPECT_GT(knots(pose("late_return", local(5, 1, 12, 10))), 8);
}

TEST(Fleet, TheTrawlerLeavesInTheNightAndTrawls) {
  EXPECT_TRUE(shipped().map().at_berth(pose("trawler_night", local(5, 1, 22, 40)).at));
  EXPECT_FALSE(shipped().map().at_berth(pose("trawler_night", local(5, 1, 23, 0)).at));
  int trawling = 0;
  for (int minute = 0; minute < 180; ++minute) {
    const double speed =
        knots(pose("trawler_night", local(5, 2, 1, 0) + base::Duration(minute * 60'000)));
    trawling += std::abs(speed - 3.5) < 0.3 ? 1 : 0;
  }
  EXPECT_GT(trawling, 120) << "of 180 minutes, the rest are turns";
}

TEST(Fleet, TheAuxiliaryIsAlongsideForThreeQuartersOfAnHour) {
  int minutes = 0;
  for (auto t = local(5, 2, 1, 0); t < local(5, 2, 4, 0); t = t + base::Duration(60'000)) {
    minutes += apart_m("trawler_night", "auxiliary_night", t) < 60 ? 1 : 0;
  }
  EXPECT_NEAR(minutes, 45, 3);
}

TEST(Fleet, ThePairKeepsFourHundredMetres) {
  for (auto t = local(5, 3, 4, 30); t < local(5, 3, 11, 20); t = t + base::Duration(60'000)) {
    EXPECT_NEAR(apart_m("pair_a", "pair_b", t), 400, 40) << base::to_iso(t);
  }
}

TEST(Fleet, TheMerchantPassesTheAnglerAtThreeTenthsOfAMile) {
  double least = 1e9;
  base::Instant when;
  for (auto t = local(5, 2, 6, 30); t < local(5, 2, 8, 0); t = t + base::Duration(5'000)) {
    const double d = apart_m("merchant_fog", "angler_fog", t);
    if (d < least) least = d, when = t;
  }
  EXPECT_NEAR(least / geo::kMetresPerNauticalMile, 0.3, 0.02);
  EXPECT_NEAR(double(when.ms), double(local(5, 2, 7, 10).ms), 60'000);
}

TEST(Fleet, TheManGoesOverboardAtTheStatedPlaceAndInstant) {
  const auto& track = shipped().find("mob_device")->track;
  const auto t = local(5, 2, 4, 50);
  EXPECT_FALSE(track.span(t.ms - 1000).heard());
  EXPECT_TRUE(track.span(t.ms).heard());
  EXPECT_LT(geo::distance_m(track.pose(t.ms).at, {37.25, 122.70}), 30);
  EXPECT_LT(apart_m("mob_device", "mob_boat", t), 60) << "from the boat that passes there";
  EXPECT_LT(apart_m("mob_device", "rescue", local(5, 2, 6, 20)), 80) << "the rescuer is there";
}

TEST(Fleet, TheDarkVesselFallsSilentInsideThePort) {
  const auto& track = shipped().find("dark")->track;
  std::optional<std::int64_t> from;
  for (const auto& span : track.spans()) {
    if (span.silent && !from) from = span.from_ms;
    if (span.silent) continue;
    EXPECT_TRUE(shipped().map().at_berth(track.pose(span.from_ms).at));
    EXPECT_TRUE(shipped().map().at_berth(track.pose(span.to_ms).at));
  }
  ASSERT_TRUE(from);
  EXPECT_GT(*from, local(5, 2, 20, 15).ms);
  EXPECT_LT(*from, local(5, 2, 20, 40).ms);
}

TEST(Fleet, AnotherSeedGivesOtherTracksOfTheSameVessels) {
  const auto other = make_fleet(2);
  ASSERT_EQ(other.vessels().size(), shipped().vessels().size());
  int differ = 0;
  for (std::size_t i = 0; i < other.vessels().size(); ++i) {
    const auto& a = shipped().vessels()[i];
    const auto& b = other.vessels()[i];
    EXPECT_EQ(a.name, b.name);
    const auto t = local(5, 1, 9, 0).ms;
    differ += a.track.pose(t).at == b.track.pose(t).at ? 0 : 1;
  }
  EXPECT_GT(differ, 100);
}
