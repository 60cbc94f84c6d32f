// SPDX-License-Identifier: Apache-2.0
#include "picture/live/live.hpp"

#include <gtest/gtest.h>
#include <malloc.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "base/large_pages.hpp"
#include "picture/identity/identity.hpp"
#include "picture/live/kind.hpp"

using namespace jinglue;
using model::TrackId;
using model::VesselKind;
using picture::Identity;
using picture::Live;
using picture::LiveEntry;
using picture::LiveSnapshot;

namespace {

TrackId mmsi(std::uint64_t number, std::uint16_t segment = 0) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, number), segment};
}
TrackId beidou(std::uint64_t number) {
  return {model::TerminalId::make(model::TerminalKind::kBeidou, number), 0};
}

model::Fix fix_of(TrackId track, std::int64_t seconds, std::uint64_t offset) {
  model::Fix fix;
  fix.track = track;
  fix.time = fix.arrival = {seconds * 1000};
  fix.position = geo::to_position({37, 122});
  fix.sog_ckn = 500;
  fix.offset = offset;
  return fix;
}

model::StaticReport name_of(TrackId track, const std::string& name, std::int64_t seconds = 0) {
  model::StaticReport report;
  report.track = track;
  report.time = {seconds * 1000};
  report.name = name;
  report.offset = 1;
  return report;
}

/// A picture with its register.
struct Picture {
  Identity identity;
  Live live{identity};
  std::uint64_t offset{0};
  std::int64_t revision{0};

  bool fix(TrackId track, std::int64_t seconds) {
    const std::array soon = {track.terminal, mmsi(1).terminal};
    live.expect(soon);
    return live.apply(fix_of(track, seconds, ++offset));
  }
  void record_as(const std::string& id, base::Json fields, bool removed = false) {
    model::RecordChange change;
    change.register_id = "vessel";
    change.record_id = id;
    change.revision = ++revision;
    change.removed = removed;
    change.fields = std::move(fields);
    live.refresh(identity.apply(change), ++offset);
  }
  void record(const std::string& id, const std::string& json) {
    record_as(id, base::parse_json(json).value());
  }
  std::shared_ptr<const LiveSnapshot> snapshot() {
    live.publish(offset, {0});
    return live.snapshot();
  }
};

std::string terminals_json(const std::vector<std::string>& terminals) {
  std::string rows;
  for (const auto& t : terminals)
    rows += (rows.empty() ? "" : ",") + ("{\"terminal\":\"" + t + "\"}");
  return "{\"name\":\"鲁荣渔51234\",\"kind\":\"fishing\",\"terminals\":[" + rows + "]}";
}

bool same_entry(const LiveEntry& a, const LiveEntry& b) {
  const auto stated = [](const LiveEntry& e) {
    return e.stated ? *e.stated : picture::StaticState{};
  };
  const auto vessel = [](const LiveEntry& e) { return e.vessel ? e.vessel->id : ""; };
  return a.handle == b.handle && a.version == b.version && a.fix == b.fix && a.kind == b.kind &&
         a.class_b == b.class_b && a.merged == b.merged && a.merged_into == b.merged_into &&
         vessel(a) == vessel(b) && stated(a) == stated(b) && a.others == b.others &&
         a.berth == b.berth && a.open_findings == b.open_findings && a.severity == b.severity;
}

std::string bytes_of(const Live& live) {
  base::ByteWriter out;
  live.save(out);
  return out.take();
}

std::vector<std::string> names_of(const std::vector<const LiveEntry*>& entries) {
  std::vector<std::string> names;
  for (const auto* entry : entries) names.push_back(entry->name());
  return names;
}

}  // namespace

