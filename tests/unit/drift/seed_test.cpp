// SPDX-License-Identifier: Apache-2.0
#include "drift/seed.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/config.hpp"
#include "drift/random.hpp"
#include "geo/geodesic.hpp"
#include "unit/drift/sea.hpp"

using namespace jinglue;
using namespace jinglue::tests;

/// Random123's own known answers for Philox 4x32-10 (counter and key all zero, all ones).
TEST(Draw, PhiloxGivesItsKnownAnswers) {
  using P = r123::Philox4x32;
  const auto zero = P{}(P::ctr_type{{0, 0, 0, 0}}, P::key_type{{0, 0}});
  EXPECT_EQ(zero[0], 0x6627e8d5u);
  const auto ones = P{}(P::ctr_type{{~0u, ~0u, ~0u, ~0u}}, P::key_type{{~0u, ~0u}});
  EXPECT_EQ(ones[0], 0x408f276du);
}

TEST(Draw, NormalHasItsMomentsAndIsItsOwnForEachPurpose) {
  double sum = 0, squares = 0, product = 0;
  constexpr int kCount = 100'000;
  for (int i = 0; i < kCount; ++i) {
    const drift::Draw draw(7, std::uint64_t(i));
    const auto [a, b] = draw.normal(drift::Purpose::kDownwind);
    const double c = draw.normal(drift::Purpose::kCrosswind)[0];
    sum += a;
    squares += a * a;
    product += a * c + a * b;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.015);
  EXPECT_NEAR(squares / kCount, 1, 0.02);
  EXPECT_NEAR(product / kCount, 0, 0.03);
}

