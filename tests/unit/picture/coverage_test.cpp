// SPDX-License-Identifier: Apache-2.0
#include "picture/coverage/coverage.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "geo/geodesic.hpp"

namespace jinglue::picture {
namespace {

constexpr std::int64_t kStart = 1714521600000;  // 2024-05-01T00:00:00Z
constexpr std::int64_t kMinute = 60'000, kHour = 3'600'000;
constexpr geo::LatLon kMast{37.41, 122.42};

model::Fix fix_of(std::uint32_t mmsi, geo::LatLon at, std::int64_t ms, std::uint16_t segment = 0) {
  model::Fix fix;
  fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, mmsi), segment};
  fix.time = fix.arrival = {ms};
  fix.position = geo::to_position(at);
  return fix;
}

Hearing by(std::string_view station, std::int64_t ms, std::optional<std::int16_t> dbm = {}) {
  return {"shore", station, {ms}, {ms}, dbm};
}

void hear(Coverage& coverage, std::string_view station, std::uint32_t mmsi, geo::LatLon at,
          std::int64_t ms) {
  coverage.take(fix_of(mmsi, at, ms), by(station, ms));
}

/// Five ships around the mast, each every two minutes.
void traffic(Coverage& coverage, std::string_view station, std::int64_t from, std::int64_t to) {
  for (std::int64_t t = from; t < to; t += 2 * kMinute) {
    for (unsigned i = 0; i < 5; ++i) {
      hear(coverage, station, 412000001 + i, geo::destination(kMast, 72.0 * i, 20'000), t);
    }
  }
}

TEST(CoverageCell, KeepsAWeekOfHoursAndSevenDaysOfCounts) {
  CoverageCell cell;
  for (std::int64_t h = 0; h < 400; ++h) {
    cell.take({kStart + h * kHour}, h == 0 ? std::int16_t{-110} : std::int16_t{-80});
  }
  EXPECT_EQ(cell.hours(), 168);
  EXPECT_EQ(cell.count(), 6u * 24 + 400 % 24) << "six whole days and what today has";
  EXPECT_EQ(cell.weakest_dbm(), -110);
  EXPECT_EQ(cell.strongest_dbm(), -80);
  EXPECT_EQ(cell.first().ms, kStart);
  cell.advance({kStart + (399 + 100) * kHour});
  EXPECT_EQ(cell.hours(), 68);
  cell.advance({kStart + 2000 * kHour});
  EXPECT_EQ(cell.hours(), 0);
  EXPECT_EQ(cell.count(), 0u);
}

/// Against the plain definition: a set of hours.
RC_GTEST_PROP(CoverageCell, HoursAreThoseOfTheWindow, ()) {
  const auto gaps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 400));
  CoverageCell cell;
  std::map<std::int64_t, int> heard;
  std::int64_t hour = kStart / kHour;
  for (const int gap : gaps) {
    hour += gap;
    ++heard[hour];
    cell.take({hour * kHour + 17}, CoverageCell::kNoSignal);
  }
  int hours = 0;
  std::uint32_t count = 0;
  for (const auto& [at, n] : heard) {
    hours += at > hour - 168 ? 1 : 0;
    if (at / 24 > hour / 24 - 7) count += static_cast<std::uint32_t>(n);
  }
  RC_ASSERT(cell.hours() == hours);
  RC_ASSERT(cell.count() == count);
}

