// SPDX-License-Identifier: Apache-2.0
// Real AIS in which one number is used by several hulls or jumps (optional data beside the tree),
// and made cases for each rule of the gate.
#include "picture/gate/gate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "base/json.hpp"
#include "geo/geodesic.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using picture::Gate;
using picture::kStraySegment;
using picture::Segmenter;
using picture::Withheld;

namespace {

constexpr std::int64_t kBegin_ms = 1'714'536'000'000;
constexpr geo::LatLon kShidao{36.88, 122.42};

model::TerminalId mmsi(std::uint64_t number) {
  return model::TerminalId::make(model::TerminalKind::kMmsi, number);
}

model::Fix fix_at(geo::LatLon p, std::int64_t second, double speed_kn = 0, double course_deg = 0,
                  std::uint64_t number = 412'345'678) {
  model::Fix fix;
  fix.track = {mmsi(number), 0};
  fix.time = fix.arrival = {kBegin_ms + second * 1000};
  fix.position = geo::to_position(p);
  fix.sog_ckn = static_cast<std::uint16_t>(std::lround(speed_kn * 100));
  fix.cog_cdeg = static_cast<std::uint16_t>(std::lround(course_deg * 100) % 36'000);
  return fix;
}

/// Where a ship from `from` is after so many seconds.
geo::LatLon sailed(geo::LatLon from, double course_deg, double speed_kn, std::int64_t second) {
  return geo::destination(from, course_deg, speed_kn * 1852 * double(second) / 3600);
}

struct Real {
  std::vector<model::Fix> fixes;
  std::vector<std::string> expected;  ///< segment by the file, empty when it says none
};

Real read_real(const std::filesystem::path& file) {
  Real out;
  for (const auto& line : tests::read_lines(file)) {
    const auto row = base::parse_json(line);
    if (!row || (*row)["lat"].is_null() || (*row)["lon"].is_null()) continue;
    auto text = (*row)["timestamp"].as_string();
    text = text.substr(0, 10) + "T" + text.substr(11, 8) + "Z";
    const auto time = base::parse_iso(text);
    if (!time) continue;
    auto fix = fix_at({(*row)["lat"].as_double(), (*row)["lon"].as_double()}, 0);
    fix.time = fix.arrival = *time;
    const double speed = (*row)["speed"].as_double(102.3);
    const double course = (*row)["course"].as_double(360);
    fix.sog_ckn.reset();  // these files hold 0 for "not known"
    fix.cog_cdeg.reset();
    if (speed > 0 && speed < 102.2)
      fix.sog_ckn = static_cast<std::uint16_t>(std::lround(speed * 100));
    if (course > 0 && course < 360)
      fix.cog_cdeg = static_cast<std::uint16_t>(std::lround(course * 100));
    out.fixes.push_back(fix);
    const auto& named = (*row)["expected"].is_null() ? (*row)["segment"] : (*row)["expected"];
    out.expected.push_back(named.as_string());
  }
  // One of the files is in order of its segments.
  std::vector<std::size_t> order(out.fixes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return out.fixes[a].time < out.fixes[b].time;
  });
  Real sorted;
  for (const auto i : order) {
    sorted.fixes.push_back(out.fixes[i]);
    sorted.expected.push_back(out.expected[i]);
  }
  return sorted;
}

std::filesystem::path fixture(const std::string& name) {
  return tests::shared_ais() / "../behaviour/segment_fixtures" / name;
}

double implied_kn(const model::Fix& a, const model::Fix& b) {
  const double m = geo::distance_m(a.position.degrees(), b.position.degrees());
  const double hours = std::max(double((b.time - a.time).count()) / 3'600'000, 1.0 / 60);
  return m / 1852 / hours;
}

struct Judged {
  std::vector<std::uint16_t> segments;
  std::map<std::uint16_t, std::size_t> sizes;
  std::size_t jumps{0};  ///< over 60 kn and 8 nm between neighbours of one segment
};

Judged judge(const std::vector<model::Fix>& fixes) {
  Judged out;
  Gate gate;
  std::map<std::uint16_t, model::Fix> last;
  for (const auto& fix : fixes) {
    const auto segment = gate.take(fix).fix.track.segment;
    out.segments.push_back(segment);
    ++out.sizes[segment];
    if (segment == kStraySegment) continue;
    const auto found = last.find(segment);
    if (found != last.end()) {
      const double m = geo::distance_m(found->second.position.degrees(), fix.position.degrees());
      if (m > 8 * 1852 && implied_kn(found->second, fix) > 60) ++out.jumps;
    }
    last[segment] = fix;
  }
  return out;
}

}  // namespace

