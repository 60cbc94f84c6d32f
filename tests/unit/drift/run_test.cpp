// SPDX-License-Identifier: Apache-2.0
#include "drift/run.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "geo/geodesic.hpp"
#include "unit/drift/sea.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

/// A wind that turns and a current with a shear: smooth in place and time.
Flow turning_wind() {
  return [](double lon, double lat, double hour) {
    const double angle = hour / 12 + lon / 3 + lat / 2;
    return drift::EastNorth{float(9 * std::sin(angle)), float(9 * std::cos(angle))};
  };
}
Flow tide() {
  return [](double lon, double lat, double hour) {
    const double phase = hour / 12.42 * 6.283 + lon;
    return drift::EastNorth{float(0.6 * std::cos(phase)), float(0.3 * std::sin(phase + lat))};
  };
}

double between(const drift::Particles& a, const drift::Particles& b, std::size_t i) {
  return geo::distance_m(a.at(i), b.at(i));
}

}  // namespace

TEST(DriftRun, WithoutWindAndCurrentNothingMoves) {
  const auto what = case_of();
  const auto seeded = seeded_of(what, 200);
  const auto end = end_of(what, forcing_of(still(), still()), {}, seeded);
  for (std::size_t i = 0; i < seeded.size(); ++i) EXPECT_EQ(end.at(i), seeded[i].at);
}

TEST(DriftRun, AnEvenCurrentMovesAllAlike) {
  const auto what = case_of(10);
  const auto seeded = seeded_of(what, 50, 500);
  const auto end = end_of(what, forcing_of(still(), even(0.5f, -0.25f)), {}, seeded);
  for (std::size_t i = 0; i < seeded.size(); ++i) {
    // 10 h at 0.5 and 0.25 m/s.
    EXPECT_NEAR(geo::distance_m(seeded[i].at, end.at(i)), std::hypot(18'000, 9'000), 3);
    EXPECT_NEAR(geo::bearing_deg(seeded[i].at, end.at(i)), 116.565, 0.1);
  }
}

/// D and C of the formula by hand: 10 m/s towards the north for an hour; e 6 and -4 cm/s.
TEST(DriftRun, TheLeewayIsThatOfTheFormula) {
  auto what = case_of(1);
  what.steps = 1;
  what.step = base::Duration(3'600'000);
  what.options.jibe_per_hour = 0;
  const auto forcing = forcing_of(even(0, 10), still());
  std::vector<drift::Seeded> seeded(1);
  seeded[0].at = {37.5, 123};
  seeded[0].downwind_e = 6;
  seeded[0].crosswind_e = -4;
  const double down_m_s = ((3.7 + 6 / 20.0) * 10 + 6 / 2.0) / 100;    // 0.43
  const double cross_m_s = ((1.98 - 4 / 20.0) * 10 - 4 / 2.0) / 100;  // 0.158
  for (const bool right : {true, false}) {
    what.options.sign =
        right ? drift::CrosswindSign::kPositiveRight : drift::CrosswindSign::kPositiveLeft;
    const auto end = end_of(what, forcing, {}, seeded);
    const double bearing = std::atan2(cross_m_s, down_m_s) * 180 / M_PI;
    EXPECT_NEAR(geo::distance_m(seeded[0].at, end.at(0)), std::hypot(down_m_s, cross_m_s) * 3600,
                0.05);
    EXPECT_NEAR(geo::bearing_deg(seeded[0].at, end.at(0)), right ? bearing : 360 - bearing, 0.01);
  }
}

TEST(DriftRun, ASymmetricObjectIgnoresTheSign) {
  auto what = case_of(12);
  what.options.jibe_per_hour = 0;
  std::vector<drift::Seeded> seeded(2);
  for (auto& one : seeded) one.at = {37.5, 123};
  seeded[1].side = drift::Side::kLeft;
  const auto forcing = forcing_of(turning_wind(), tide());
  const auto right = end_of(what, forcing, {}, seeded);
  what.options.sign = drift::CrosswindSign::kPositiveLeft;
  const auto left = end_of(what, forcing, {}, seeded);
  EXPECT_LT(geo::distance_m(right.at(0), left.at(1)), 0.001);
  EXPECT_LT(geo::distance_m(right.at(1), left.at(0)), 0.001);
  EXPECT_GT(geo::distance_m(right.at(0), right.at(1)), 1000);
}

TEST(DriftRun, BackwardUndoesForward) {
  auto what = case_of(24);
  what.options.scheme = drift::Scheme::kRungeKutta4;
  what.options.jibe_per_hour = 0;
  const auto forcing = forcing_of(turning_wind(), tide());
  const auto seeded = seeded_of(what, 50);
  const auto there = end_of(what, forcing, {}, seeded);
  auto back = what;
  back.backward = true;
  back.start = what.time_of(what.steps);
  auto returning = seeded;
  for (std::size_t i = 0; i < seeded.size(); ++i) returning[i].at = there.at(i);
  const auto again = end_of(back, forcing, {}, returning);
  for (std::size_t i = 0; i < seeded.size(); ++i) {
    EXPECT_GT(geo::distance_m(seeded[i].at, there.at(i)), 1000);
    EXPECT_LT(geo::distance_m(seeded[i].at, again.at(i)), 20);
  }
}

