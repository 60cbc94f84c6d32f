// SPDX-License-Identifier: Apache-2.0
#include "detect/distress/distress_watch.hpp"

#include <gtest/gtest.h>

using namespace jinglue;
using detect::DistressText;
using detect::DistressWatch;
using detect::Signal;
using model::Severity;
using model::StepKind;

namespace {

constexpr std::int64_t kBegin_ms = 1'714'536'000'000;

model::TrackId track(std::uint64_t mmsi) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, mmsi), 0};
}

model::Fix fix(std::uint64_t mmsi, std::int64_t second, std::optional<std::uint8_t> status) {
  model::Fix out;
  out.track = track(mmsi);
  out.time = out.arrival = {kBegin_ms + second * 1000};
  out.position = geo::to_position({37.25, 122.7});
  out.nav_status = status;
  out.offset = std::uint64_t(second) + 1;
  return out;
}

DistressText text(std::uint64_t mmsi, std::int64_t second, std::string said) {
  DistressText out;
  out.from = track(mmsi);
  out.time = out.arrival = {kBegin_ms + second * 1000};
  out.offset = std::uint64_t(second) + 1;
  out.text = std::move(said);
  return out;
}

struct Room {
  DistressWatch watch;
  std::vector<model::FindingStep> steps;

  void hear(const model::Fix& f) { watch.on_fix(f, {}, steps); }
  void hear(const DistressText& t) { watch.on_text(t, {}, steps); }
  void tick(std::int64_t second) { watch.on_tick({kBegin_ms + second * 1000}, 99, steps); }
};

}  // namespace

TEST(Distress, ABeaconOpensAFindingWithItsFirstMessage) {
  Room room;
  room.hear(fix(972'412'001, 0, 14));
  ASSERT_EQ(room.steps.size(), 1u);
  const auto& step = room.steps[0];
  EXPECT_EQ(step.kind, StepKind::kOpened);
  EXPECT_EQ(step.rule_id, "distress.beacon");
  EXPECT_EQ(step.severity, Severity::kCritical);
  EXPECT_EQ(step.title.zh, "人员落水报警");
  EXPECT_EQ(step.subjects[0].id, "mmsi:972412001");
  ASSERT_EQ(step.positions.size(), 1u);
  EXPECT_NE(step.reason.en.find("37.25000°N, 122.70000°E"), std::string::npos) << step.reason.en;
}

TEST(Distress, ATestOfABeaconIsToldApartAndTheRealAlarmAfterItIsItsOwn) {
  Room room;
  room.hear(fix(970'412'001, 0, 15));
  EXPECT_EQ(room.steps.back().rule_id, "distress.beacon_test");
  EXPECT_EQ(room.steps.back().severity, Severity::kInfo);
  room.hear(text(970'412'001, 5, "SART TEST"));
  EXPECT_EQ(room.steps.back().rule_id, "distress.beacon_test");
  EXPECT_EQ(room.steps.back().kind, StepKind::kExtended);
  room.hear(fix(970'412'001, 60, 14));
  EXPECT_EQ(room.steps.back().rule_id, "distress.beacon");
  EXPECT_EQ(room.steps.back().kind, StepKind::kOpened);
  EXPECT_EQ(room.watch.open(), 2u);
}

TEST(Distress, ABeaconWhoseStatusIsNotKnownIsTakenForReal) {
  Room room;
  room.hear(fix(974'412'001, 0, std::nullopt));
  EXPECT_EQ(room.steps.back().rule_id, "distress.beacon");
}

TEST(Distress, AnOrdinaryShipWithStatus14IsToldApart) {
  Room room;
  room.hear(fix(412'345'678, 0, 14));
  EXPECT_EQ(room.steps.back().rule_id, "distress.status_14");
  EXPECT_EQ(room.steps.back().severity, Severity::kHigh);
  room.hear(fix(412'345'678, 60, 7));
  EXPECT_EQ(room.steps.size(), 1u) << "fishing";
}

TEST(Distress, ATextNeedsNoPosition) {
  Room room;
  room.hear(text(972'412'001, 0, "MOB ACTIVE"));
  ASSERT_EQ(room.steps.size(), 1u);
  EXPECT_EQ(room.steps[0].rule_id, "distress.beacon");
  EXPECT_TRUE(room.steps[0].positions.empty());
  EXPECT_NE(room.steps[0].reason.zh.find("尚无船位"), std::string::npos);
  room.hear(fix(972'412'001, 10, 14));
  ASSERT_EQ(room.steps.size(), 2u) << "the first position is news";
  EXPECT_EQ(room.steps[1].kind, StepKind::kExtended);
  EXPECT_EQ(room.steps[1].finding.value, room.steps[0].finding.value);
}

