// SPDX-License-Identifier: Apache-2.0
// What stations said last: order, copies, corrections, watch circles, saved state.
#include "picture/sensor/sensor_book.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

using namespace jinglue;
using model::Quantity;
using picture::SensorBook;
using Taken = SensorBook::Taken;

namespace {

constexpr std::int64_t kStart = 1714536000000;

model::SensorReport report(const std::string& station, std::int64_t minute, std::int64_t milli) {
  model::SensorReport out;
  out.station = station;
  out.time = {kStart + minute * 60'000};
  out.arrival = out.time + base::Duration(5000);
  out.stated_time = true;
  out.values = {{Quantity::kWaveHeight, milli}};
  return out;
}

model::SensorStation moored(const std::string& id) {
  model::SensorStation out{id, {"浮标", "Buoy"}, geo::to_position({37.5, 122.3}), 400, {}};
  out.silent_after = std::chrono::minutes(90);
  return out;
}

const picture::SensorState& only(SensorBook& book) {
  return book.snapshot()->at(0);
}

}  // namespace

TEST(SensorBook, HoldsTheNewestValueWhateverTheOrderAndTellsCopies) {
  SensorBook book;
  EXPECT_EQ(book.take(report("W01", 10, 1200)), Taken::kNew);
  EXPECT_EQ(book.take(report("W01", 0, 900)), Taken::kNew);  // late
  EXPECT_EQ(book.take(report("W01", 10, 1200)), Taken::kCopy);
  EXPECT_EQ(book.take(report("W01", 0, 900)), Taken::kCopy);
  EXPECT_EQ(only(book).latest.at(Quantity::kWaveHeight).milli, 1200);
  EXPECT_EQ(book.take(report("W01", 10, 1300)), Taken::kNew);  // a correction
  EXPECT_EQ(only(book).latest.at(Quantity::kWaveHeight).milli, 1300);
  EXPECT_EQ(only(book).reports, 3u);
  EXPECT_EQ(only(book).copies, 2u);
  EXPECT_EQ(only(book).late, 1u);
  EXPECT_EQ(only(book).time.ms, kStart + 600'000);
}

TEST(SensorBook, KnowsWhenABuoyLeftItsCircleOrIsSilent) {
  SensorBook book;
  book.declare({moored("W01")});
  const base::Instant start{kStart};
  EXPECT_FALSE(only(book).silent(start + std::chrono::minutes(90), start));
  EXPECT_TRUE(only(book).silent(start + std::chrono::minutes(91), start)) << "it never spoke";
  EXPECT_EQ(only(book).place(), moored("W01").place);
  auto said = report("W01", 0, 500);
  said.position = geo::to_position({37.5035, 122.3});  // 389 m
  book.take(said);
  EXPECT_FALSE(only(book).adrift());
  said = report("W01", 10, 500);
  said.position = geo::to_position({37.5037, 122.3});  // 411 m
  book.take(said);
  EXPECT_TRUE(only(book).adrift());
  EXPECT_NEAR(*only(book).off_station_m(), 411, 1);
  EXPECT_FALSE(only(book).silent(said.arrival + std::chrono::minutes(90), start));
  EXPECT_TRUE(only(book).silent(said.arrival + std::chrono::minutes(91), start));
}

TEST(SensorBook, FollowsTheDeclarationsOfTheMappingsInForce) {
  SensorBook book;
  book.declare({moored("W01"), moored("W02")});
  book.take(report("W01", 0, 500));
  book.declare({});
  ASSERT_EQ(book.size(), 1u) << "what never spoke is forgotten";
  EXPECT_FALSE(only(book).declared);
  EXPECT_EQ(only(book).station.name.en, "W01");
  EXPECT_EQ(only(book).latest.size(), 1u);
}

TEST(SensorBook, TakesNoMoreStationsThanItHasRoomFor) {
  SensorBook book;
  for (std::size_t i = 0; i < SensorBook::kMostStations; ++i) {
    ASSERT_EQ(book.take(report(std::to_string(i), 0, 1)), Taken::kNew);
  }
  EXPECT_EQ(book.take(report("one more", 0, 1)), Taken::kNoRoom);
  EXPECT_EQ(book.take(report("0", 1, 1)), Taken::kNew);
}

RC_GTEST_PROP(SensorBook, AnyOrderWithAnyRepeatsGivesTheSameLastValues, ()) {
  const auto minutes = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30));
  std::vector<model::SensorReport> reports;
  for (const int minute : minutes) {
    reports.push_back(report("W" + std::to_string(minute % 3), minute, 100 + minute));
  }
  SensorBook straight, shuffled;
  for (const auto& one : reports) straight.take(one);
  auto other = *rc::gen::map(rc::gen::just(reports), [](auto list) { return list; });
  std::reverse(other.begin(), other.end());
  for (const auto& one : other) {
    shuffled.take(one);
    shuffled.take(one);
  }
  const auto a = straight.snapshot(), b = shuffled.snapshot();
  RC_ASSERT(a->size() == b->size());
  for (std::size_t i = 0; i < a->size(); ++i) {
    RC_ASSERT((*a)[i].time == (*b)[i].time && (*a)[i].reports == (*b)[i].reports);
    const auto& one = (*a)[i].latest.at(Quantity::kWaveHeight);
    const auto& two = (*b)[i].latest.at(Quantity::kWaveHeight);
    RC_ASSERT(one.milli == two.milli && one.time == two.time);
  }
}

TEST(SensorBook, GoesOnFromASavedStateAsIfNothingHadBeen) {
  SensorBook book;
  book.declare({moored("W01")});
  auto said = report("W01", 3, 700);
  said.position = geo::to_position({37.5, 122.31});
  book.take(said);
  book.take(report("W09", 4, 800));
  base::ByteWriter out;
  book.save(out);
  SensorBook loaded;
  base::ByteReader in(out.bytes());
  ASSERT_TRUE(loaded.load(in));
  EXPECT_EQ(in.left(), 0u);
  base::ByteWriter again;
  loaded.save(again);
  EXPECT_EQ(again.bytes(), out.bytes());
  EXPECT_EQ(loaded.take(said), Taken::kCopy);
  for (std::size_t size = 0; size < out.size(); ++size) {
    SensorBook broken;
    base::ByteReader part(std::string_view(out.bytes()).substr(0, size));
    EXPECT_FALSE(broken.load(part)) << size;
  }
}
