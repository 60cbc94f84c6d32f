// SPDX-License-Identifier: Apache-2.0
// Parts A and B of message 24 of one sender and of two that share a number.
#include "picture/live/stated_parts.hpp"

#include <gtest/gtest.h>

namespace jinglue::picture {
namespace {

constexpr std::int64_t kMinute = 60'000;

class Said {
 public:
  /// Part A.
  void name(const std::string& name, std::int64_t minute) {
    model::StaticReport report;
    report.time = {minute * kMinute};
    report.name = name;
    merge_report(state, parts, report);
  }
  /// Part B.
  void body(std::uint8_t ship_type, const std::string& call_sign, std::int64_t minute) {
    model::StaticReport report;
    report.time = {minute * kMinute};
    report.ship_type = ship_type;
    report.call_sign = call_sign;
    merge_report(state, parts, report);
  }
  /// Type 5.
  void whole(const std::string& name, std::uint8_t ship_type, std::int64_t minute) {
    model::StaticReport report;
    report.time = {minute * kMinute};
    report.name = name;
    report.ship_type = ship_type;
    merge_report(state, parts, report);
  }
  StaticState state;
  StatedParts parts;
};

TEST(StatedParts, AAndBOfOneSenderAreJoinedInEitherOrder) {
  Said one, other;
  one.name("LU RONG YU 1", 0);
  EXPECT_EQ(one.state.name, "LU RONG YU 1") << "each part counts as it comes";
  one.body(30, "BZZZ1", 1);
  other.body(30, "BZZZ1", 1);
  EXPECT_EQ(other.state.ship_type, 30);
  other.name("LU RONG YU 1", 6);
  for (const auto* said : {&one, &other}) {
    EXPECT_EQ(said->state.name, "LU RONG YU 1");
    EXPECT_EQ(said->state.ship_type, 30);
    EXPECT_EQ(said->state.call_sign, "BZZZ1");
  }
}

TEST(StatedParts, APartThatIsTooOldIsNotJoined) {
  Said late_b, late_a;
  late_b.name("LU RONG YU 1", 0);
  late_b.body(30, "BZZZ1", 8);
  EXPECT_EQ(late_b.state.name, "") << "the name was said eight minutes ago, by whom?";
  EXPECT_EQ(late_b.state.ship_type, 30);
  late_a.body(30, "BZZZ1", 0);
  late_a.name("LU RONG YU 1", 8);
  EXPECT_EQ(late_a.state.name, "LU RONG YU 1");
  EXPECT_FALSE(late_a.state.ship_type);
  EXPECT_EQ(late_a.state.call_sign, "");
  // The next pair is whole again.
  late_b.name("LU RONG YU 1", 12);
  late_b.body(30, "BZZZ1", 12);
  EXPECT_EQ(late_b.state.name, "LU RONG YU 1");
  EXPECT_EQ(late_b.state.ship_type, 30);
}

TEST(StatedParts, WhatWasJoinedOnceStaysWhilePartsAreLost) {
  Said said;
  said.name("LU RONG YU 1", 0);
  said.body(30, "BZZZ1", 0);
  for (std::int64_t minute = 6; minute < 60; minute += 6) said.name("LU RONG YU 1", minute);
  EXPECT_EQ(said.state.ship_type, 30) << "an hour without a part B, the same name throughout";
  for (std::int64_t minute = 60; minute < 120; minute += 6) said.body(30, "BZZZ1", minute);
  EXPECT_EQ(said.state.name, "LU RONG YU 1");
}

TEST(StatedParts, TwoVesselsOnOneNumberNeverBecomeOne) {
  Said said;
  for (std::int64_t minute = 0; minute < 60; minute += 6) {
    const auto sound = [&] {
      const bool one = said.state.name != "HAI FENG 9" && said.state.ship_type != 70;
      const bool other = said.state.name != "LU RONG YU 1" && said.state.ship_type != 30;
      return one || other;
    };
    said.name("LU RONG YU 1", minute);
    EXPECT_TRUE(sound()) << minute;
    said.body(30, "BZZZ1", minute);
    EXPECT_TRUE(sound()) << minute;
    said.name("HAI FENG 9", minute + 3);
    EXPECT_TRUE(sound()) << minute;
    said.body(70, "BOOO9", minute + 3);
    EXPECT_TRUE(sound()) << minute;
  }
  // Names cross: A A B B. Nobody can say whose a part B is.
  Said crossed;
  crossed.name("LU RONG YU 1", 0);
  crossed.name("HAI FENG 9", 0);
  crossed.body(30, "BZZZ1", 1);
  EXPECT_FALSE(crossed.state.ship_type);
  crossed.body(70, "BOOO9", 1);
  EXPECT_FALSE(crossed.state.ship_type);
  // One of them has gone: after one interval of its own it is whole.
  crossed.name("HAI FENG 9", 6);
  crossed.body(70, "BOOO9", 6);
  crossed.name("HAI FENG 9", 12);
  crossed.body(70, "BOOO9", 12);
  EXPECT_EQ(crossed.state.name, "HAI FENG 9");
  EXPECT_EQ(crossed.state.ship_type, 70);
}

TEST(StatedParts, AnotherBodyWithoutItsNameDropsTheName) {
  Said said;
  said.name("LU RONG YU 1", 0);
  said.body(30, "BZZZ1", 0);
  said.body(70, "BOOO9", 30);
  EXPECT_EQ(said.state.name, "");
  EXPECT_EQ(said.state.ship_type, 70);
}

TEST(StatedParts, AMessageThatSaysAllReplacesAnotherVessel) {
  Said said;
  said.whole("LU RONG YU 1", 30, 0);
  model::StaticReport voyage;
  voyage.time = {kMinute};
  voyage.destination = "SHIDAO";
  merge_report(said.state, said.parts, voyage);
  EXPECT_EQ(said.state.name, "LU RONG YU 1");
  EXPECT_EQ(said.state.destination, "SHIDAO");
  said.whole("HAI FENG 9", 70, 10);
  EXPECT_EQ(said.state.name, "HAI FENG 9");
  EXPECT_EQ(said.state.destination, "") << "it was the other's";
}

TEST(StatedParts, ReadsBackWhatItWrites) {
  Said said;
  said.name("A", 1);
  said.name("B", 2);
  said.body(30, "C", 30);
  base::ByteWriter out;
  said.parts.save(out);
  base::ByteReader in(out.bytes());
  EXPECT_EQ(StatedParts::load(in), said.parts);
  EXPECT_EQ(in.left(), 0u);
}

}  // namespace
}  // namespace jinglue::picture