TEST(Distress, WordsOfDistressStandAlone) {
  const auto ship = track(412'345'678).terminal;
  EXPECT_EQ(detect::signal_of_text(ship, "mayday mayday taking water"), Signal::kSos);
  EXPECT_EQ(detect::signal_of_text(ship, "SOS"), Signal::kSos);
  EXPECT_EQ(detect::signal_of_text(ship, "我船遇险，请求救助"), Signal::kSos);
  EXPECT_EQ(detect::signal_of_text(ship, "SOSSEN LIGHT UNLIT"), Signal::kSafetyText);
  EXPECT_EQ(detect::signal_of_text(ship, "SOS TEST"), Signal::kSafetyText);
  EXPECT_EQ(detect::signal_of_text(ship, "BUOY 12 OFF POSITION"), Signal::kSafetyText);
  EXPECT_EQ(detect::signal_of_text(ship, ""), Signal::kSafetyText);
  EXPECT_EQ(detect::signal_of_text(track(970'412'001).terminal, "SART ACTIVE"), Signal::kBeacon);
  EXPECT_EQ(detect::signal_of_text(track(970'412'001).terminal, "SART TEST"), Signal::kBeaconTest);
}

TEST(Distress, AnAlarmWithoutWordsIsACallForHelp) {
  Room room;
  auto alarm = text(412'345'678, 0, "");
  alarm.from.terminal = model::TerminalId::make(model::TerminalKind::kBeidou, 242'286);
  alarm.alarm = true;
  alarm.last_fix = fix(412'345'678, -60, std::nullopt);
  room.hear(alarm);
  EXPECT_EQ(room.steps[0].rule_id, "distress.sos");
  EXPECT_EQ(room.steps[0].severity, Severity::kCritical);
  ASSERT_EQ(room.steps[0].positions.size(), 1u);
}

TEST(Distress, ABurstIsOneFindingExtendedOnceAMinute) {
  Room room;
  for (std::int64_t second = 0; second < 300; second += 2) room.hear(fix(972'412'001, second, 14));
  EXPECT_EQ(room.steps.size(), 5u);
  EXPECT_EQ(room.steps.back().values["messages"].as_int(), 121);
  EXPECT_LE(room.steps.back().positions.size(), DistressWatch::kMostPositions);
  EXPECT_EQ(room.steps.back().positions.front().time.ms, kBegin_ms);
}

TEST(Distress, SixHoursOfSilenceCloseItAndItsEndIsTheLastMessage) {
  Room room;
  room.hear(fix(972'412'001, 0, 14));
  room.hear(fix(972'412'001, 30, 14));
  room.tick(30 + 6 * 3600 - 1);
  EXPECT_EQ(room.steps.size(), 1u);
  room.tick(30 + 6 * 3600);
  ASSERT_EQ(room.steps.size(), 2u);
  EXPECT_EQ(room.steps[1].kind, StepKind::kClosed);
  EXPECT_EQ(room.steps[1].end->ms, kBegin_ms + 30'000);
  room.hear(fix(972'412'001, 40'000, 14));
  EXPECT_EQ(room.steps.back().kind, StepKind::kOpened);
  EXPECT_NE(room.steps.back().finding.value, room.steps[0].finding.value);
}

TEST(Distress, GoesOnAfterASnapshot) {
  Room a;
  a.hear(fix(972'412'001, 0, 14));
  a.hear(text(412'345'678, 3, "MAYDAY"));
  base::ByteWriter saved;
  a.watch.save(saved);
  Room b;
  base::ByteReader in(saved.bytes());
  ASSERT_TRUE(b.watch.load(in));
  EXPECT_EQ(in.left(), 0u);
  a.steps.clear();
  for (auto* room : {&a, &b}) {
    room->hear(fix(972'412'001, 90, 14));
    room->hear(text(412'345'678, 95, "MAYDAY SINKING"));
    room->tick(50'000);
  }
  EXPECT_EQ(a.steps, b.steps);
  for (std::size_t cut = 0; cut < saved.size(); cut += 5) {
    DistressWatch other;
    base::ByteReader half(std::string_view(saved.bytes()).substr(0, cut));
    EXPECT_FALSE(other.load(half)) << cut;
  }
}

TEST(Distress, AStormOfSendersIsBounded) {
  Room room;
  for (std::uint64_t i = 0; i <= DistressWatch::kMostOpen; ++i) {
    room.hear(fix(970'000'000 + i, std::int64_t(i), 14));
  }
  EXPECT_EQ(room.watch.open(), DistressWatch::kMostOpen);
  EXPECT_EQ(room.steps[room.steps.size() - 2].kind, StepKind::kClosed);
}