/// The schemes come to one path as the step shrinks, the higher ones sooner.
TEST(DriftRun, HigherSchemesAreNearerToShortSteps) {
  auto what = case_of(12);
  what.options.jibe_per_hour = 0;
  const auto forcing = forcing_of(turning_wind(), tide());
  const auto seeded = seeded_of(what, 20);
  auto fine = what;
  fine.step = base::Duration(20'000);
  fine.steps = what.steps * 30;
  fine.options.scheme = drift::Scheme::kRungeKutta4;
  const auto truth = end_of(fine, forcing, {}, seeded);
  double off[3] = {};
  for (const auto scheme :
       {drift::Scheme::kEuler, drift::Scheme::kRungeKutta2, drift::Scheme::kRungeKutta4}) {
    what.options.scheme = scheme;
    const auto end = end_of(what, forcing, {}, seeded);
    for (std::size_t i = 0; i < seeded.size(); ++i) {
      off[std::size_t(scheme)] = std::max(off[std::size_t(scheme)], between(truth, end, i));
    }
  }
  EXPECT_LT(off[1], off[0] / 5);
  EXPECT_LE(off[2], off[1] + 1);
}

TEST(DriftRun, TheNumberOfThreadsDoesNotChangeABit) {
  auto what = case_of(12);
  what.options.diffusion_m2_s = 5;
  what.options.wind_sd_m_s = 2;
  what.options.current_sd_m_s = 0.1;
  what.options.capsizing = true;
  what.options.refloat_per_hour = 0.2;
  const auto forcing = forcing_of(turning_wind(), tide());
  std::vector<std::uint8_t> cells(400 * 300, 0);
  for (std::size_t i = 0; i < cells.size(); i += 37) cells[i] = 1;
  const drift::Land land({36, 121}, 0.01, 0.01, 400, cells);
  const auto seeded = seeded_of(what, 9000);
  const auto one = end_of(what, forcing, land, seeded, 1);
  EXPECT_GT(std::count(one.state.begin(), one.state.end(), drift::State::kStranded), 100);
  for (const std::size_t threads : {2u, 3u}) {
    const auto many = end_of(what, forcing, land, seeded, threads);
    EXPECT_EQ(one.lat_deg, many.lat_deg);
    EXPECT_EQ(one.lon_deg, many.lon_deg);
    EXPECT_TRUE(one.state == many.state);
    EXPECT_EQ(one.jibes, many.jibes);
  }
}

/// The mean of many draws of the steps until a jibe is that of the probability: 4 % an hour.
TEST(DriftRun, JibesAreAsFrequentAsTheProbabilitySays) {
  const auto what = case_of(48);
  const auto seeded = seeded_of(what, 20'000);
  const auto end = end_of(what, forcing_of(even(0, 10), still()), {}, seeded, 2);
  double jibes = 0;
  for (const auto count : end.jibes) jibes += count;
  const double expected = double(what.steps - 1) * (1 - std::pow(0.96, 1 / 6.0));
  EXPECT_NEAR(jibes / 20'000, expected, expected * 0.02);
}

TEST(DriftRun, AParticleBeginsWithTheStepOfItsTime) {
  const auto what = case_of(2);
  std::vector<drift::Seeded> seeded(2);
  for (auto& one : seeded) one.at = {37.5, 123};
  seeded[1].start_step = 6;
  std::vector<std::vector<drift::State>> states;
  std::vector<double> moved;
  const auto sink = [&](std::int32_t, base::Instant, const drift::Particles& p) {
    states.push_back(p.state);
    moved.push_back(geo::distance_m(p.at(1), seeded[1].at));
    return true;
  };
  ASSERT_TRUE(drift::run(what, forcing_of(still(), even(1, 0)), {}, seeded, 1, sink));
  ASSERT_EQ(states.size(), 3u);
  EXPECT_EQ(states[0][1], drift::State::kWaiting);
  EXPECT_EQ(states[1][1], drift::State::kDrifting);
  EXPECT_EQ(moved[1], 0);
  EXPECT_NEAR(moved[2], 3600, 1);
}

TEST(DriftRun, ItStrandsWhereThePathMeetsLand) {
  auto what = case_of(6);
  // A wall one cell wide at 123.105 east: a step of 600 s crosses it whole.
  std::vector<std::uint8_t> cells(400 * 300, 0);
  for (std::size_t row = 0; row < 300; ++row) cells[row * 400 + 210] = 1;
  const drift::Land land({36.005, 121.005}, 0.01, 0.01, 400, cells);
  std::vector<drift::Seeded> seeded(1);
  seeded[0].at = {37.5, 123.05};
  const auto forcing = forcing_of(still(), even(2.4f, 0));
  const auto end = end_of(what, forcing, land, seeded);
  EXPECT_EQ(end.state[0], drift::State::kStranded);
  EXPECT_NEAR(end.lon_deg[0], 123.10, 1e-9);
  EXPECT_EQ(end.end_step[0], 4);  // 4.4 km at 1.44 km a step
  what.options.stranding = drift::Stranding::kStepEnd;
  EXPECT_EQ(end_of(what, forcing, land, seeded).state[0], drift::State::kDrifting);
}

TEST(DriftRun, WhereNoForecastReachesAParticleStopsAndIsCounted) {
  const auto what = case_of(24);
  std::vector<drift::Seeded> seeded(1);
  seeded[0].at = {37.5, 124.9};
  auto forcing = forcing_of(even(0, 5), even(1, 0));
  drift::Particles end;
  const auto sink = [&](std::int32_t, base::Instant, const drift::Particles& p) {
    end = p;
    return true;
  };
  auto done = drift::run(what, forcing, {}, seeded, 1, sink);
  ASSERT_TRUE(done);
  EXPECT_EQ(end.state[0], drift::State::kNoForcing);
  EXPECT_EQ(done->used.back().source, "test");
  EXPECT_TRUE(std::any_of(done->used.begin(), done->used.end(), [](const drift::Used& one) {
    return one.source == "none" && one.pair == drift::Pair::kWind && one.particle_steps == 1;
  }));
  // With a constant as the last it goes on, and the constant is named.
  forcing.set_constant(drift::Pair::kWind, {0, 5});
  forcing.set_constant(drift::Pair::kCurrent, {1, 0});
  done = drift::run(what, forcing, {}, seeded, 1, sink);
  ASSERT_TRUE(done);
  EXPECT_EQ(end.state[0], drift::State::kDrifting);
  EXPECT_TRUE(std::any_of(done->used.begin(), done->used.end(), [](const drift::Used& one) {
    return one.source == "constant" && one.particle_steps > 100;
  }));
}

TEST(DriftRun, WhatCannotBeRunIsRefusedWithTheReason) {
  const auto forcing = forcing_of(even(0, 5), even(1, 0));
  const auto good = case_of();
  const auto seeded = seeded_of(good, 3);
  const auto refused = [&](const drift::Case& what, const drift::Forcing& by,
                           const std::vector<drift::Seeded>& particles) {
    const auto done =
        drift::run(what, by, {}, particles, 1,
                   [](std::int32_t, base::Instant, const drift::Particles&) { return true; });
    EXPECT_FALSE(done);
    return done ? base::Error{} : done.error();
  };
  EXPECT_EQ(refused(good, forcing, {}).where, "particles");
  auto what = good;
  what.steps = 0;
  EXPECT_EQ(refused(what, forcing, seeded).where, "hours");
  what = good;
  what.options.jibe_per_hour = 1.5;
  EXPECT_EQ(refused(what, forcing, seeded).where, "probability");
  what = good;
  what.options.stokes = true;
  EXPECT_EQ(refused(what, forcing, seeded).where, "options.stokes");
  what = good;
  what.steps = 6 * 200;  // the forecast ends before
  const auto early = refused(what, forcing, seeded);
  EXPECT_EQ(early.code, base::Code::kMissing);
  EXPECT_NE(early.message.find("2024-03-02T00:00:00.000Z"), std::string::npos) << early.message;
  EXPECT_EQ(refused(good, {}, seeded).code, base::Code::kMissing);
}

TEST(DriftRun, WhatASinkThrowsReachesTheCaller) {
  const auto what = case_of();
  const auto forcing = forcing_of(even(0, 5), even(1, 0));
  const auto seeded = seeded_of(what, 9000);
  int calls = 0;
  const auto sink = [&](std::int32_t, base::Instant, const drift::Particles&) -> bool {
    if (++calls == 3) throw std::runtime_error("no room");
    return true;
  };
  EXPECT_THROW((void)drift::run(what, forcing, {}, seeded, 2, sink), std::runtime_error);
  EXPECT_EQ(calls, 3);
}

TEST(DriftRun, ASinkCanEndIt) {
  const auto what = case_of();
  int calls = 0;
  const auto done =
      drift::run(what, forcing_of(even(0, 5), even(1, 0)), {}, seeded_of(what, 10), 2,
                 [&](std::int32_t, base::Instant, const drift::Particles&) { return ++calls < 3; });
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->ended_early);
  EXPECT_EQ(done->steps_done, 12);
}
