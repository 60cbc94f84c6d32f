// SPDX-License-Identifier: Apache-2.0
// The shipped drill through the whole pipeline against its truth: every expected finding is made,
// on the right vessel, with its begin, end and severity, and no other finding at all.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "app/pipeline.hpp"
#include "base/local_time.hpp"
#include "detect/engine.hpp"
#include "drill/player.hpp"
#include "support/drill_records.hpp"
#include "support/long_run.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;

namespace {

const std::filesystem::path kRoot = JINGLUE_SOURCE_DIR;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// How far the exercise is played: CI to the second afternoon, `--long` to the end, sanitizers only
/// over the begin of the season.
int hours() {
  return kSanitized ? 8 : test::repeats(34, 60);
}

/// Begin and end are known to a reporting interval and the rule's dwell.
constexpr base::Duration kTolerance{std::chrono::minutes(5)};
constexpr base::Duration kHomePortDwell{std::chrono::hours(2)};

base::Instant instant(const base::Json& json) {
  return base::parse_iso(json.as_string()).value_or(base::Instant{});
}

class DrillRun {
 public:
  explicit DrillRun(std::uint64_t seed)
      : m_player(open(seed)),
        m_archive({m_folder / "tracks.db", ""}),
        m_pipeline(m_archive),
        m_until(m_player->begin() + std::chrono::hours(hours())) {
    const auto files = detect::read_rule_files((kRoot / "rules").string());
    if (!files) throw std::runtime_error(files.error().text());
    put(model::EntryKind::kRulePack, m_player->begin(), files->to_json().dump());
    const auto feeds = observe::feed::Setup::read(kRoot / "data" / "beidou", {});
    if (!feeds) throw std::runtime_error(feeds.error().text());
    put(model::EntryKind::kFeeds, m_player->begin(), feeds->to_json().dump());
    put_records();
    play();
  }

  base::Instant until() const { return m_until; }
  const std::vector<model::FindingStep>& steps() const { return m_steps; }
  base::Json truth() const { return m_player->truth(); }
  const app::Pipeline& pipeline() const { return m_pipeline; }
  /// What the engine calls the vessel of a truth entry.
  std::string subject(const base::Json& entry) const {
    const auto found = m_ids.find(entry["key"].as_string());
    return found != m_ids.end() ? found->second : entry["terminals"].items()[0].as_string();
  }

 private:
  static std::unique_ptr<drill::Player> open(std::uint64_t seed) {
    auto player = drill::Player::open(kRoot / "drills" / "weihai_moratorium.toml", seed);
    if (!player) throw std::runtime_error(player.error().text());
    return std::move(*player);
  }

  void put(model::EntryKind kind, base::Instant at, std::string payload) {
    model::JournalEntry entry;
    entry.offset = ++m_offset;
    entry.kind = kind;
    entry.arrival = at;
    if (kind == model::EntryKind::kLine) entry.input = "drill";
    entry.payload = std::move(payload);
    m_pipeline.process(entry, m_steps);
  }

  void put_records() {
    auto records = test::drill_records(m_player->records(), m_player->begin());
    for (const auto& change : records.changes) {
      put(model::EntryKind::kRecordChange, m_player->begin(), change.to_json().dump());
    }
    m_ids = std::move(records.ids);
  }

