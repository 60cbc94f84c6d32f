// SPDX-License-Identifier: Apache-2.0
#include "app/data_clock.hpp"

#include <gtest/gtest.h>

namespace jinglue::app {
namespace {

struct Hands {
  base::Instant wall{1'000'000};
  std::int64_t steady_ms{0};
  void pass(std::int64_t ms) {
    wall.ms += ms;
    steady_ms += ms;
  }
  DataClock clock(DataClock::Mode mode) {
    return DataClock(mode, [this] { return wall; }, [this] { return steady_ms; });
  }
};

TEST(DataClock, FollowsTheSystemClock) {
  Hands hands;
  auto clock = hands.clock(DataClock::Mode::kWall);
  hands.pass(1500);
  EXPECT_EQ(clock.now().ms, 1'001'500);
  EXPECT_EQ(clock.set_back().count(), 0);
}

TEST(DataClock, GoesOnForwardWhenTheSystemClockIsSetBack) {
  Hands hands;
  auto clock = hands.clock(DataClock::Mode::kWall);
  hands.pass(10'000);
  const auto before = clock.now();
  hands.wall.ms -= 3'600'000;
  hands.pass(5'000);
  EXPECT_EQ((clock.now() - before).count(), 5'000);
  EXPECT_EQ(clock.set_back().count(), 3'600'000);
  hands.wall.ms += 3'600'000;
  hands.pass(1'000);
  EXPECT_EQ((clock.now() - before).count(), 6'000);
  EXPECT_EQ(clock.set_back().count(), 0);
}

TEST(DataClock, HoldsStillForTheSmallStepsOfATimeDaemon) {
  Hands hands;
  auto clock = hands.clock(DataClock::Mode::kWall);
  hands.pass(10'000);
  const auto before = clock.now();
  hands.wall.ms -= 800;
  EXPECT_EQ(clock.now(), before);
  EXPECT_EQ(clock.set_back().count(), 0);
}

TEST(DataClock, NeverGivesAnInstantBeforeTheJournalsLast) {
  Hands hands;
  auto clock = hands.clock(DataClock::Mode::kWall);
  clock.not_before({hands.wall.ms + 60'000});
  hands.pass(1'000);
  EXPECT_EQ(clock.now().ms, 1'000'000 + 61'000);
  EXPECT_EQ(clock.set_back().count(), 60'000);
}

TEST(DataClock, RunsAFeedAtItsSpeedAndNeverBack) {
  Hands hands;
  auto clock = hands.clock(DataClock::Mode::kFeed);
  clock.run_feed({500'000}, 20);
  hands.pass(100);
  EXPECT_EQ(clock.now().ms, 502'000);
  clock.run_feed(clock.now(), 0);
  hands.pass(1'000);
  EXPECT_EQ(clock.now().ms, 502'000);
  clock.run_feed({400'000}, 1);
  EXPECT_EQ(clock.now().ms, 502'000);
}

}  // namespace
}  // namespace jinglue::app