TEST(Live, HandlesAreGivenByFirstAppearance) {
  Picture p;
  EXPECT_TRUE(p.fix(mmsi(412000009), 10));
  EXPECT_TRUE(p.fix(mmsi(412000001), 11));
  EXPECT_TRUE(p.fix(mmsi(412000009), 20));
  const auto snapshot = p.snapshot();
  EXPECT_EQ(snapshot->size(), 2u);
  EXPECT_EQ(snapshot->offset, 3u);
  EXPECT_EQ(snapshot->find(mmsi(412000009))->handle, 0u);
  EXPECT_EQ(snapshot->find(mmsi(412000001))->handle, 1u);
  EXPECT_EQ(snapshot->find(0u)->fix.time.ms, 20'000);
  EXPECT_EQ(snapshot->find(0u)->version, 3u);
  EXPECT_EQ(snapshot->find(2u), nullptr);
  EXPECT_EQ(snapshot->find(mmsi(412000002)), nullptr);
  EXPECT_EQ(snapshot->find_vessel("nobody"), nullptr);
}

TEST(Live, AnOlderFixOfTheSameTrackChangesNothing) {
  Picture p;
  p.fix(mmsi(1), 100);
  EXPECT_FALSE(p.fix(mmsi(1), 99));
  EXPECT_EQ(p.live.entry(mmsi(1))->fix.time.ms, 100'000);
  EXPECT_EQ(p.live.entry(mmsi(1))->version, 1u);
  EXPECT_TRUE(p.fix(mmsi(1, 1), 50)) << "another segment is another track";
}

TEST(Live, AClockFarInTheFutureCannotStopATrack) {
  Picture p;
  auto wrong = fix_of(mmsi(1), 100, 1);
  wrong.time = wrong.arrival + base::Duration(86'400'000);
  EXPECT_TRUE(p.live.apply(wrong));
  p.offset = 1;
  EXPECT_TRUE(p.fix(mmsi(1), 110));
  EXPECT_EQ(p.live.entry(mmsi(1))->fix.time.ms, 110'000);
}

TEST(Live, AVesselHasOneEntryAtItsFreshestTerminal) {
  Picture p;
  p.fix(beidou(7), 10);
  p.fix(mmsi(412000001), 20);
  p.record("v1", terminals_json({"mmsi:412000001", "beidou:7"}));
  auto snapshot = p.snapshot();
  EXPECT_EQ(snapshot->size(), 1u);
  const auto* entry = snapshot->find_vessel("v1");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->handle, 0u) << "drawn where it first appeared";
  EXPECT_EQ(entry->fix.track, mmsi(412000001));
  ASSERT_EQ(entry->others.size(), 1u);
  EXPECT_EQ(entry->others[0].track, beidou(7));
  EXPECT_EQ(entry->kind, VesselKind::kFishing);
  EXPECT_EQ(snapshot->find(mmsi(412000001)), entry);
  EXPECT_TRUE(snapshot->find(1u)->merged);
  EXPECT_EQ(snapshot->find(1u)->merged_into, 0u);

  p.fix(beidou(7), 30);
  snapshot = p.snapshot();
  EXPECT_EQ(snapshot->find_vessel("v1")->fix.track, beidou(7));
  p.fix(mmsi(412000001), 25);
  snapshot = p.snapshot();
  EXPECT_EQ(snapshot->find_vessel("v1")->fix.track, beidou(7)) << "25 s is not fresher than 30 s";
  EXPECT_EQ(snapshot->find_vessel("v1")->others[0].time.ms, 25'000);
}

TEST(Live, ARegisterChangeSplitsAndRejoins) {
  Picture p;
  p.record("v1", terminals_json({"mmsi:1", "mmsi:2"}));
  p.fix(mmsi(1), 10);
  p.fix(mmsi(2), 20);
  EXPECT_EQ(p.snapshot()->size(), 1u);
  p.record("v1", terminals_json({"mmsi:2"}));
  auto snapshot = p.snapshot();
  EXPECT_EQ(snapshot->size(), 2u);
  EXPECT_EQ(snapshot->find(mmsi(1))->vessel, nullptr);
  EXPECT_EQ(snapshot->find_vessel("v1")->handle, 1u);
  EXPECT_FALSE(snapshot->find(1u)->merged);
  p.record("v2", terminals_json({"mmsi:1"}));
  snapshot = p.snapshot();
  EXPECT_EQ(snapshot->find_vessel("v2")->handle, 0u);
  EXPECT_GT(snapshot->find(0u)->version, snapshot->find(1u)->version);
  p.record_as("v2", base::Json::object(), true);
  EXPECT_EQ(p.snapshot()->find_vessel("v2"), nullptr);
}

TEST(Live, ATerminalChangesHandsAtItsDate) {
  Picture p;
  p.record("old", R"({"terminals":[{"terminal":"mmsi:1","to":"1970-01-01T00:01:00Z"}]})");
  p.record("new", R"({"terminals":[{"terminal":"mmsi:1","from":"1970-01-01T00:01:00Z"}]})");
  p.fix(mmsi(1), 59);
  EXPECT_EQ(p.live.entry(mmsi(1))->vessel->id, "old");
  p.fix(mmsi(1), 60);
  EXPECT_EQ(p.live.entry(mmsi(1))->vessel->id, "new");
  const auto snapshot = p.snapshot();
  EXPECT_EQ(snapshot->find_vessel("old"), nullptr);
  EXPECT_NE(snapshot->find_vessel("new"), nullptr);
}

TEST(Live, WhatTerminalsSayOfThemselvesIsMerged) {
  Picture p;
  p.live.apply(name_of(mmsi(1), "LU RONG YU 1"));
  EXPECT_EQ(p.snapshot()->size(), 0u) << "no position, nothing to draw";
  p.fix(mmsi(1), 10);
  EXPECT_EQ(p.live.entry(mmsi(1))->name(), "LU RONG YU 1");
  model::StaticReport voyage;
  voyage.track = mmsi(1);
  voyage.time = {5000};
  voyage.ship_type = 30;
  voyage.destination = "SHIDAO";
  p.live.apply(voyage);
  EXPECT_EQ(p.live.entry(mmsi(1))->stated->name, "LU RONG YU 1");
  EXPECT_EQ(p.live.entry(mmsi(1))->stated->destination, "SHIDAO");
  EXPECT_EQ(p.live.entry(mmsi(1))->kind, VesselKind::kFishing);
  p.live.apply(name_of(mmsi(1), "OLD NAME", 1));
  EXPECT_EQ(p.live.entry(mmsi(1))->name(), "LU RONG YU 1") << "an older report is not taken";
  p.fix(mmsi(2), 10);
  EXPECT_EQ(p.live.entry(mmsi(2))->name(), "000000002");
  p.record("v", terminals_json({"mmsi:1", "mmsi:2"}));
  EXPECT_EQ(p.live.entry(mmsi(2))->stated->destination, "SHIDAO");
  EXPECT_EQ(p.live.entry(mmsi(2))->name(), "鲁荣渔51234");
}

TEST(Live, ASideNumberAndAFlagThatAreStatedAreKeptFoundAndSaved) {
  Picture p;
  const TrackId naf{model::TerminalId::make(model::TerminalKind::kNaf, 77), 0};
  p.fix(naf, 10);
  auto report = name_of(naf, "LUWEIYU", 10);
  report.side_number = "LRY 0001";
  report.flag = "KOR";
  p.live.apply(report);
  auto later = name_of(naf, "LUWEIYU", 20);
  later.call_sign = "BZZZ9";
  p.live.apply(later);
  const auto holds = [&](const Live& live) {
    const auto& stated = *live.entry(naf)->stated;
    return stated.side_number() == "LRY 0001" && stated.flag() == "KOR" &&
           stated.call_sign == "BZZZ9";
  };
  EXPECT_TRUE(holds(p.live)) << "a message without them takes nothing away";
  EXPECT_EQ(names_of(p.snapshot()->search("lry 00", 5)), std::vector<std::string>{"LUWEIYU"});
  Live again(p.identity);
  const auto bytes = bytes_of(p.live);
  base::ByteReader in(bytes);
  ASSERT_TRUE(again.load(in));
  EXPECT_TRUE(holds(again));
  p.fix(mmsi(412000001), 30);
  p.record("v", terminals_json({"naf:1Z", "mmsi:412000001"}));
  const auto terminal = model::to_text(naf.terminal);
  p.record("v", terminals_json({terminal, "mmsi:412000001"}));
  EXPECT_TRUE(holds(p.live)) << "of the other terminal of its vessel";
  EXPECT_EQ(p.live.entry(mmsi(412000001))->stated->side_number(), "LRY 0001");
}

TEST(Live, BerthStateFollowsTheVessel) {
  Picture p;
  auto zone = std::make_shared<model::Zone>();
  zone->id = "port";
  zone->kind = "port";
  zone->area = std::make_shared<const geo::Area>(
      geo::Area::from_polygons(
          {{{{36.9, 121.9}, {36.9, 122.1}, {37.1, 122.1}, {37.1, 121.9}, {36.9, 121.9}}}})
          .value());
  p.live.set_berths(std::make_shared<const picture::BerthMap>(
      std::vector<std::shared_ptr<const model::Zone>>{zone}));
  auto moored = fix_of(mmsi(1), 0, ++p.offset);
  moored.sog_ckn = 0;
  p.live.apply(moored);
  EXPECT_TRUE(p.live.entry(mmsi(1))->berth.at_berth);
  p.fix(mmsi(2), 5);
  EXPECT_FALSE(p.live.entry(mmsi(2))->berth.at_berth) << "5 kn in the basin";
  p.record("v", terminals_json({"mmsi:1", "mmsi:2"}));
  EXPECT_FALSE(p.live.entry(mmsi(1))->berth.at_berth) << "who was heard last counts";
  moored.track = mmsi(1);
  for (int s = 10; s <= 190; s += 60) {
    moored.time = moored.arrival = {s * 1000};
    moored.offset = ++p.offset;
    p.live.apply(moored);
  }
  EXPECT_TRUE(p.live.entry(mmsi(2))->berth.at_berth);
  p.record("v", terminals_json({"mmsi:2"}));
  EXPECT_TRUE(p.live.entry(mmsi(1))->berth.at_berth);
  EXPECT_TRUE(p.live.entry(mmsi(2))->berth.at_berth) << "both keep what the hull was";
}

TEST(Live, FindingsAreFlaggedOnTheEntryOfTheirSubject) {
  Picture p;
  p.live.set_findings("mmsi:000000001", 1, 2, 1);
  p.fix(mmsi(1), 10);
  EXPECT_EQ(p.live.entry(mmsi(1))->open_findings, 1) << "opened before the entry was made";
  p.record("v", terminals_json({"mmsi:1"}));
  p.live.set_findings("v", 2, 3, 50);
  EXPECT_EQ(p.live.entry(mmsi(1))->open_findings, 3);
  EXPECT_EQ(p.live.entry(mmsi(1))->severity, 3);
  EXPECT_EQ(p.live.entry(mmsi(1))->version, 50u);
  p.live.set_findings("v", 0, 0, 51);
  EXPECT_EQ(p.live.entry(mmsi(1))->open_findings, 1);
  p.live.set_findings("zone_35N", 1, 1, 52);
  p.live.set_findings("mmsi:000000099", 1, 1, 53);
}

TEST(Live, ReadersKeepWhatTheyHoldAndChangesAreFoundByAddress) {
  Picture p;
  for (std::uint64_t i = 0; i < 600; ++i) p.fix(mmsi(i + 1), 10);
  const auto before = p.snapshot();
  ASSERT_EQ(before->chunks().size(), 3u);
  p.fix(mmsi(300), 20);
  const auto after = p.snapshot();
  EXPECT_EQ(before->chunks()[0], after->chunks()[0]);
  EXPECT_NE(before->chunks()[1], after->chunks()[1]);
  EXPECT_EQ(before->chunks()[2], after->chunks()[2]);
  EXPECT_EQ(before->find(mmsi(300))->fix.time.ms, 10'000);
  EXPECT_EQ(after->find(mmsi(300))->fix.time.ms, 20'000);
  p.fix(mmsi(9999), 30);
  EXPECT_EQ(after->find(mmsi(9999)), nullptr);
  EXPECT_NE(p.snapshot()->find(mmsi(9999)), nullptr);
  for (std::uint64_t i = 0; i < 600; ++i) ASSERT_NE(after->find(mmsi(i + 1)), nullptr) << i;
}

TEST(Live, SearchFindsByNameNumbersAndCallSignBestFirst) {
  Picture p;
  p.record("v1", R"({"name":"鲁荣渔51234","side_number":"51234","call_sign":"BXYZ",
                     "terminals":[{"terminal":"mmsi:412000001"},{"terminal":"beidou:5123"}]})");
  p.record("v2", R"({"name":"鲁荣渔养5123","terminals":[{"terminal":"mmsi:412000002"}]})");
  p.fix(mmsi(412051234), 1);  // unmatched, its number holds 51234
  p.fix(mmsi(412000002), 1);
  p.fix(beidou(5123), 1);
  p.fix(mmsi(412000001), 1);
  p.live.apply(name_of(mmsi(412051234), "HAI DA 9"));
  const auto snapshot = p.snapshot();
  using Names = std::vector<std::string>;
  EXPECT_EQ(names_of(snapshot->search("51234", 9)), (Names{"鲁荣渔51234", "HAI DA 9"}))
      << "a whole side number before a part of an MMSI";
  EXPECT_EQ(names_of(snapshot->search("鲁荣渔", 9)), (Names{"鲁荣渔养5123", "鲁荣渔51234"}));
  EXPECT_EQ(names_of(snapshot->search("荣渔养", 9)), (Names{"鲁荣渔养5123"}));
  EXPECT_EQ(names_of(snapshot->search(" bxyz ", 9)), (Names{"鲁荣渔51234"}));
  EXPECT_EQ(names_of(snapshot->search("ＢＸＹＺ", 9)), (Names{"鲁荣渔51234"}));
  EXPECT_EQ(names_of(snapshot->search("hai d", 9)), (Names{"HAI DA 9"}));
  EXPECT_EQ(names_of(snapshot->search("mmsi:412000002", 9)), (Names{"鲁荣渔养5123"}));
  EXPECT_EQ(names_of(snapshot->search("beidou:5123", 9)), (Names{"鲁荣渔51234"}))
      << "the other terminal of the vessel";
  EXPECT_EQ(snapshot->search("4120", 2).size(), 2u);
  EXPECT_TRUE(snapshot->search("", 9).empty());
  EXPECT_TRUE(snapshot->search("   ", 9).empty());
  EXPECT_TRUE(snapshot->search("不存在", 9).empty());
}

TEST(Kind, ComesFromTheMessageTheNumberAndTheShipType) {
  const auto kind = [](std::uint64_t number, std::optional<std::uint8_t> type = {},
                       model::FixSource source = model::FixSource::kAisA,
                       std::optional<std::uint16_t> sog = 0) {
    auto fix = fix_of(mmsi(number), 0, 0);
    fix.source = source;
    fix.sog_ckn = sog;
    return picture::kind_of_sender(fix, type, VesselKind::kGear);
  };
  EXPECT_EQ(kind(970412001), VesselKind::kDistress);
  EXPECT_EQ(kind(972412001), VesselKind::kDistress);
  EXPECT_EQ(kind(974412001), VesselKind::kDistress);
  EXPECT_EQ(kind(994121001), VesselKind::kAton);
  EXPECT_EQ(kind(4121001), VesselKind::kBaseStation);
  EXPECT_EQ(kind(111412001), VesselKind::kAircraft);
  EXPECT_EQ(kind(412000001), VesselKind::kUnknown);
  EXPECT_EQ(kind(412000001, 30), VesselKind::kFishing);
  EXPECT_EQ(kind(412000001, 52), VesselKind::kTug);
  EXPECT_EQ(kind(412000001, 55), VesselKind::kOfficial);
  EXPECT_EQ(kind(412000001, 37), VesselKind::kLeisure);
  EXPECT_EQ(kind(412000001, 69), VesselKind::kPassenger);
  EXPECT_EQ(kind(412000001, 70), VesselKind::kCargo);
  EXPECT_EQ(kind(412000001, 89), VesselKind::kTanker);
  EXPECT_EQ(kind(412000001, 99), VesselKind::kUnknown);
  EXPECT_EQ(kind(412000001, 30, model::FixSource::kAisBase), VesselKind::kBaseStation);
  EXPECT_EQ(kind(412000001, {}, model::FixSource::kAisAircraft), VesselKind::kAircraft);
  EXPECT_EQ(kind(412000001, {}, model::FixSource::kAisAton), VesselKind::kAton);
  EXPECT_EQ(kind(100200300), VesselKind::kGear);
  EXPECT_EQ(kind(100200300, 30), VesselKind::kGear);
  EXPECT_EQ(kind(100200300, 70), VesselKind::kCargo) << "a ship with a wrong number";
  EXPECT_EQ(kind(100200300, 30, model::FixSource::kAisB, 900), VesselKind::kFishing);
}

TEST(Kind, GearAndVesselDoNotFlicker) {
  auto fix = fix_of(mmsi(100200300), 0, 0);
  fix.sog_ckn = 200;
  EXPECT_EQ(picture::kind_of_sender(fix, {}, VesselKind::kGear), VesselKind::kGear);
  EXPECT_EQ(picture::kind_of_sender(fix, {}, VesselKind::kUnknown), VesselKind::kUnknown);
}

TEST(Live, TakesLessThanOneKibibytePerVessel) {
  constexpr std::uint64_t kCount = 50'000;  // a large page or two are never full
  const auto used = [] { return mallinfo2().uordblks + base::large_pages_held(); };
  const auto before = used();
  Picture p;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    model::StaticReport report =
        name_of(mmsi(412000000 + i), "LU RONG YU YANG " + std::to_string(i));
    report.call_sign = "BXYZ12";
    report.destination = "SHIDAO FISHING PORT";
    p.live.apply(report);
    p.fix(mmsi(412000000 + i), 10);
  }
  const auto snapshot = p.snapshot();
  const auto each = double(used() - before) / double(kCount);
  if (each <= 0) GTEST_SKIP() << "this allocator does not count";
  std::cout << "figure: live_bytes_per_vessel " << each << " B\n";
  EXPECT_LT(each, 1024);
  EXPECT_LT(sizeof(LiveEntry), 384u);
  EXPECT_EQ(snapshot->size(), kCount);
}

constexpr std::int64_t kDay_s = 86'400;

TEST(Live, WhatIsNotHeardLeavesAndComesBackAnew) {
  Picture p;
  p.fix(mmsi(1), 0);
  p.fix(mmsi(2), 0);
  p.live.apply(name_of(mmsi(1), "GONE"));
  p.fix(mmsi(2), 6 * kDay_s);
  const auto before = p.snapshot();
  p.live.expire({(7 * kDay_s - 1) * 1000}, {}, ++p.offset);
  EXPECT_EQ(p.live.expired(), 0u);
  p.live.expire({7 * kDay_s * 1000}, {}, ++p.offset);
  EXPECT_EQ(p.live.expired(), 1u);
  EXPECT_EQ(p.live.alive(), 1u);
  const auto after = p.snapshot();
  EXPECT_EQ(after->size(), 1u);
  EXPECT_EQ(after->find(0u), nullptr);
  EXPECT_EQ(after->find(mmsi(1)), nullptr);
  ASSERT_NE(after->find(mmsi(2)), nullptr);
  EXPECT_EQ(after->find(mmsi(2))->handle, 1u);
  EXPECT_TRUE(after->search("GONE", 5).empty());
  EXPECT_EQ(before->size(), 2u) << "a reader keeps what it holds";
  EXPECT_EQ(p.live.entry(mmsi(1)), nullptr);

  p.fix(mmsi(1), 8 * kDay_s);
  const auto again = p.snapshot();
  ASSERT_NE(again->find(mmsi(1)), nullptr);
  EXPECT_EQ(again->find(mmsi(1))->handle, 2u) << "handles are never given twice";
  EXPECT_EQ(again->find(mmsi(1))->name(), "000000001") << "and what it said is said anew";
}

TEST(Live, RegisteredVesselsStayLongerAndLoseTheirTerminalsOneByOne) {
  Picture p;
  p.record("v", terminals_json({"mmsi:1", "beidou:2"}));
  p.fix(mmsi(1), 0);
  p.fix(beidou(2), 300 * kDay_s);
  p.fix(mmsi(3), 0);
  p.live.expire({365 * kDay_s * 1000}, {}, ++p.offset);
  EXPECT_EQ(p.snapshot()->size(), 1u) << "only the unmatched one has left";
  EXPECT_EQ(p.snapshot()->find_vessel("v")->others.size(), 1u);
  p.live.expire({366 * kDay_s * 1000}, {}, ++p.offset);
  const auto one = p.snapshot();
  ASSERT_EQ(one->size(), 1u);
  const auto* vessel = one->find_vessel("v");
  ASSERT_NE(vessel, nullptr);
  EXPECT_EQ(vessel->handle, 1u) << "the other terminal draws it now";
  EXPECT_FALSE(vessel->merged);
  EXPECT_TRUE(vessel->others.empty());
  p.live.expire({700 * kDay_s * 1000}, {}, ++p.offset);
  EXPECT_EQ(p.snapshot()->size(), 0u);
  EXPECT_EQ(p.snapshot()->find_vessel("v"), nullptr);
}

TEST(Live, AClockAheadOfOursKeepsNobodyForEver) {
  Picture p;
  p.live.apply(name_of(mmsi(1), "FUTURE", 1000 * kDay_s));
  p.fix(mmsi(1), 0);
  p.live.expire({kDay_s * 1000}, {}, ++p.offset);
  EXPECT_EQ(p.live.alive(), 1u);
  p.live.expire({9 * kDay_s * 1000}, {}, ++p.offset);
  EXPECT_EQ(p.live.alive(), 0u);
}

TEST(Live, PassersByDoNotFillTheMemory) {
  const auto used = [] { return mallinfo2().uordblks + base::large_pages_held(); };
  Picture p;
  std::size_t after_a_month = 0;
  for (std::int64_t day = 0; day < 400; ++day) {
    for (std::uint64_t i = 0; i < 500; ++i) {
      const auto track = mmsi(412000000 + std::uint64_t(day) * 500 + i);
      p.live.apply(name_of(track, "PASSER BY", day * kDay_s));
      p.fix(track, day * kDay_s);
    }
    p.live.expire({day * kDay_s * 1000}, {}, ++p.offset);
    p.snapshot();
    ASSERT_LE(p.live.alive(), 500u * 8);
    if (day == 30) after_a_month = used();
  }
  EXPECT_EQ(p.live.size(), 400u * 500);
  if (after_a_month == 0) GTEST_SKIP() << "this allocator does not count";
  const auto each = (double(used()) - double(after_a_month)) / (370.0 * 500);
  std::cout << "figure: live_bytes_per_expired_vessel " << each << " B\n";
  EXPECT_LT(each, 32) << "8 B for the handle, a share of an empty chunk";
}

TEST(Live, ReadersOnOtherThreadsSeeWholeSnapshots) {
  Picture p;
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> looks{0};
  const auto reader = [&] {
    std::uint64_t last = 0;
    while (!stop) {
      const auto snapshot = p.live.snapshot();
      ASSERT_GE(snapshot->offset, last);
      last = snapshot->offset;
      std::size_t seen = 0;
      snapshot->for_each([&](const LiveEntry& entry) {
        ASSERT_LE(entry.version, snapshot->offset);
        ++seen;
      });
      ASSERT_EQ(seen, snapshot->size());
      snapshot->search("412", 5);
      ++looks;
    }
  };
  std::thread a(reader), b(reader);
  for (int round = 0; round < 200 || looks < 20; ++round) {
    for (std::uint64_t i = 0; i < 20; ++i) p.fix(mmsi(412000000 + i * 7 % 900), round);
    if (round % 20 == 0) p.record("v" + std::to_string(round), terminals_json({"mmsi:412000007"}));
    p.live.publish(p.offset, {round});
  }
  stop = true;
  a.join();
  b.join();
}

void random_record(Picture& p) {
  base::Json rows = base::Json::array();
  for (int k = *rc::gen::inRange(0, 4); k > 0; --k) {
    const auto terminal = mmsi(std::uint64_t(*rc::gen::inRange(1, 7))).terminal;
    const int from_s = *rc::gen::inRange(0, 60);
    rows.push(
        base::Json::object({{"terminal", model::to_text(terminal)},
                            {"from", base::to_iso({from_s * 1000})},
                            {"to", base::to_iso({(from_s + *rc::gen::inRange(1, 60)) * 1000})}}));
  }
  p.record_as("v" + std::to_string(*rc::gen::inRange(0, 3)),
              base::Json::object({{"terminals", rows}}), *rc::gen::inRange(0, 8) == 0);
}

// With expiry, a picture that was saved and read at any moment goes on as if it had not been.
RC_GTEST_PROP(Live, ExpiryAfterASaveEqualsExpiryWithoutOne, ()) {
  Picture p;
  const picture::Expiry expiry{std::chrono::seconds(30), std::chrono::seconds(90)};
  Live other(p.identity);
  bool saved = false;
  const auto both = [&](auto&& work) {
    work(p.live);
    if (saved) work(other);
  };
  const auto save_at = *rc::gen::inRange(0, 150);
  for (int t = 0; t < 150; ++t) {
    if (t == save_at) {
      const auto bytes = bytes_of(p.live);
      base::ByteReader in(bytes);
      RC_ASSERT(other.load(in) && in.left() == 0u);
      saved = true;
    }
    const auto track = mmsi(std::uint64_t(*rc::gen::inRange(1, 9)));
    const auto offset = ++p.offset;
    switch (*rc::gen::inRange(0, 8)) {
      case 0: {
        model::RecordChange change;
        change.register_id = "vessel";
        change.record_id = "v" + std::to_string(*rc::gen::inRange(0, 3));
        change.revision = ++p.revision;
        change.fields = base::parse_json(terminals_json({model::to_text(track)})).value();
        const auto touched = p.identity.apply(change);
        both([&](Live& live) { live.refresh(touched, offset); });
        break;
      }
      case 1:
        both([&](Live& live) { live.apply(name_of(track, "N" + std::to_string(t), t)); });
        break;
      case 2:
      case 3:
        both([&](Live& live) { live.expire({t * 1000}, expiry, offset); });
        break;
      default:
        both([&](Live& live) { live.apply(fix_of(track, t, offset)); });
    }
  }
  if (!saved) return;
  RC_ASSERT(bytes_of(other) == bytes_of(p.live));
  const auto a = p.snapshot();
  other.publish(p.offset, {0});
  const auto b = other.snapshot();
  RC_ASSERT(a->size() == b->size());
  std::size_t drawn = 0;
  a->for_each([&](const LiveEntry& entry) {
    ++drawn;
    const auto* same = b->find(entry.handle);
    RC_ASSERT(same != nullptr && same_entry(entry, *same));
    RC_ASSERT(a->find(entry.fix.track) == &entry);
  });
  RC_ASSERT(drawn == a->size());
}

// The oracle works from scratch: the last fix of each track, its owner at that time, groups by
// owner.
RC_GTEST_PROP(Live, EqualsAPictureMadeFromScratchAndReadsBack, ()) {
  Picture p;
  std::map<TrackId, model::Fix> last;
  std::vector<TrackId> appeared;
  const auto steps = *rc::gen::inRange(1, 120);
  for (int i = 0; i < steps; ++i) {
    const auto track = mmsi(std::uint64_t(*rc::gen::inRange(1, 7)));
    switch (*rc::gen::inRange(0, 6)) {
      case 0:
        random_record(p);
        break;
      case 1:
        p.live.apply(name_of(track, "N" + std::to_string(i), i));
        break;
      case 2:
        p.live.set_findings("v1", static_cast<std::uint8_t>(*rc::gen::inRange(0, 3)), 2,
                            ++p.offset);
        break;
      default: {
        const int t = *rc::gen::inRange(0, 100);
        const bool taken = p.fix(track, t);
        const auto found = last.find(track);
        RC_ASSERT(taken == (found == last.end() || t * 1000 >= found->second.time.ms));
        if (found == last.end()) appeared.push_back(track);
        if (taken) last[track] = fix_of(track, t, p.offset);
      }
    }
  }
  const auto snapshot = p.snapshot();
  std::map<std::string, std::vector<std::uint32_t>> groups;
  for (std::uint32_t h = 0; h < appeared.size(); ++h) {
    const auto& fix = last.at(appeared[h]);
    const auto owner = p.identity.vessel_at(fix.track, fix.time);
    groups[owner ? owner->id : "track " + std::to_string(h)].push_back(h);
  }
  RC_ASSERT(snapshot->size() == groups.size());
  for (const auto& [id, handles] : groups) {
    std::vector<model::Fix> fixes;
    for (const auto h : handles) fixes.push_back(last.at(appeared[h]));
    std::sort(fixes.begin(), fixes.end(), [](const auto& x, const auto& y) {
      return std::pair(x.time, x.offset) > std::pair(y.time, y.offset);
    });
    const auto* entry = snapshot->find(appeared[handles.back()]);
    RC_ASSERT(entry != nullptr);
    RC_ASSERT(entry->handle == handles.front());
    RC_ASSERT(entry->fix == fixes.front());
    fixes.erase(fixes.begin());
    RC_ASSERT(entry->others == fixes);
    RC_ASSERT((entry->vessel != nullptr) == (id[0] == 'v'));
    if (entry->vessel) RC_ASSERT(snapshot->find_vessel(id) == entry);
    for (const auto h : handles) RC_ASSERT(snapshot->find(h)->merged == (h != handles.front()));
  }
  const auto bytes = bytes_of(p.live);
  Live again(p.identity);
  base::ByteReader in(bytes);
  RC_ASSERT(again.load(in) && in.left() == 0u);
  RC_ASSERT(bytes_of(again) == bytes);
  again.publish(p.offset, {0});
  for (std::uint32_t h = 0; h < appeared.size(); ++h) {
    RC_ASSERT(same_entry(*snapshot->find(h), *again.snapshot()->find(h)));
  }
}

TEST(Live, DamagedBytesAreRefused) {
  Picture p;
  p.record("v", terminals_json({"mmsi:1", "mmsi:2"}));
  p.fix(mmsi(1), 1);
  p.fix(mmsi(2), 1);
  p.live.apply(name_of(mmsi(1), "X"));
  p.live.set_findings("v", 1, 1, 9);
  const auto bytes = bytes_of(p.live);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    base::ByteReader in(std::string_view(bytes).substr(0, cut));
    Live other(p.identity);
    EXPECT_FALSE(other.load(in)) << cut;
  }
}
