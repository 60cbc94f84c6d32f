// SPDX-License-Identifier: Apache-2.0
#include "base/pace.hpp"

#include <gtest/gtest.h>

namespace jinglue::base {
namespace {

using std::chrono::milliseconds;

struct PaceOf20 : ::testing::Test {
  Pace pace{milliseconds(20), 10};
  Pace::Clock::time_point now{};

  /// How long after its end the next round may begin.
  Pace::Clock::duration pause_after(milliseconds took) {
    const auto begin = now;
    now += took;
    pace.done(begin, now);
    return pace.due() - now;
  }
};

TEST_F(PaceOf20, TheFirstRoundIsDueAtOnce) {
  EXPECT_LT(pace.due(), now);
}

TEST_F(PaceOf20, QuickRoundsBeginAPeriodApart) {
  EXPECT_EQ(pause_after(milliseconds(1)), milliseconds(19));
  EXPECT_EQ(pause_after(milliseconds(1)), milliseconds(19));
}

TEST_F(PaceOf20, OneSlowRoundAmongQuickOnesMakesNobodyWait) {
  pause_after(milliseconds(1));
  EXPECT_EQ(pause_after(milliseconds(40)), milliseconds(10));
  EXPECT_EQ(pause_after(milliseconds(1)), milliseconds(19));
}

TEST_F(PaceOf20, SlowRoundsTakeTheirShareFromTheSecondOn) {
  pause_after(milliseconds(40));
  EXPECT_EQ(pause_after(milliseconds(30)), milliseconds(300));
  EXPECT_EQ(pause_after(milliseconds(50)), milliseconds(300));
}

}  // namespace
}  // namespace jinglue::base