TEST(Seed, ADiscIsFilledEvenlyAndSidesAlternate) {
  const auto what = case_of();
  const auto seeded = seeded_of(what, 20'000, 2000);
  double inner = 0;
  for (std::size_t i = 0; i < seeded.size(); ++i) {
    const double away = geo::distance_m({37.5, 123}, seeded[i].at);
    EXPECT_LE(away, 2000.01);
    inner += away < 1000 ? 1 : 0;
    EXPECT_EQ(seeded[i].side, i % 2 == 0 ? drift::Side::kRight : drift::Side::kLeft);
    EXPECT_GE(3.7 + seeded[i].downwind_e / 20, 0);
  }
  EXPECT_NEAR(inner / 20'000, 0.25, 0.01);  // a quarter of the area
}

TEST(Seed, AWindowSpreadsTheStarts) {
  const auto what = case_of();
  std::vector<drift::Seeded> out;
  const drift::Seeding seeding{drift::Disc{{37.5, 123}, 100}, 0, 200, base::Duration(3'600'000), 0};
  ASSERT_TRUE(drift::seed(what, seeding, {}, out));
  EXPECT_EQ(out.front().start_step, 0);
  EXPECT_EQ(out[1].start_step, 0);  // 18.09 s
  EXPECT_EQ(out.back().start_step, 6);
  EXPECT_EQ(out[34].start_step, 1);  // 615 s
}

TEST(Seed, ATrackSpreadsPlacesOverItsTimes) {
  const auto what = case_of();
  std::vector<drift::Seeded> out;
  const drift::Track track{{{kStart, {37, 122}}, {kStart + base::Duration(7'200'000), {37, 123}}},
                           0};
  ASSERT_TRUE(drift::seed(what, {track, 0, 3, {}, 0}, {}, out));
  EXPECT_NEAR(out[1].at.lon_deg, 122.5, 1e-9);
  EXPECT_EQ(out[1].start_step, 6);
  EXPECT_EQ(out[2].start_step, 12);
}

TEST(Seed, APolygonIsKeptAndLandIsLeftOut) {
  const auto what = case_of();
  // The western half of the box is land.
  const drift::Land land({37, 122}, 1, 1, 1, {1});
  std::vector<drift::Seeded> out;
  const drift::Polygon polygon{{{37, 122}, {37, 123}, {37.4, 123}, {37.4, 122}}};
  ASSERT_TRUE(drift::seed(what, {polygon, 0, 500, {}, 0}, land, out));
  for (const auto& one : out) {
    EXPECT_GT(one.at.lon_deg, 122.5);
    EXPECT_LT(one.at.lon_deg, 123);
    EXPECT_LT(one.at.lat_deg, 37.4);
  }
}

TEST(Seed, WhatCannotBeSeededIsRefusedWithTheReason) {
  const auto what = case_of();
  const drift::Land land({37.5, 123}, 1, 1, 1, {1});
  std::vector<drift::Seeded> out;
  const auto refused = [&](const drift::Seeding& seeding) {
    const auto done = drift::seed(what, seeding, land, out);
    EXPECT_FALSE(done);
    return done ? std::string() : done.error().message;
  };
  EXPECT_NE(refused({drift::Disc{{37.5, 123}, 1000}, 0, 5, {}, 0}).find("on land"),
            std::string::npos);
  EXPECT_NE(refused({drift::Disc{{37.5, 121}, 10}, 0, 0, {}, 0}).find("no particle"),
            std::string::npos);
  EXPECT_NE(refused({drift::Disc{{37.5, 121}, 10}, 3, 5, {}, 0}).find("object"), std::string::npos);
  EXPECT_NE(refused({drift::Disc{{95, 121}, 10}, 0, 5, {}, 0}).find("place"), std::string::npos);
  EXPECT_NE(refused({drift::Track{{{kStart, {37, 121}}}, 0}, 0, 5, {}, 0}).find("two points"),
            std::string::npos);
  EXPECT_NE(refused({drift::Polygon{{{37, 121}}}, 0, 5, {}, 0}).find("three corners"),
            std::string::npos);
  EXPECT_NE(
      refused({drift::Disc{{37, 121}, 10}, 0, 5, base::Duration(90'000'000), 0}).find("window"),
      std::string::npos);
}

TEST(Seed, APolygonThatCrossesItselfIsRefused) {
  std::vector<drift::Seeded> out;
  const drift::Polygon bow{{{37, 122}, {37.4, 123}, {37.4, 122}, {37, 123}}};
  const auto done = drift::seed(case_of(), {bow, 0, 5, {}, 0}, {}, out);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().where, "seeding");
}

TEST(Seed, ABackwardWindowGoesIntoThePast) {
  auto what = case_of();
  what.backward = true;
  std::vector<drift::Seeded> out;
  const drift::Seeding seeding{drift::Disc{{37.5, 123}, 100}, 0, 3, base::Duration(3'600'000), 0};
  ASSERT_TRUE(drift::seed(what, seeding, {}, out));
  EXPECT_EQ(out.front().start_step, 0);
  EXPECT_EQ(out.back().start_step, 6);
}

TEST(DriftObjects, TheShippedTableIsRead) {
  const auto document = base::read_config(JINGLUE_SOURCE_DIR "/data/drift/objects.toml");
  ASSERT_TRUE(document) << document.error().text();
  const auto objects = drift::read_objects(*document);
  ASSERT_TRUE(objects) << objects.error().text();
  EXPECT_EQ(objects->size(), 88u);
  EXPECT_EQ(objects->front().key, "PIW-1");
  EXPECT_DOUBLE_EQ(objects->front().downwind.slope_pct, 0.96);
  EXPECT_EQ(objects->back().kind, "windage");
  EXPECT_EQ(objects->back().confidence, "memory");
}

TEST(DriftObjects, MistakesNameFileLineAndKey) {
  const auto wrong = [](const std::string& text) {
    const auto document = base::parse_config(text, "objects.toml");
    if (!document) return document.error().text();
    const auto objects = drift::read_objects(*document);
    return objects ? std::string("read") : objects.error().text();
  };
  const std::string source = "[[sources]]\nkey='s'\ntext='t'\nconfidence='c'\n";
  const std::string object =
      "[[objects]]\nnumber=1\nkey='A'\nzh='a'\nen='a'\nkind='leeway'\nsource='s'\n"
      "downwind=[1,0,1]\nright=[1,0,1]\n";
  EXPECT_EQ(wrong(source + object + "left=[-1,0,1]\n"), "read");
  EXPECT_NE(wrong(source + object + "left=[-1,0]\n").find("objects.toml:14"), std::string::npos)
      << wrong(source + object + "left=[-1,0]\n");
  EXPECT_NE(wrong(source + object + "left=[-1,0,-5]\n").find("no leeway"), std::string::npos);
  EXPECT_NE(wrong(source + object + "left=[-1,0,1]\nmore=1\n").find("more"), std::string::npos);
  EXPECT_NE(wrong(object + "left=[-1,0,1]\n").find("source"), std::string::npos);
  EXPECT_NE(wrong(source).find("no [[objects]]"), std::string::npos);
}
