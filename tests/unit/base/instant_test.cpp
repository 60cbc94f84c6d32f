// SPDX-License-Identifier: Apache-2.0
#include "base/instant.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/local_time.hpp"

using namespace jinglue::base;

TEST(Instant, ReadsAnOffsetAndWritesUtc) {
  const auto t = parse_iso("2024-05-01T12:00:00+08:00");
  ASSERT_TRUE(t);
  EXPECT_EQ(to_iso(*t), "2024-05-01T04:00:00.000Z");
  EXPECT_EQ(to_local_text(*t, "Asia/Shanghai"), "2024-05-01 12:00:00");
}

TEST(Instant, RefusesTextWithoutOffsetOrWithBadFields) {
  for (const char* bad : {"2024-05-01T12:00:00", "2024-13-01T12:00:00Z", "2024-02-30T12:00:00Z",
                          "2024-05-01T24:00:00Z", "2024-05-01T12:00:00Zx", "", "20-05-01T12:00:00Z",
                          "2024-05-01T12:00:00.Z"}) {
    EXPECT_FALSE(parse_iso(bad)) << bad;
  }
}

TEST(Instant, RefusesAnOffsetThatLeavesTheYearsOfIsoText) {
  EXPECT_FALSE(parse_iso("9999-12-31T23:59:59-00:01"));
  EXPECT_FALSE(parse_iso("0000-01-01T00:00:00+00:01"));
  EXPECT_EQ(to_iso(parse_iso("9999-12-31T23:59:59.999Z").value()), "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(to_iso(parse_iso("0000-01-01T00:00:00Z").value()), "0000-01-01T00:00:00.000Z");
}

RC_GTEST_PROP(Instant, IsoTextReadsBackForEveryMillisecondOfThreeMillennia, ()) {
  const Instant t{*rc::gen::inRange<std::int64_t>(-30'000'000'000'000, 60'000'000'000'000)};
  RC_ASSERT(parse_iso(to_iso(t)).value() == t);
}

TEST(LocalTime, SeasonBoundaryIsExactInTheZone) {
  const auto t = to_instant({2024, 9, 1, 12, 0, 0}, "Asia/Shanghai");
  ASSERT_TRUE(t);
  EXPECT_EQ(to_iso(*t), "2024-09-01T04:00:00.000Z");
  EXPECT_EQ(to_instant({2024, 9, 1, 12, 0, 0}, "Asia/Nowhere").error().code, Code::kUnknown);
}
