// SPDX-License-Identifier: Apache-2.0
#include "picture/berth/berth_watch.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

#include "geo/geodesic.hpp"

using namespace jinglue;
using picture::BerthMap;
using picture::BerthState;

namespace {

constexpr geo::LatLon kCorner{36.88, 122.42};  // south-west corner of the basin
constexpr double kSide_deg = 0.01;

std::shared_ptr<const model::Zone> square(const std::string& id, const std::string& kind,
                                          geo::LatLon corner, double side_deg) {
  const auto [s, w] = corner;
  auto area = geo::Area::from_polygons(
      {{{{s, w}, {s, w + side_deg}, {s + side_deg, w + side_deg}, {s + side_deg, w}, {s, w}}}});
  auto zone = std::make_shared<model::Zone>();
  zone->id = id;
  zone->kind = kind;
  zone->area = std::make_shared<const geo::Area>(std::move(area.value()));
  return zone;
}

BerthMap basin() {
  return BerthMap({square("port_shidao", "port", kCorner, kSide_deg)});
}

model::Fix fix_at(geo::LatLon p, std::int64_t seconds, std::optional<std::uint16_t> sog_ckn = 0) {
  model::Fix fix;
  fix.time = {seconds * 1000};
  fix.position = geo::to_position(p);
  fix.sog_ckn = sog_ckn;
  return fix;
}

geo::LatLon inside() {
  return {kCorner.lat_deg + kSide_deg / 2, kCorner.lon_deg + kSide_deg / 2};
}
/// South of the basin's southern edge.
geo::LatLon south_by(double metres) {
  return geo::destination({kCorner.lat_deg, inside().lon_deg}, 180, metres);
}

BerthState run(const BerthMap& berths, const std::vector<model::Fix>& fixes,
               BerthState state = {}) {
  for (const auto& fix : fixes) state = next_berth_state(state, fix, berths);
  return state;
}

}  // namespace