  void play() {
    std::vector<drill::Sentence> sentences;
    constexpr base::Duration kSecond{1000};
    for (auto t = m_player->begin(); t < m_until; t = t + kSecond) {
      put(model::EntryKind::kTick, t, "");
      sentences.clear();
      m_player->until(t + kSecond, sentences);
      for (auto& s : sentences) put(model::EntryKind::kLine, s.time, std::move(s.text));
      if (t.ms % 600'000 == 0) m_archive.advance(m_offset);
    }
  }

  test::TempFolder m_folder;
  std::unique_ptr<drill::Player> m_player;
  picture::Archive m_archive;
  app::Pipeline m_pipeline;
  base::Instant m_until;
  std::uint64_t m_offset{0};
  std::vector<model::FindingStep> m_steps;
  std::map<std::string, std::string> m_ids;
};

const DrillRun& run() {
  static const DrillRun the_run(1);
  return the_run;
}

/// The folded findings: the last step of each.
const std::map<std::uint64_t, model::FindingStep>& findings() {
  static const auto folded = [] {
    std::map<std::uint64_t, model::FindingStep> out;
    for (const auto& step : run().steps()) out[step.finding.value] = step;
    return out;
  }();
  return folded;
}

/// Expected entries whose finding must be open by the end of what was played.
std::vector<base::Json> due() {
  std::vector<base::Json> out;
  const auto truth = run().truth();
  for (const auto& entry : truth["find"].items()) {
    const bool dwells = entry["rule"].as_string() == "home_port";
    const auto open_by =
        instant(entry["begin"]) + kTolerance + (dwells ? kHomePortDwell : std::chrono::minutes(20));
    if (!entry["pending"].as_bool() && open_by < run().until()) out.push_back(entry);
  }
  return out;
}

std::vector<const model::FindingStep*> made_for(const base::Json& entry) {
  std::vector<const model::FindingStep*> out;
  for (const auto& [id, step] : findings()) {
    if (step.rule_id == entry["rule"].as_string() && !step.subjects.empty() &&
        step.subjects[0].id == run().subject(entry)) {
      out.push_back(&step);
    }
  }
  return out;
}

void expect_near(base::Instant got, base::Instant expected, const std::string& what) {
  const auto off = got > expected ? got - expected : expected - got;
  EXPECT_LE(off, kTolerance) << what << ": " << base::to_iso(got) << " instead of "
                             << base::to_iso(expected);
}

}  // namespace

TEST(DrillTruth, TheStationTakesRulesRecordsAndEverySentence) {
  EXPECT_EQ(run().pipeline().last_problem(), "");
  EXPECT_GT(run().pipeline().identity().size(), 500u);
  const auto& inputs = run().pipeline().inputs();
  ASSERT_EQ(inputs.size(), 1u);
  const auto& drill = inputs.begin()->second;
  EXPECT_GT(drill.fixes, 100'000u);
  for (const auto& [cause, count] : drill.rejects) EXPECT_EQ(count, 0u) << cause;
}

TEST(DrillTruth, EveryExpectedFindingIsMadeOnce) {
  ASSERT_GE(due().size(), kSanitized ? 1u : 3u);
  for (const auto& entry : due()) {
    const std::string who = entry["rule"].as_string() + " on " + entry["vessel"].as_string();
    const auto made = made_for(entry);
    ASSERT_EQ(made.size(), 1u) << who;
    expect_near(made[0]->begin, instant(entry["begin"]), who + " begins");
    if (!entry["end"].is_null() && instant(entry["end"]) + kTolerance < run().until()) {
      ASSERT_TRUE(made[0]->end) << who << " has ended";
      expect_near(*made[0]->end, instant(entry["end"]), who + " ends");
    }
    const bool risen = instant(entry["begin"]) + std::chrono::minutes(70) < run().until();
    if (risen) {
      EXPECT_EQ(model::to_key(made[0]->severity), entry["severity"].as_string()) << who;
    }
  }
}

TEST(DrillTruth, NoOtherFindingIsMade) {
  std::set<std::string> expected;
  const auto truth = run().truth();
  for (const auto& entry : truth["find"].items()) {
    expected.insert(entry["rule"].as_string() + " " + run().subject(entry));
  }
  for (const auto& [id, step] : findings()) {
    ASSERT_FALSE(step.subjects.empty());
    EXPECT_EQ(expected.count(step.rule_id + " " + step.subjects[0].id), 1u)
        << step.rule_id << " on " << step.subjects[0].label << ": " << step.reason.en;
  }
}

TEST(DrillTruth, TheMoratoriumIsSilentUntilNoonOfTheFirstOfMay) {
  const auto season = base::to_instant({2024, 5, 1, 12, 0, 0}, "Asia/Shanghai").value();
  for (const auto& step : run().steps()) {
    EXPECT_GE(step.at, season) << step.rule_id;
    EXPECT_GE(step.begin, season) << step.rule_id;
  }
}

TEST(DrillTruth, NothingIsFoundOnWhoMustStaySilent) {
  const auto truth = run().truth();
  for (const auto& entry : truth["silent"].items()) {
    if (!entry["rules"].items().empty()) continue;
    std::set<std::string> silent;
    for (const auto& vessel : entry["vessels"].items()) silent.insert(run().subject(vessel));
    for (const auto& step : run().steps()) {
      for (const auto& subject : step.subjects) {
        EXPECT_EQ(silent.count(subject.id), 0u) << step.rule_id << " on " << subject.label
                                                << ", but: " << entry["reason"]["en"].as_string();
      }
    }
  }
}
