// SPDX-License-Identifier: Apache-2.0
// Messages in the nouns and units of model/: exact conversions and where the event time comes from.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "observe/ais/decoder.hpp"
#include "unit/observe/ais/generators.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

constexpr base::Instant kArrival{1'714'536'010'250};  // 04:00:10.250 UTC

base::Instant at(const char* text) {
  return base::parse_iso(text).value();
}

PositionReport at_weihai(std::uint8_t type) {
  PositionReport m;
  m.type = type;
  m.mmsi = 412345678;
  m.lat = type == 27 ? 22'509 : 22'509'123;
  m.lon = type == 27 ? 73'301 : 73'301'456;
  m.sog = type == 27 || type == 9 ? 12 : 123;
  m.cog = type == 27 ? 359 : 3599;
  return m;
}

base::Instant derived(std::uint8_t second, base::Instant arrival) {
  auto m = at_weihai(1);
  m.utc_second = second;
  const auto report = to_report(m, std::nullopt, arrival, 1);
  EXPECT_EQ(report.fix->quality, model::TimeQuality::kDerived);
  return report.fix->time;
}

}  // namespace

TEST(AisReport, UnitsAreConvertedExactly) {
  const auto fine = to_report(at_weihai(1), std::nullopt, kArrival, 42).fix.value();
  EXPECT_EQ(fine.position, (geo::Position{225'091'230, 733'014'560}));
  EXPECT_EQ(fine.sog_ckn, 1230);
  EXPECT_EQ(fine.cog_cdeg, 35'990);
  EXPECT_EQ(fine.offset, 42u);
  EXPECT_EQ(model::to_text(fine.track), "mmsi:412345678");
  const auto coarse = to_report(at_weihai(27), std::nullopt, kArrival, 42).fix.value();
  EXPECT_EQ(coarse.position, (geo::Position{225'090'000, 733'010'000}));
  EXPECT_EQ(coarse.sog_ckn, 1200);
  EXPECT_EQ(coarse.cog_cdeg, 35'900);
  const auto aircraft = to_report(at_weihai(9), std::nullopt, kArrival, 42).fix.value();
  EXPECT_EQ(aircraft.sog_ckn, 1200);
  EXPECT_EQ(aircraft.cog_cdeg, 35'990);
}

TEST(AisReport, TheKindOfReportIsTheSourceOfTheFix) {
  using model::FixSource;
  const std::pair<int, FixSource> sources[] = {
      {1, FixSource::kAisA},       {2, FixSource::kAisA},  {3, FixSource::kAisA},
      {18, FixSource::kAisB},      {19, FixSource::kAisB}, {27, FixSource::kAisLongRange},
      {9, FixSource::kAisAircraft}};
  for (const auto& [type, source] : sources) {
    const auto report = to_report(at_weihai(std::uint8_t(type)), std::nullopt, kArrival, 1);
    EXPECT_EQ(report.fix->source, source) << type;
    EXPECT_EQ(report.stated.has_value(), type == 19) << type;
  }
}

TEST(AisReport, AStatedTimeIsTakenAsItIs) {
  auto m = at_weihai(1);
  m.utc_second = 33;
  const auto stated = at("2010-06-11T11:46:11.390Z");
  const auto fix = to_report(m, stated, kArrival, 1).fix.value();
  EXPECT_EQ(fix.time, stated);
  EXPECT_EQ(fix.arrival, kArrival);
  EXPECT_EQ(fix.quality, model::TimeQuality::kStated);
}

TEST(AisReport, WithoutAnyTimeTheArrivalIsTheTime) {
  const auto fix = to_report(at_weihai(27), std::nullopt, kArrival, 1).fix.value();
  EXPECT_EQ(fix.time, kArrival);
  EXPECT_EQ(fix.quality, model::TimeQuality::kArrival);
}

TEST(AisReport, TheSecondOfTheMessageCorrectsTheArrival) {
  const auto arrival = at("2024-05-01T04:00:10.250Z");
  EXPECT_EQ(derived(8, arrival), at("2024-05-01T04:00:08Z"));
  EXPECT_EQ(derived(10, arrival), at("2024-05-01T04:00:10Z"));
  EXPECT_EQ(derived(58, arrival), at("2024-05-01T03:59:58Z"));
  EXPECT_EQ(derived(16, arrival), at("2024-05-01T03:59:16Z"));
  EXPECT_EQ(derived(14, arrival), arrival) << "their clock is ahead of ours; never in the future";
  EXPECT_EQ(derived(2, at("2024-05-01T03:59:59Z")), at("2024-05-01T03:59:59Z"));
}

RC_GTEST_PROP(AisReport, ADerivedTimeIsWithinTheMinuteBeforeTheArrival, ()) {
  const base::Instant arrival{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000)};
  const auto second = *rc::gen::inRange<std::uint8_t>(0, 60);
  const auto time = derived(second, arrival);
  RC_ASSERT(time <= arrival);
  RC_ASSERT(arrival - time < base::Duration(60'000));
  RC_ASSERT(time == arrival || time.ms / 1000 % 60 == second);
}

TEST(AisReport, APositionNeedsBothCoordinates) {
  auto m = at_weihai(1);
  m.lat.reset();
  EXPECT_FALSE(to_report(m, std::nullopt, kArrival, 1).fix);
}

TEST(AisReport, StaticDataOfAllTypesBecomeStaticReports) {
  const StaticData voyage{.type = 5,
                          .mmsi = 412345678,
                          .imo = 9'123'456,
                          .call_sign = "BABC1",
                          .name = "LURONGYU 1",
                          .ship_type = std::uint8_t{30},
                          .dimensions = model::Dimensions{20, 10, 3, 4},
                          .eta = 0x12345,
                          .draught_dm = std::uint8_t{35},
                          .destination = "SHIDAO"};
  const auto said = to_report(voyage, std::nullopt, kArrival, 7).stated.value();
  EXPECT_EQ(said.name, "LURONGYU 1");
  EXPECT_EQ(said.call_sign, "BABC1");
  EXPECT_EQ(said.imo, 9'123'456u);
  EXPECT_EQ(said.ship_type, 30);
  EXPECT_EQ(said.dimensions, voyage.dimensions);
  EXPECT_EQ(said.eta, 0x12345u);
  EXPECT_EQ(said.draught_dm, 35);
  EXPECT_EQ(said.destination, "SHIDAO");
  EXPECT_EQ(said.time, kArrival);
  EXPECT_EQ(said.offset, 7u);

  const AtonReport buoy{.mmsi = 994121234, .aton_type = 14, .name = "NET 7", .lat = 1, .lon = 2};
  const auto both = to_report(buoy, std::nullopt, kArrival, 8);
  EXPECT_EQ(both.fix->source, model::FixSource::kAisAton);
  EXPECT_EQ(both.stated->aton_type, 14);
  EXPECT_EQ(both.stated->name, "NET 7");
}

TEST(AisReport, ABaseStationIsAFixWithTheSecondOfItsOwnClock) {
  BaseStationReport m;
  m.mmsi = 4122100;
  m.lat = 22'509'123;
  m.lon = 73'301'456;
  m.utc = at("2006-11-15T17:46:08Z");
  const auto fix = to_report(m, std::nullopt, at("2024-05-01T04:00:10.250Z"), 1).fix.value();
  EXPECT_EQ(fix.source, model::FixSource::kAisBase);
  EXPECT_EQ(fix.time, at("2024-05-01T04:00:08Z"));
}

RC_GTEST_PROP(AisReport, EveryMessageGivesAReportOfItsOwnTerminal, ()) {
  const Message message = any_message();
  const auto report = to_report(message, std::nullopt, kArrival, 9);
  const auto mmsi = std::visit([](const auto& m) { return m.mmsi; }, message);
  if (report.fix) {
    RC_ASSERT(report.fix->track.terminal.number() == mmsi);
    RC_ASSERT(std::abs(report.fix->position.lat) <= 540'000'000);
    RC_ASSERT(std::abs(report.fix->position.lon) <= 1'080'000'000);
  }
  if (report.stated) {
    RC_ASSERT(report.stated->track.terminal.number() == mmsi);
  }
}