TEST(Berth, FirstFixOfAllInABasinIsAtBerth) {
  const auto berths = basin();
  const auto state = run(berths, {fix_at(inside(), 100)});
  EXPECT_TRUE(state.known);
  EXPECT_TRUE(state.at_berth);
  EXPECT_EQ(state.zone, "port_shidao");
  EXPECT_EQ(state.since.ms, 100'000);
  EXPECT_TRUE(run(berths, {fix_at(inside(), 100, std::nullopt)}).at_berth);
  EXPECT_FALSE(run(berths, {fix_at(inside(), 100, 150)}).at_berth) << "1.5 kn is not lying";
  EXPECT_TRUE(run(berths, {fix_at(inside(), 100, 149)}).at_berth);
}

TEST(Berth, ComingFromSeaItTakesThreeMinutes) {
  const auto berths = basin();
  std::vector<model::Fix> fixes{fix_at(south_by(5000), 0, 900), fix_at(inside(), 1000),
                                fix_at(inside(), 1179)};
  EXPECT_FALSE(run(berths, fixes).at_berth);
  fixes.push_back(fix_at(inside(), 1180));
  const auto state = run(berths, fixes);
  EXPECT_TRUE(state.at_berth);
  EXPECT_EQ(state.since.ms, 1000'000) << "lying began with the first fix that was still";
  fixes.insert(fixes.begin() + 2, fix_at(inside(), 1100, 400));
  EXPECT_FALSE(run(berths, fixes).at_berth) << "moving within the basin starts the count again";
}

TEST(Berth, LeavingTakesTwoFixesAndAMinute) {
  const auto berths = basin();
  const auto moored = run(berths, {fix_at(inside(), 0)});
  const auto out = [&](std::vector<std::int64_t> seconds) {
    std::vector<model::Fix> fixes;
    for (const auto s : seconds) fixes.push_back(fix_at(south_by(400), s, 600));
    return run(berths, fixes, moored);
  };
  EXPECT_TRUE(out({500}).at_berth) << "one fix alone never ends it";
  EXPECT_TRUE(out({500, 559}).at_berth);
  EXPECT_FALSE(out({500, 560}).at_berth);
  EXPECT_FALSE(out({500, 510, 520, 560}).at_berth);
  EXPECT_FALSE(out({500, 2300}).at_berth) << "a slow reporter needs two fixes";
  const auto state = out({500, 510, 560});
  EXPECT_EQ(state.since.ms, 500'000) << "at sea since the first fix outside";
  EXPECT_EQ(state.zone, "port_shidao") << "where it came from";
}

TEST(Berth, WithinTheMarginDoesNotEndIt) {
  const auto berths = basin();
  const auto moored = run(berths, {fix_at(inside(), 0)});
  std::vector<model::Fix> near, far;
  for (int i = 0; i < 100; ++i) {
    near.push_back(fix_at(south_by(99), 100 + i * 60));
    far.push_back(fix_at(south_by(101), 100 + i * 60));
  }
  EXPECT_EQ(run(berths, near, moored), moored);
  EXPECT_FALSE(run(berths, far, moored).at_berth);
  EXPECT_FALSE(run(berths, {fix_at(south_by(31), 0)}).at_berth);
  EXPECT_TRUE(run(berths, {fix_at(south_by(29), 0)}).at_berth) << "the quay line is drawn by hand";
}

TEST(Berth, TheZoneFollowsAShiftWithinThePort) {
  const BerthMap berths({square("port", "port", kCorner, kSide_deg),
                         square("quay_a", "berth", kCorner, 0.002),
                         square("quay_b", "berth", inside(), 0.002),
                         square("open", "anchorage", south_by(3000), 0.002)});
  EXPECT_EQ(berths.zones().size(), 3u) << "an anchorage is not a berth";
  const geo::LatLon a{kCorner.lat_deg + 0.001, kCorner.lon_deg + 0.001};
  const geo::LatLon b{inside().lat_deg + 0.001, inside().lon_deg + 0.001};
  auto state = run(berths, {fix_at(a, 0)});
  EXPECT_EQ(state.zone, "quay_a") << "a berth before the basin around it";
  state = run(berths, {fix_at(b, 600)}, state);
  EXPECT_EQ(state.zone, "quay_b");
  EXPECT_EQ(state.since.ms, 0) << "it was at berth all the time";
}

TEST(Berth, NearestZoneWithinADistance) {
  const BerthMap berths(
      {square("east", "berth", {37, 122.1}, 0.01), square("west", "berth", {37, 122.0}, 0.01)});
  const geo::LatLon p = geo::destination({37.005, 122.01}, 90, 50);
  EXPECT_EQ(berths.find(p), nullptr);
  EXPECT_EQ(berths.find(p, 49), nullptr);
  ASSERT_NE(berths.find(p, 51), nullptr);
  EXPECT_EQ(berths.find(p, 51)->id, "west");
  EXPECT_EQ(berths.find(p, 100'000)->id, "west") << "the nearer of two";
  EXPECT_EQ(BerthMap({}).find(p, 1e6), nullptr);
}

RC_GTEST_PROP(Berth, NoiseAtTheQuayNeverEndsIt, ()) {
  const auto berths = basin();
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  const auto sigma_m = *rc::gen::inRange(1, 21);
  std::mt19937 random(seed);
  std::normal_distribution<double> noise(0, sigma_m);
  std::uniform_int_distribution<int> gap_s(2, 180), speed(0, 40);
  // On the very edge of the polygon, the worst place.
  auto state = run(berths, {fix_at({kCorner.lat_deg, inside().lon_deg}, 0)});
  std::int64_t now_s = 0;
  for (int i = 0; i < 1000; ++i) {
    now_s += gap_s(random);
    const auto p = geo::destination(south_by(0), noise(random) > 0 ? 180 : 90, noise(random));
    state = next_berth_state(state, fix_at(p, now_s, static_cast<std::uint16_t>(speed(random))),
                             berths);
    RC_ASSERT(state.at_berth);
    RC_ASSERT(state.since.ms == 0);
  }
}

RC_GTEST_PROP(Berth, CrossingOutEndsItExactlyOnce, ()) {
  const auto berths = basin();
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  std::normal_distribution<double> noise(0, 12);
  const auto gap_s = *rc::gen::inRange(2, 181);
  const double speed_mps = *rc::gen::inRange(2, 10);
  BerthState state;
  int ended = 0;
  std::int64_t now_s = 0;
  for (int i = 0; i < 60; ++i, now_s += gap_s) {  // moored near the southern edge
    state = next_berth_state(state, fix_at(south_by(-30 + noise(random)), now_s, 0), berths);
  }
  RC_ASSERT(state.at_berth);
  for (double out_m = -30; out_m < 20'000; now_s += gap_s) {  // steams out to the south
    out_m += speed_mps * gap_s;
    const bool before = state.at_berth;
    state = next_berth_state(state, fix_at(south_by(out_m + noise(random)), now_s, 900), berths);
    if (before && !state.at_berth) ++ended;
    RC_ASSERT(before || !state.at_berth);
  }
  for (int i = 0; i < 10; ++i, now_s += gap_s) {
    state = next_berth_state(state, fix_at(south_by(20'000), now_s, 0), berths);
    RC_ASSERT(!state.at_berth);
  }
  RC_ASSERT(ended == 1);
}

RC_GTEST_PROP(Berth, IsPureAndSurvivesSaving, ()) {
  const auto berths = basin();
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  std::uniform_int_distribution<int> away_m(-500, 500), gap_s(0, 120), speed(0, 400);
  BerthState a, b;
  std::int64_t now_s = 0;
  for (int i = 0; i < 200; ++i) {
    now_s += gap_s(random);
    const auto fix =
        fix_at(south_by(away_m(random)), now_s, static_cast<std::uint16_t>(speed(random)));
    a = next_berth_state(a, fix, berths);
    base::ByteWriter out;
    b.save(out);
    base::ByteReader in(out.bytes());
    b = next_berth_state(BerthState::load(in), fix, berths);
    RC_ASSERT(in.ok() && in.left() == 0u);
    RC_ASSERT(a == b);
  }
}