TEST(Gate, AShipWithOneHullIsSegmentZeroWhateverItsSilence) {
  Gate gate;
  for (const std::int64_t second : {0L, 10L, 600L, 7'200L, 86'400L, 900'000L, 900'010L}) {
    const auto passed = gate.take(fix_at(sailed(kShidao, 90, 9, second), second, 9, 90));
    EXPECT_EQ(passed.fix.track.segment, 0) << second;
    EXPECT_EQ(passed.why, Withheld::kNot) << second;
  }
}

TEST(Gate, ABoatThatWasOffForTwentyHoursAndComesBackElsewhereIsTheSameBoat) {
  Gate gate;
  gate.take(fix_at(kShidao, 0, 8, 90));
  const auto there = geo::destination(kShidao, 200, 180 * 1852.0);  // 9 kn, another way
  EXPECT_EQ(gate.take(fix_at(there, 72'000, 8, 20)).fix.track.segment, 0);
}

TEST(Gate, AFastFerryIsOneShip) {
  Gate gate;
  for (std::int64_t second = 0; second < 7200; second += 60) {
    const auto passed = gate.take(fix_at(sailed(kShidao, 45, 42, second), second, 42, 45));
    ASSERT_EQ(passed.why, Withheld::kNot) << second;
  }
}

TEST(Gate, OneWrongPositionIsAStrayAndTheShipGoesOn) {
  Gate gate;
  for (std::int64_t second = 0; second < 600; second += 10) {
    gate.take(fix_at(sailed(kShidao, 90, 9, second), second, 9, 90));
  }
  const auto stray = gate.take(fix_at({22.0, 114.0}, 605, 9, 90));
  EXPECT_EQ(stray.why, Withheld::kStray);
  EXPECT_EQ(stray.fix.track.segment, kStraySegment);
  const auto next = gate.take(fix_at(sailed(kShidao, 90, 9, 610), 610, 9, 90));
  EXPECT_EQ(next.why, Withheld::kNot);
  EXPECT_EQ(next.fix.track.segment, 0);
  EXPECT_EQ(gate.counts()[std::size_t(Withheld::kStray)], 1u);
  EXPECT_FALSE(gate.shared(mmsi(412'345'678)));
}

TEST(Gate, TwoHullsOnOneNumberAreTwoSegments) {
  Gate gate;
  const geo::LatLon south{30.0, 123.0};
  std::map<std::string, std::set<std::uint16_t>> shown;
  std::size_t strays = 0;
  for (std::int64_t second = 0; second < 7200; second += 60) {
    const auto a = gate.take(fix_at(sailed(kShidao, 90, 9, second), second, 9, 90));
    const auto b = gate.take(fix_at(sailed(south, 10, 11, second), second + 30, 11, 10));
    (a.why == Withheld::kNot ? shown["a"].insert(a.fix.track.segment).second : ++strays != 0);
    (b.why == Withheld::kNot ? shown["b"].insert(b.fix.track.segment).second : ++strays != 0);
  }
  EXPECT_EQ(shown["a"], std::set<std::uint16_t>{0});
  EXPECT_EQ(shown["b"], std::set<std::uint16_t>{1});
  EXPECT_EQ(strays, 5u);  // five minutes of the second hull
  EXPECT_TRUE(gate.shared(mmsi(412'345'678)));
}

TEST(Gate, WhenTheFirstPositionWasWrongTheShipIsStillSegmentZero) {
  Gate gate;
  gate.take(fix_at({10.0, 100.0}, 0, 9, 90));
  picture::Passed last;
  for (std::int64_t second = 10; second <= 400; second += 10) {
    last = gate.take(fix_at(sailed(kShidao, 90, 9, second), second, 9, 90));
  }
  EXPECT_EQ(last.fix.track.segment, 0);
  EXPECT_EQ(last.why, Withheld::kNot);
}

TEST(Gate, ZeroIsNoPosition) {
  Gate gate;
  EXPECT_EQ(gate.take(fix_at({0, 0}, 0)).why, Withheld::kZeroPosition);
  auto beidou = fix_at({0, 122.0}, 0);
  EXPECT_EQ(gate.take(beidou).why, Withheld::kNot) << "a ship on the equator";
  beidou.source = model::FixSource::kBeidou;
  beidou.track.terminal = model::TerminalId::make(model::TerminalKind::kBeidou, 242'286);
  EXPECT_EQ(gate.take(beidou).why, Withheld::kZeroPosition);
}

TEST(Gate, SpeedsThatMeanNotAvailableAreAbsent) {
  Gate gate;
  EXPECT_FALSE(gate.take(fix_at(kShidao, 0, 51.2)).fix.sog_ckn);
  EXPECT_FALSE(gate.take(fix_at(kShidao, 10, 63.0)).fix.sog_ckn);
  EXPECT_EQ(gate.take(fix_at(kShidao, 20, 50.0)).fix.sog_ckn, 5000);
  auto beidou = fix_at(kShidao, 0, 51.2);
  beidou.source = model::FixSource::kBeidou;
  beidou.track.terminal = model::TerminalId::make(model::TerminalKind::kBeidou, 242'286);
  EXPECT_EQ(gate.take(beidou).fix.sog_ckn, 5120);
}

TEST(Gate, ARepeatedPlaceAtSpeedIsFrozenAfterTenMinutes) {
  Gate gate;
  for (std::int64_t second = 0; second <= 540; second += 60) {
    EXPECT_EQ(gate.take(fix_at(kShidao, second, 8, 90)).why, Withheld::kNot) << second;
  }
  EXPECT_EQ(gate.take(fix_at(kShidao, 600, 8, 90)).why, Withheld::kFrozen);
  EXPECT_EQ(gate.take(fix_at(sailed(kShidao, 90, 8, 660), 660, 8, 90)).why, Withheld::kNot);
}

TEST(Gate, AMooredShipIsNotFrozen) {
  Gate gate;
  for (std::int64_t second = 0; second <= 7200; second += 180) {
    ASSERT_EQ(gate.take(fix_at(kShidao, second, 0.1, 90)).why, Withheld::kNot) << second;
  }
}

TEST(Gate, ALongRangeMessageBesideABetterOneIsAnEcho) {
  Gate gate;
  auto far = fix_at(kShidao, 0, 8, 90);
  far.source = model::FixSource::kAisLongRange;
  EXPECT_EQ(gate.take(far).why, Withheld::kNot) << "nothing better was heard";
  gate.take(fix_at(kShidao, 60, 8, 90));
  far.time = far.arrival = far.time + base::Duration(600'000);
  EXPECT_EQ(gate.take(far).why, Withheld::kLongRangeEcho);
  far.time = far.arrival = far.time + base::Duration(3'600'000);
  EXPECT_EQ(gate.take(far).why, Withheld::kNot);
}

TEST(Gate, DistressAndAircraftAreNeverWithheld) {
  Gate gate;
  for (const std::uint64_t number : {970'010'001ULL, 972'010'001ULL, 974'010'001ULL}) {
    gate.take(fix_at(kShidao, 0, 0, 0, number));
    EXPECT_EQ(gate.take(fix_at({20.0, 110.0}, 60, 0, 0, number)).why, Withheld::kNot) << number;
  }
  gate.take(fix_at(kShidao, 0));
  auto calling = fix_at({20.0, 110.0}, 60);
  calling.nav_status = 14;
  EXPECT_EQ(gate.take(calling).why, Withheld::kNot) << "a ship with the status of a beacon";
  auto plane = fix_at(kShidao, 0, 0, 0, 111'412'001);
  plane.source = model::FixSource::kAisAircraft;
  gate.take(plane);
  plane.position = geo::to_position({30.0, 120.0});
  EXPECT_EQ(gate.take(plane).why, Withheld::kNot);
}

TEST(Gate, AClockAheadDoesNotEndTracks) {
  Gate gate;
  gate.take(fix_at(kShidao, 0, 5, 90));
  auto wrong = fix_at(sailed(kShidao, 90, 5, 60), 60, 5, 90);
  wrong.time = wrong.time + base::Duration(86'400'000LL * 40);
  EXPECT_EQ(gate.take(wrong).why, Withheld::kNot);
  EXPECT_EQ(gate.take(fix_at(sailed(kShidao, 90, 5, 120), 120, 5, 90)).why, Withheld::kNot);
}

/// A saved and loaded gate goes on exactly as the one that was saved.
RC_GTEST_PROP(Gate, GoesOnAfterASnapshot, ()) {
  const auto jump = [] {
    return fix_at({double(*rc::gen::inRange(30, 34)), double(*rc::gen::inRange(120, 124))},
                  *rc::gen::inRange(0, 90'000), *rc::gen::inRange(0, 20), *rc::gen::inRange(0, 360),
                  412'000'000 + *rc::gen::inRange<unsigned>(0, 3));
  };
  Gate a;
  const int before = *rc::gen::inRange(0, 60);
  for (int i = 0; i < before; ++i) a.take(jump());
  base::ByteWriter saved;
  a.save(saved);
  Gate b;
  base::ByteReader in(saved.bytes());
  RC_ASSERT(b.load(in));
  RC_ASSERT(in.left() == 0u);
  for (int i = 0; i < 40; ++i) {
    const auto fix = jump();
    const auto x = a.take(fix);
    const auto y = b.take(fix);
    RC_ASSERT(x.fix == y.fix);
    RC_ASSERT(x.why == y.why);
  }
  RC_ASSERT(a.counts() == b.counts());
}

/// What is near in time and place is of the track, by the short way and by the whole one.
RC_GTEST_PROP(Segmenter, TheShortWayDecidesAsTheWholeOne, ()) {
  Segmenter plain;
  Segmenter second_hull;  // never takes the short way: it has two tracks
  for (std::int64_t s = 0; s < 600; s += 60) {
    second_hull.assign(fix_at({0.5, 20.0}, s - 3600, 0, 0));
  }
  geo::LatLon at = kShidao;
  std::int64_t second = 0;
  for (int i = 0; i < 30; ++i) {
    const auto fix = fix_at(at, second, *rc::gen::inRange(0, 25), *rc::gen::inRange(0, 360));
    const auto of_plain = plain.assign(fix);
    const auto of_second = second_hull.assign(fix);
    RC_ASSERT(of_plain == 0);
    if (i > 10) RC_ASSERT(of_second == 1);
    at = geo::destination(at, *rc::gen::inRange(0, 360), *rc::gen::inRange(0, 900));
    second += *rc::gen::inRange(60, 600);
  }
}

/// A ship by satellite, 11 kn; some messages carry a place 8 to 27 nm ahead (a wrong clock). The
/// file's own segments take four of these for the ship and 24 of the ship's for noise.
TEST(GateReal, OneShipWithJumpsKeepsItsTrack) {
  const auto file = fixture("338013000.json.gz");
  JINGLUE_NEEDS_SHARED(file);
  const auto judged = judge(read_real(file).fixes);
  const std::map<std::uint16_t, std::size_t> expected = {{0, 1183}, {kStraySegment, 10}};
  EXPECT_EQ(judged.sizes, expected);
  EXPECT_LE(judged.jumps, 2u);  // after a silence nobody can know
}

/// A number that dozens of hulls use, without speed and course. The file's segments end with each
/// gap, ours with the hull: several of theirs one after the other are no fault, going back to one
/// that was left is.
TEST(GateReal, ManyHullsOnOneNumberHardlyMix) {
  const auto file = fixture("segmented-416000000.json.gz");
  JINGLUE_NEEDS_SHARED(file);
  const auto real = read_real(file);
  const auto judged = judge(real.fixes);
  std::size_t mixed = 0;
  std::map<std::uint16_t, std::string> now;
  std::map<std::uint16_t, std::set<std::string>> left;
  for (std::size_t i = 0; i < real.fixes.size(); ++i) {
    const auto segment = judged.segments[i];
    if (segment == kStraySegment) continue;
    const bool changed = now[segment] != real.expected[i];
    if (changed && left[segment].count(real.expected[i]) != 0) ++mixed;
    now[segment] = real.expected[i];
    left[segment].insert(real.expected[i]);
  }
  EXPECT_EQ(real.fixes.size(), 1668u);
  EXPECT_LE(mixed, 13u);
  EXPECT_LE(judged.sizes.at(kStraySegment), 101u);
  EXPECT_GE(judged.sizes.size(), 10u);
  EXPECT_LE(judged.jumps, 6u);
}

TEST(GateReal, NeighboursOfASegmentNeverJump) {
  const auto file = fixture("263576000.json.gz");
  JINGLUE_NEEDS_SHARED(file);
  const auto judged = judge(read_real(file).fixes);
  const std::map<std::uint16_t, std::size_t> expected = {{0, 928}, {kStraySegment, 1}};
  EXPECT_EQ(judged.sizes, expected);
  EXPECT_EQ(judged.jumps, 0u);
}
