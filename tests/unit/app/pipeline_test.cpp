// SPDX-License-Identifier: Apache-2.0
#include "app/pipeline.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "app/replay.hpp"
#include "app/settings.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/beidou/encoder.hpp"
#include "observe/nmea/sentence.hpp"
#include "picture/exchange/positions_entry.hpp"
#include "support/exchange_rows.hpp"
#include "support/station.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::app {
namespace {

constexpr std::int64_t kStart = 1714536000000;  // 2024-05-01T04:00:00Z

detect::RuleFiles test_rules() {
  static const test::TestStation station;
  const auto files = detect::read_rule_files((station.share / "rules").string());
  EXPECT_TRUE(files) << files.error().text();
  return *files;
}

/// Vessels that wander in and out of the test area, damaged lines, ticks, a register change.
std::vector<model::JournalEntry> entries(std::uint32_t seed, std::size_t count) {
  std::vector<model::JournalEntry> out;
  model::JournalEntry pack;
  pack.kind = model::EntryKind::kRulePack;
  pack.arrival = {kStart};
  pack.payload = test_rules().to_json().dump();
  out.push_back(std::move(pack));
  std::uint32_t state = seed * 2654435761u + 1;
  const auto random = [&state](std::uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  for (std::size_t i = 0; i < count; ++i) {
    model::JournalEntry entry;
    entry.arrival = {kStart + std::int64_t(i) * 20'000};
    if (random(10) == 0) {
      entry.kind = model::EntryKind::kTick;
    } else {
      entry.input = "test";
      const double lat = random(2) == 0 ? 37.2 : 37.8;
      entry.payload = test::position_line(412000000 + random(4), lat, 122.6, 5, entry.arrival);
      entry.payload.resize(entry.payload.size() - 2);
      if (random(6) == 0) {
        const auto place = geo::to_position({lat, 122.6});
        entry.payload = observe::beidou::waa(1 + random(3), entry.arrival, place);
      }
      if (random(20) == 0) entry.payload[entry.payload.size() / 2] ^= 1;
    }
    out.push_back(std::move(entry));
  }
  return out;
}

struct Course {
  explicit Course(picture::FlagTable table = {}) : flags(std::move(table)) {}
  test::TempFolder folder;
  picture::Archive archive{{folder.path() / "tracks.db", {}}};
  picture::FlagTable flags;
  std::unique_ptr<Pipeline> pipeline = std::make_unique<Pipeline>(archive, flags);
  std::vector<model::FindingStep> steps;
  std::uint64_t offset{0};

  void take(model::JournalEntry entry) {
    entry.offset = ++offset;
    pipeline->process(entry, steps);
  }
  void restart() {
    base::ByteWriter out;
    pipeline->save(out);
    pipeline = std::make_unique<Pipeline>(archive, flags);
    base::ByteReader in(out.bytes());
    ASSERT_TRUE(pipeline->load(in));
    EXPECT_EQ(in.left(), 0u);
  }
};

std::string live_text(Pipeline& pipeline) {
  pipeline.publish(pipeline.clock());
  std::string out;
  pipeline.live().snapshot()->for_each([&](const picture::LiveEntry& entry) {
    out += std::to_string(entry.handle) + ' ' + model::to_text(entry.fix.track) + ' ' +
           base::to_iso(entry.fix.time) + ' ' + std::to_string(entry.open_findings) + '\n';
  });
  return out;
}

TEST(Pipeline, RaisesAFindingForAVesselInsideTheArea) {
  Course run;
  for (auto& entry : entries(1, 200)) run.take(std::move(entry));
  ASSERT_FALSE(run.steps.empty());
  EXPECT_EQ(run.steps.front().rule_id, "zone.box.inside");
  EXPECT_EQ(run.steps.front().kind, model::StepKind::kOpened);
  const auto& count = run.pipeline->inputs().at("test");
  EXPECT_EQ(count.lines, count.messages + count.rejects.at("checksum"));
  EXPECT_EQ(count.fixes, run.pipeline->positions());
}

/// Two hulls far apart under one number: one finding with two subjects.
TEST(Pipeline, AFindingOfTwoSubjectsIsOpenOnce) {
  auto files = detect::read_rule_files(std::string(JINGLUE_SOURCE_DIR) + "/rules");
  ASSERT_TRUE(files);
  model::JournalEntry pack;
  pack.kind = model::EntryKind::kRulePack;
  pack.arrival = {kStart};
  pack.payload = files->to_json().dump();
  Course run;
  run.take(pack);
  for (int minute = 1; minute <= 40; ++minute) {
    for (const auto& [lat, lon] : {std::pair{36.0, 125.0}, {33.0, 128.0}}) {
      model::JournalEntry entry;
      entry.arrival = {kStart + minute * 60'000};
      entry.input = "test";
      entry.payload = test::position_line(413345678, lat + minute * 0.001, lon, 5, entry.arrival);
      entry.payload.resize(entry.payload.size() - 2);
      run.take(std::move(entry));
    }
    if (minute == 30) run.restart();
  }
  std::set<std::uint64_t> shared;
  for (const auto& step : run.steps) {
    if (step.rule_id != "identity.shared_number") continue;
    EXPECT_EQ(step.subjects.size(), 2u);
    shared.insert(step.finding.value);
  }
  ASSERT_EQ(shared.size(), 1u);
  std::set<std::uint64_t> open;
  for (const auto& step : run.steps) {
    const bool over = step.kind == model::StepKind::kClosed ||
                      step.kind == model::StepKind::kRetracted || step.end;
    over ? void(open.erase(step.finding.value)) : void(open.insert(step.finding.value));
  }
  EXPECT_EQ(run.pipeline->open_findings(), open.size());
  std::size_t by_subject = 0;
  run.pipeline->publish(run.pipeline->clock());
  run.pipeline->live().snapshot()->for_each(
      [&](const picture::LiveEntry& entry) { by_subject += entry.open_findings; });
  EXPECT_GT(by_subject, open.size()) << "each hull shows it";
}

TEST(Pipeline, ImportedPositionsGoToTheArchiveAlone) {
  const auto all = entries(3, 200);
  Course with, without;
  const auto rows = test::exchange_rows(2'000, 7);
  model::JournalEntry import;
  import.kind = model::EntryKind::kPositions;
  import.arrival = {kStart + 90'000'000'000};  // long after: the feed's time does not go along
  import.payload = picture::exchange::encode_positions(rows);
  for (std::size_t i = 0; i < all.size(); ++i) {
    with.take(all[i]);
    without.take(all[i]);
    if (i == 99) with.take(import);
  }
  EXPECT_EQ(live_text(*with.pipeline), live_text(*without.pipeline));
  EXPECT_EQ(with.pipeline->clock(), without.pipeline->clock());
  EXPECT_EQ(with.pipeline->positions(), without.pipeline->positions());
  EXPECT_EQ(with.steps.size(), without.steps.size());
  EXPECT_EQ(with.archive.counts().positions, without.archive.counts().positions + rows.size());
  with.archive.advance(with.offset, true);
  ASSERT_TRUE(with.archive.wait_applied(with.offset, base::Duration(60'000)));
  import.offset = 101;
  with.pipeline->process(import, with.steps);  // a replay
  EXPECT_EQ(with.archive.counts().positions, without.archive.counts().positions + rows.size());
}

TEST(Pipeline, ImportedPositionsThatAreDamagedAreToldAndPassedOver) {
  Course run;
  model::JournalEntry import;
  import.kind = model::EntryKind::kPositions;
  import.payload = picture::exchange::encode_positions(test::exchange_rows(300, 8));
  import.payload[import.payload.size() / 2] ^= 1;
  run.take(import);
  EXPECT_NE(run.pipeline->last_problem().find("journal entry 1"), std::string::npos);
  EXPECT_EQ(run.archive.counts().positions, 0u);
}

observe::feed::Setup feeds() {
  const auto document = base::parse_config(
      "[[input]]\nname = \"vms\"\nformat = \"naf\"\n[[input]]\nname = \"mast\"\n"
      "own_terminal = \"mmsi:412000009\"\n",
      "jinglue.toml");
  auto inputs = observe::feed::read_inputs(*document);
  auto setup = observe::feed::Setup::read(JINGLUE_SOURCE_DIR "/data/beidou", std::move(*inputs));
  EXPECT_TRUE(setup) << setup.error().text();
  return std::move(*setup);
}

model::JournalEntry line(const std::string& input, std::string text) {
  model::JournalEntry out;
  out.arrival = {kStart + 60'000};
  out.input = input;
  out.payload = std::move(text);
  return out;
}

TEST(Pipeline, EveryFeedReachesThePictureAndEveryLineIsCounted) {
  Course course;
  model::JournalEntry how;
  how.kind = model::EntryKind::kFeeds;
  how.arrival = {kStart};
  how.payload = feeds().to_json().dump();
  course.take(how);
  EXPECT_EQ(course.pipeline->last_problem(), "");
  const auto revision = course.pipeline->feeds_revision();
  EXPECT_EQ(revision, feeds().revision());
  course.restart();
  EXPECT_EQ(course.pipeline->feeds_revision(), revision) << "it is part of the snapshot";

  const std::string naf =
      "//SR//TM/POS//RC/BZZZ9//NA/LUWEIYU//XR/LRY "
      "0001//FS/KOR//LT/37.5//LG/122.1//SP/42//DA/240501//TI/0400//ER//";
  course.take(line("vms", naf));
  course.take(line("vms", "//SR//TM/POS//RC/BZZZ9//LT/37.5//"));
  course.take(line("shore", observe::beidou::waa(242286, {kStart}, {225'000'000, 732'600'000})));
  course.take(line("shore", observe::beidou::txr(242287, "SOS")));
  course.take(line("shore", observe::beidou::txr(242287, std::string("\x01\x02"))));
  course.take(line(
      "mast", observe::nmea::framed("GNRMC,040000,A,3730.0,N,12206.0,E,4.2,186.0,010524,,,A")));
  course.pipeline->publish(course.pipeline->clock());
  const auto live = course.pipeline->live().snapshot();
  for (const char* track : {"naf:BZZZ9", "beidou:242286", "mmsi:412000009"}) {
    const auto* entry = live->find(*model::parse_track(track));
    ASSERT_NE(entry, nullptr) << track;
    EXPECT_EQ(entry->fix.position.lat, 225'000'000) << track;
  }
  EXPECT_EQ(live->find(*model::parse_track("naf:BZZZ9"))->name(), "LUWEIYU");
  EXPECT_EQ(live->search("BZZZ9", 5).size(), 1u);
  const auto& stated = *live->find(*model::parse_track("naf:BZZZ9"))->stated;
  EXPECT_EQ(stated.side_number(), "LRY 0001");
  EXPECT_EQ(stated.flag(), "KOR");
  const auto& inputs = course.pipeline->inputs();
  EXPECT_EQ(inputs.at("shore").texts, 1u);
  std::size_t calls = 0;
  for (const auto& step : course.steps) calls += step.rule_id == "distress.sos" ? 1 : 0;
  EXPECT_EQ(calls, 1u) << "a BeiDou boat that says SOS";
  EXPECT_EQ(inputs.at("shore").rejects.at("content"), 1u);
  EXPECT_EQ(inputs.at("vms").rejects.at("missing"), 1u);
  for (const auto& [name, input] : inputs) {
    std::uint64_t rejects = 0;
    for (const auto& [cause, count] : input.rejects) rejects += count;
    EXPECT_EQ(input.lines, input.messages + input.copies + input.parts + rejects) << name;
  }
}

TEST(Pipeline, TheFlagThatAVesselStatesDecidesWhatARuleMeansAndTheFindingSaysItsSource) {
  auto files = test_rules();
  for (auto& [name, text] : files.files) {
    const auto at = text.find("area = \"box\"");
    if (at != std::string::npos) text.insert(at, "exclude = { flags = [\"KR\"] }\n");
  }
  model::JournalEntry pack;
  pack.kind = model::EntryKind::kRulePack;
  pack.arrival = {kStart};
  pack.payload = files.to_json().dump();
  model::JournalEntry how;
  how.kind = model::EntryKind::kFeeds;
  how.arrival = {kStart};
  how.payload = feeds().to_json().dump();

  Course course(read_flags(JINGLUE_SOURCE_DIR));
  course.take(pack);
  course.take(how);
  ASSERT_EQ(course.pipeline->last_problem(), "");
  for (int minute = 1; minute <= 20; ++minute) {
    for (const auto& [sign, flag] : {std::pair{"HLAB1", "KOR"}, {"BZZZ9", "CHN"}}) {
      auto at = line("vms", fmt::format("//SR//TM/POS//RC/{}//NA/V {}//XR/S {}//FS/{}//LT/37.2//"
                                        "LG/122.6//SP/30//DA/240501//TI/04{:02}//ER//",
                                        sign, sign, sign, flag, minute));
      at.arrival = {kStart + minute * 60'000};
      course.take(at);
    }
    if (minute == 10) course.restart();
  }
  ASSERT_FALSE(course.steps.empty());
  for (const auto& step : course.steps) {
    EXPECT_EQ(step.main_subject()->label, "V BZZZ9") << "KR is not meant";
    EXPECT_EQ(step.values["flag"].as_string(), "CN");
    EXPECT_EQ(step.values["flag_source"].as_string(), "stated");
    EXPECT_EQ(step.values["side_number"].as_string(), "S BZZZ9");
  }
}

TEST(Pipeline, ACallForHelpIsAFindingAtOnceWithoutAPositionToo) {
  Course course;
  observe::ais::SafetyText said;
  said.mmsi = 972'412'001;
  said.text = "MOB TEST";
  course.take(line("shore", observe::ais::encode(said).front()));
  ASSERT_EQ(course.steps.size(), 1u);
  EXPECT_EQ(course.steps[0].rule_id, "distress.beacon_test");
  said.text = "MOB ACTIVE";
  course.take(line("shore", observe::ais::encode(said).front()));
  ASSERT_EQ(course.steps.size(), 2u);
  EXPECT_EQ(course.steps[1].rule_id, "distress.beacon");
  EXPECT_EQ(course.steps[1].severity, model::Severity::kCritical);
  EXPECT_TRUE(course.steps[1].positions.empty());
  course.restart();
  auto again = line("shore", observe::ais::encode(said).front());
  again.arrival = again.arrival + base::Duration(10'000);
  course.take(again);
  EXPECT_EQ(course.steps.size(), 2u) << "the same alarm goes on";
  EXPECT_EQ(course.pipeline->inputs().at("shore").texts, 3u);
}

TEST(Pipeline, ASetupOfTheFeedsThatIsDamagedIsToldAndTheFormerStays) {
  Course course;
  model::JournalEntry how;
  how.kind = model::EntryKind::kFeeds;
  how.payload = feeds().to_json().dump();
  course.take(how);
  how.payload = "{\"otherwise\":{\"format\":\"ivef\"}}";
  course.take(how);
  EXPECT_NE(course.pipeline->last_problem().find("journal entry 2"), std::string::npos);
  EXPECT_EQ(course.pipeline->feeds_revision(), feeds().revision());
}

RC_GTEST_PROP(Pipeline, ARestartFromASnapshotChangesNothing, (std::uint32_t seed)) {
  const auto all = entries(seed, 300);
  Course whole, cut;
  const auto at = *rc::gen::inRange<std::size_t>(1, all.size());
  for (const auto& entry : all) whole.take(entry);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == at) cut.restart();
    cut.take(all[i]);
  }
  RC_ASSERT(whole.steps == cut.steps);
  RC_ASSERT(live_text(*whole.pipeline) == live_text(*cut.pipeline));
  RC_ASSERT(whole.pipeline->positions() == cut.pipeline->positions());
}

std::string state_of(const Pipeline& pipeline) {
  base::ByteWriter out;
  pipeline.save(out);
  return out.take();
}

/// Two stations, parts of messages, other feeds, and changes of the setup in the middle of a block.
std::vector<model::JournalEntry> mixed_entries(std::uint32_t seed) {
  auto out = entries(seed, 80);
  model::JournalEntry how;
  how.kind = model::EntryKind::kFeeds;
  how.payload = feeds().to_json().dump();
  observe::ais::StaticData said;
  said.mmsi = 412000001;
  said.name = "LONG NAME OF A SHIP";
  said.destination = "SHIDAO";
  const auto parts = observe::ais::encode(said);
  for (std::size_t at = 7 + seed % 5; at < out.size(); at += 11) {
    auto copy = out[at - 1];
    copy.station = "10.0.0.2:4001";
    const auto arrival = copy.arrival;
    const auto insert = [&](model::JournalEntry entry) {
      entry.arrival = arrival;
      out.insert(out.begin() + std::ptrdiff_t(at), std::move(entry));
    };
    if (copy.kind == model::EntryKind::kLine) insert(copy);
    if (at % 3 == 0) insert(how);
    insert(line("vms", "//SR//TM/POS//RC/BZZZ9//LT/37.5//LG/122.1//DA/240501//TI/0400//ER//"));
    insert(line("test", parts.at(1)));
    insert(line("test", parts.at(0)));
  }
  return out;
}

RC_GTEST_PROP(Pipeline, EntriesReadAheadGiveWhatTheyGiveOneByOne, (std::uint32_t seed)) {
  auto all = mixed_entries(seed);
  Course one_by_one, ahead;
  for (std::size_t i = 0; i < all.size(); ++i) all[i].offset = i + 1;
  for (std::size_t from = 0; from < all.size();) {
    const auto size =
        std::min<std::size_t>(std::size_t(*rc::gen::inRange(1, 90)), all.size() - from);
    std::size_t told = 0;
    const auto block = std::span<const model::JournalEntry>(all).subspan(from, size);
    ahead.pipeline->process(block, ahead.steps, [&](const model::JournalEntry& entry) {
      one_by_one.take(entry);
      ++told;
      if (entry.kind != model::EntryKind::kLine) return;
      RC_ASSERT(ahead.pipeline->last_line().ais_sender ==
                one_by_one.pipeline->last_line().ais_sender);
    });
    RC_ASSERT(told == size);
    RC_ASSERT(state_of(*one_by_one.pipeline) == state_of(*ahead.pipeline));
    if (*rc::gen::inRange(0, 4) == 0) ahead.restart();
    from += size;
  }
  RC_ASSERT(one_by_one.steps == ahead.steps);
  RC_ASSERT(live_text(*one_by_one.pipeline) == live_text(*ahead.pipeline));
}

RC_GTEST_PROP(Pipeline, AReplayOverAnArchiveThatIsAheadGivesTheSameSteps, (std::uint32_t seed)) {
  const auto all = entries(seed, 200);
  Course run;
  for (const auto& entry : all) run.take(entry);
  run.archive.advance(run.offset, true);
  Pipeline replayed(run.archive);
  std::vector<model::FindingStep> steps;
  std::uint64_t offset = 0;
  for (auto entry : all) {
    entry.offset = ++offset;
    replayed.process(entry, steps);
  }
  RC_ASSERT(steps == run.steps);
}

// Days of passers-by: what has not been heard for a week is gone from the picture, in a replay from
// any snapshot as in the whole run, and is still in the archive.
TEST(Pipeline, OldEntriesLeaveTheLivePictureByTheTimeOfTheFeed) {
  std::vector<model::JournalEntry> all = entries(1, 0);
  const auto line = [](std::uint32_t mmsi, std::int64_t hours, double lat) {
    model::JournalEntry entry;
    entry.input = "test";
    entry.arrival = {kStart + hours * 3'600'000};
    entry.payload = test::position_line(mmsi, lat, 122.6, 5, entry.arrival);
    entry.payload.resize(entry.payload.size() - 2);
    return entry;
  };
  for (std::int64_t hours = 0; hours < 24 * 20; hours += 2) {
    // Every third stays in the area of the rule for three hours, and is found there.
    const double lat = hours % 6 == 0 ? 37.2 : 37.8;
    all.push_back(line(412000000 + std::uint32_t(hours), hours, lat));
    all.push_back(line(413000000, hours, 37.8));
    if (hours % 6 != 0) continue;
    all.push_back(line(412000000 + std::uint32_t(hours), hours + 1, lat));
    model::JournalEntry tick;
    tick.kind = model::EntryKind::kTick;
    tick.arrival = {kStart + (hours + 1) * 3'600'000};
    all.push_back(std::move(tick));
  }
  Course whole;
  for (const auto& entry : all) whole.take(entry);
  // A week's, the one that stays, and what was due since the last whole ten minutes.
  EXPECT_LE(whole.pipeline->live().alive(), 12u * 7 + 2);
  EXPECT_EQ(whole.pipeline->live().alive() + whole.pipeline->live().expired(), 12u * 20 + 1);
  EXPECT_GE(whole.steps.size(), 70u);
  for (std::size_t cut = 1; cut < all.size(); cut += 97) {
    Course run;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i == cut) run.restart();
      run.take(all[i]);
    }
    EXPECT_EQ(live_text(*run.pipeline), live_text(*whole.pipeline)) << cut;
    EXPECT_TRUE(run.steps == whole.steps) << cut;
  }
  whole.archive.advance(whole.offset, true);
  std::size_t kept = 0;
  whole.archive.track({model::TerminalId::make(model::TerminalKind::kMmsi, 412000000), 0},
                      {kStart - 1}, {kStart + 1}, [&](const model::Fix&) { return ++kept > 0; });
  EXPECT_EQ(kept, 1u);
}

TEST(Pipeline, NamesTheEntryOfARulePackThatItCannotRead) {
  Course run;
  model::JournalEntry pack;
  pack.kind = model::EntryKind::kRulePack;
  pack.payload = "{\"revision\":1";
  run.take(pack);
  EXPECT_NE(run.pipeline->last_problem().find("entry 1"), std::string::npos)
      << run.pipeline->last_problem();
}

}  // namespace
}  // namespace jinglue::app