TEST(Coverage, SaysWhatAStationHearsAndHowFar) {
  Coverage coverage;
  EXPECT_FALSE(coverage.station("shore", "weihai", {kStart})) << "nothing was heard by it";
  traffic(coverage, "weihai", kStart, kStart + 3 * kHour);
  coverage.take(fix_of(412000009, geo::destination(kMast, 90, 60'000), kStart + 3 * kHour),
                by("weihai", kStart + 3 * kHour, std::int16_t{-108}));
  const auto found = coverage.station("shore", "weihai", {kStart + 3 * kHour});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->cells.size(), 6u);
  EXPECT_EQ(found->usual, 5u);
  EXPECT_EQ(found->now, 6u);
  EXPECT_EQ(found->silent, 0u);
  EXPECT_LT(geo::distance_m(found->middle, kMast), 5'000);
  EXPECT_NEAR(found->furthest_nm, 60'000 / 1852.0, 3);
  EXPECT_NEAR(found->furthest_deg, 90, 8);
  EXPECT_FALSE(found->silent_now);
  std::size_t with_signal = 0;
  for (const auto& cell : found->cells) with_signal += cell.weakest_dbm == -108 ? 1 : 0;
  EXPECT_EQ(with_signal, 1u);
}

TEST(Coverage, ShowsThatAnAreaIsNotHeardNow) {
  Coverage coverage;
  traffic(coverage, "weihai", kStart, kStart + 48 * kHour);
  // Only one of the five places goes on: the antenna is damaged, the station is not silent.
  for (std::int64_t t = kStart + 48 * kHour; t < kStart + 51 * kHour; t += 2 * kMinute) {
    hear(coverage, "weihai", 412000001, geo::destination(kMast, 0, 20'000), t);
  }
  const auto found = coverage.station("shore", "weihai", {kStart + 51 * kHour});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->usual, 5u);
  EXPECT_EQ(found->now, 1u);
  EXPECT_EQ(found->silent, 4u);
  EXPECT_FALSE(found->silent_now);
}

TEST(Coverage, KnowsWhenAllStationsOfAPlaceWereSilent) {
  Coverage coverage;
  traffic(coverage, "weihai", kStart, kStart + 6 * kHour);
  traffic(coverage, "shidao", kStart, kStart + 8 * kHour);
  traffic(coverage, "weihai", kStart + 12 * kHour, kStart + 13 * kHour);
  traffic(coverage, "shidao", kStart + 14 * kHour, kStart + 15 * kHour);
  const auto at = geo::to_position(geo::destination(kMast, 72, 20'000));
  const auto kind = model::TerminalKind::kMmsi;
  const auto silence = coverage.silence(kind, at, {kStart + 5 * kHour}, {kStart + 15 * kHour});
  ASSERT_TRUE(silence);
  EXPECT_EQ(silence->stations.size(), 2u);
  EXPECT_NEAR(double(silence->together.count()), 5.0 * kHour, 5.0 * kMinute)
      << "while the first was away, and again before the second came back";
  EXPECT_EQ(silence->to.ms, kStart + 14 * kHour);
  EXPECT_FALSE(coverage.silence(kind, at, {kStart}, {kStart + 5 * kHour})) << "both were heard";
  EXPECT_FALSE(coverage.silence(model::TerminalKind::kBeidou, at, {kStart}, {kStart + 15 * kHour}))
      << "no station hears this kind";
  EXPECT_FALSE(coverage.silence(kind, geo::to_position({10, 10}), {kStart}, {kStart + 15 * kHour}))
      << "no station covers the place";
}

TEST(Coverage, AnOutageThatLastsIsOne) {
  Coverage coverage;
  traffic(coverage, "weihai", kStart, kStart + 2 * kHour);
  const auto at = geo::to_position(geo::destination(kMast, 0, 20'000));
  const base::Instant later{kStart + 5 * kHour};
  const auto silence = coverage.silence(model::TerminalKind::kMmsi, at, {kStart + kHour}, later);
  ASSERT_TRUE(silence);
  EXPECT_EQ(silence->to, later);
  const auto found = coverage.station("shore", "weihai", later);
  EXPECT_TRUE(found->silent_now);
  ASSERT_EQ(found->outages.size(), 1u);
}

TEST(Coverage, OneBoatThatStopsIsNoSilentReceiver) {
  Coverage coverage;
  for (std::int64_t t = kStart; t < kStart + 5 * kHour; t += 2 * kMinute) {
    hear(coverage, "weihai", 412000001, kMast, t);
    hear(coverage, "weihai", 412000002, kMast, t);
  }
  EXPECT_FALSE(coverage.silence(model::TerminalKind::kMmsi, geo::to_position(kMast),
                                {kStart + 4 * kHour}, {kStart + 9 * kHour}));
  EXPECT_FALSE(coverage.station("shore", "weihai", {kStart + 9 * kHour})->silent_now);
}

TEST(Coverage, ListsTheStationsThatAreSilentAndWhatNobodyHears) {
  Coverage coverage;
  traffic(coverage, "weihai", kStart, kStart + 2 * kHour);
  traffic(coverage, "shidao", kStart, kStart + 3 * kHour);
  EXPECT_TRUE(coverage.silent({kStart + 2 * kHour}).empty());
  // Shidao goes on, but hears one of the five places only.
  for (std::int64_t t = kStart + 3 * kHour; t < kStart + 5 * kHour; t += 2 * kMinute) {
    hear(coverage, "shidao", 412000001, geo::destination(kMast, 0, 20'000), t);
  }
  const auto silent = coverage.silent({kStart + 5 * kHour});
  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent[0].name, "weihai");
  EXPECT_EQ(silent[0].cells, 5u);
  EXPECT_EQ(silent[0].elsewhere, 1u);
  EXPECT_LT(geo::distance_m(silent[0].middle, kMast), 5'000);
  EXPECT_NEAR(double(silent[0].since.ms), double(kStart + 2 * kHour), 3.0 * kMinute);
  EXPECT_TRUE(coverage.silent({kStart + 400 * kHour}).empty()) << "after weeks it is none any more";
}

TEST(Coverage, NamesTheStationsThatHeardAPosition) {
  Coverage coverage;
  const auto fix = fix_of(412000001, kMast, kStart);
  coverage.take(fix, by("weihai", kStart, std::int16_t{-80}));
  coverage.take_copy(fix.track.terminal, fix.time, fix.position, by("shidao", kStart + 900));
  auto heard = coverage.heard_by(fix.track);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].count, 2u);
  ASSERT_EQ(heard[0].receptions.size(), 2u);
  EXPECT_EQ(heard[0].receptions[0].station, "weihai");
  EXPECT_EQ(heard[0].receptions[0].signal_dbm, -80);
  EXPECT_EQ(heard[0].receptions[1].station, "shidao");
  EXPECT_EQ(heard[0].receptions[1].at.ms, kStart + 900);
  EXPECT_FALSE(heard[0].receptions[1].signal_dbm);

  // A copy after the next message still belongs to its own.
  const auto next = fix_of(412000001, kMast, kStart + 10'000);
  coverage.take(next, by("weihai", kStart + 10'000));
  coverage.take_copy(fix.track.terminal, fix.time, fix.position, by("rushan", kStart + 11'000));
  heard = coverage.heard_by(fix.track);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0].time, next.time);
  EXPECT_EQ(heard[0].count, 1u);
  EXPECT_EQ(heard[1].count, 3u);
  EXPECT_TRUE(coverage.heard_by({fix.track.terminal, 1}).empty()) << "another hull of the number";
}

TEST(Coverage, ACopyOfAWithheldPositionIsNotCounted) {
  Coverage coverage;
  const auto fix = fix_of(412000001, kMast, kStart);
  coverage.take(fix, by("weihai", kStart));
  const auto wrong = geo::to_position({0, 0});
  coverage.take_copy(fix.track.terminal, {kStart + 10'000}, wrong, by("shidao", kStart + 11'000));
  EXPECT_FALSE(coverage.station("shore", "shidao", {kStart + 12'000})->cells.size());
}

TEST(Coverage, HoldsNoMoreThanItMay) {
  Coverage coverage;
  for (std::int32_t i = 0; i < 20'000; ++i) {
    hear(coverage, "satellite", 412000001, {-60 + (i / 200) * 0.1, -150 + (i % 200) * 0.5}, kStart);
  }
  const auto found = coverage.station("shore", "satellite", {kStart});
  EXPECT_EQ(found->cells.size(), Coverage::kMostCellsOfStation);
  EXPECT_EQ(found->beyond, 20'000u - Coverage::kMostCellsOfStation);
  for (int i = 0; i < 400; ++i) hear(coverage, "made" + std::to_string(i), 1, kMast, kStart);
  EXPECT_FALSE(coverage.station("shore", "made300", {kStart}));
  // After a week of silence there is room again.
  hear(coverage, "satellite", 412000001, {80, 80}, kStart + 170 * kHour);
  EXPECT_EQ(coverage.station("shore", "satellite", {kStart + 170 * kHour})->cells.size(), 1u);
}

TEST(Coverage, GoesOnAfterARestart) {
  Coverage before;
  traffic(before, "weihai", kStart, kStart + 6 * kHour);
  traffic(before, "weihai", kStart + 9 * kHour, kStart + 10 * kHour);
  base::ByteWriter out;
  before.save(out);
  Coverage after;
  base::ByteReader in(out.bytes());
  ASSERT_TRUE(after.load(in));
  EXPECT_EQ(in.left(), 0u);
  for (auto* one : {&before, &after}) {
    traffic(*one, "shidao", kStart + 10 * kHour, kStart + 11 * kHour);
  }
  base::ByteWriter first, second;
  before.save(first);
  after.save(second);
  EXPECT_EQ(first.bytes(), second.bytes());
  const auto damaged = std::string_view(out.bytes()).substr(0, out.size() / 2);
  base::ByteReader cut(damaged);
  EXPECT_FALSE(Coverage().load(cut));
}

}  // namespace
}  // namespace jinglue::picture
