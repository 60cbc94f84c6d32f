// SPDX-License-Identifier: Apache-2.0
// The shipped drill over a bad line, against its truth: of a hundred sentences one comes up to
// twenty minutes late and one twice, of a thousand one comes up to ten hours late. Every event that
// a rule of this system can tell is found once, with its severity, and nothing else is found. (In
// order: tests/unit/app/drill_truth_test.cpp.) In CI until 2 May 13:00, under --long to the end.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "app/pipeline.hpp"
#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "detect/rule/files.hpp"
#include "drill/player.hpp"
#include "support/drill_records.hpp"
#include "support/last_steps.hpp"
#include "support/temp_folder.hpp"
#include "tests/scenario/scenario.hpp"

namespace jinglue::scenario {
namespace {

using model::EntryKind;

/// A finding may begin later than the true movement: reporting interval, berth hysteresis, dwell.
constexpr base::Duration kBeginTolerance = std::chrono::minutes(10);
constexpr base::Duration kEndTolerance = std::chrono::minutes(15);

class DrillRun {
 public:
  DrillRun() : m_archive({m_folder / "tracks.db", ""}), m_pipeline(m_archive) {
    auto opened =
        drill::Player::open(std::string(JINGLUE_SOURCE_DIR) + "/drills/weihai_moratorium.toml", 1);
    if (!opened) throw std::runtime_error(opened.error().text());
    m_player = std::move(*opened);
  }

  void play(base::Instant to) {
    base::Instant t = m_player->begin();
    give_rules(t);
    give_records(t);
    std::vector<drill::Sentence> sentences;
    for (; t < to; t = t + std::chrono::seconds(1)) {
      give(EntryKind::kTick, t, "");
      sentences.clear();
      m_player->until(t + std::chrono::seconds(1), sentences);
      for (auto& s : sentences) send(s);
      while (!m_held.empty() && m_held.begin()->first <= t) {
        give(EntryKind::kLine, t, std::move(m_held.begin()->second));
        m_held.erase(m_held.begin());
      }
      m_archive.advance(m_offset);
    }
  }

  const drill::Player& player() const { return *m_player; }
  std::vector<model::FindingStep> findings() const { return test::last_steps(m_steps); }
  base::Json counters() const { return m_pipeline.engine().counters(); }
  std::size_t sentences() const { return m_sentences; }
  std::size_t steps() const { return m_steps.size(); }
  /// Name in the script of a finding's subject.
  std::string vessel_of(const std::string& subject) const {
    const auto known = m_keys.find(subject);
    return known == m_keys.end() ? subject : known->second;
  }

 private:
  void give(EntryKind kind, base::Instant t, std::string payload) {
    m_pipeline.process({++m_offset, kind, t, "drill", "", std::move(payload)}, m_steps);
  }

  /// The bad line: the same in each run.
  void send(drill::Sentence& s) {
    const std::uint64_t chance = base::stable_hash(std::to_string(++m_sentences));
    const auto after = [&](int most_s) {
      return s.time + std::chrono::seconds(1 + (chance >> 20) % std::uint64_t(most_s));
    };
    if (chance % 1000 == 0) {
      m_held.emplace(after(10 * 3600), std::move(s.text));
    } else if (chance % 100 == 1) {
      m_held.emplace(after(20 * 60), std::move(s.text));
    } else {
      if (chance % 100 == 2) m_held.emplace(after(10 * 60), s.text);
      give(EntryKind::kLine, s.time, std::move(s.text));
    }
  }

  void give_rules(base::Instant t) {
    const auto rules = detect::read_rule_files(std::string(JINGLUE_SOURCE_DIR) + "/rules");
    if (!rules) throw std::runtime_error(rules.error().text());
    give(EntryKind::kRulePack, t, rules->to_json().dump());
    const auto feeds =
        observe::feed::Setup::read(std::string(JINGLUE_SOURCE_DIR) + "/data/beidou", {});
    if (!feeds) throw std::runtime_error(feeds.error().text());
    give(EntryKind::kFeeds, t, feeds->to_json().dump());
    EXPECT_EQ(m_pipeline.last_problem(), "");
  }

  void give_records(base::Instant t) {
    const auto records = test::drill_records(m_player->records(), t);
    for (const auto& change : records.changes) {
      give(EntryKind::kRecordChange, t, change.to_json().dump());
    }
    for (const auto& [key, id] : records.ids) m_keys[id] = key;
    EXPECT_EQ(m_pipeline.last_problem(), "");
  }

  test::TempFolder m_folder;
  picture::Archive m_archive;
  app::Pipeline m_pipeline;
  std::unique_ptr<drill::Player> m_player;
  std::uint64_t m_offset{0};
  std::size_t m_sentences{0};
  std::multimap<base::Instant, std::string> m_held;
  std::vector<model::FindingStep> m_steps;
  std::map<std::string, std::string> m_keys;
};

std::string local_text(const std::optional<base::Instant>& t) {
  return t ? base::to_local_text(*t, "Asia/Shanghai") : "-";
}

std::string text_of(const DrillRun& run, const model::FindingStep& f) {
  return fmt::format("{} {} {} {} .. {} ({}) {}", f.rule_id, run.vessel_of(f.subjects.at(0).id),
                     to_key(f.severity), local_text(f.begin), local_text(f.end),
                     f.values["closed_by"].as_string(), f.reason.zh);
}

bool is_of(const DrillRun& run, const model::FindingStep& f, const base::Json& truth) {
  if (f.rule_id != truth["rule"].as_string()) return false;
  const auto& subject = f.subjects.at(0);
  if (subject.kind == model::SubjectKind::kVessel) {
    return run.vessel_of(subject.id) == truth["key"].as_string();
  }
  for (const auto& terminal : truth["terminals"].items()) {
    if (terminal.as_string() == subject.id) return true;
  }
  return subject.id == "mmsi:" + std::to_string(truth["mmsi"].as_int());
}

void check_times(const DrillRun& run, const model::FindingStep& f, const base::Json& truth,
                 base::Instant played) {
  const auto begin = base::parse_iso(truth["begin"].as_string()).value();
  EXPECT_GE(f.begin, begin) << text_of(run, f);
  EXPECT_LE(f.begin, begin + kBeginTolerance) << text_of(run, f);
  const bool ends = !truth["end"].is_null() &&
                    base::parse_iso(truth["end"].as_string()).value() + kEndTolerance < played;
  EXPECT_EQ(f.end.has_value(), ends) << text_of(run, f);
  if (!ends || !f.end) return;
  const auto end = base::parse_iso(truth["end"].as_string()).value();
  EXPECT_LE(std::abs((*f.end - end).count()), kEndTolerance.count()) << text_of(run, f);
}

TEST(Drill, Over_a_bad_line_finds_what_its_truth_says_and_nothing_else) {
  DrillRun run;
  const bool whole = std::getenv("JINGLUE_LONG") != nullptr;
  const auto until = whole ? run.player().end() : local_time("2024-05-02 13:00:00");
  run.play(until);
  const auto findings = run.findings();
  std::vector<bool> used(findings.size(), false);
  int wanted = 0;
  int found = 0;
  const auto truth = run.player().truth();
  for (const auto& t : truth["find"].items()) {
    const auto begin = base::parse_iso(t["begin"].as_string()).value();
    if (t["pending"].as_bool() || begin + kBeginTolerance >= until) continue;
    ++wanted;
    std::size_t i = 0;
    while (i < findings.size() && (used[i] || !is_of(run, findings[i], t))) ++i;
    if (i == findings.size()) {
      ADD_FAILURE() << "not found: " << t.dump();
      continue;
    }
    used[i] = true;
    ++found;
    check_times(run, findings[i], t, until);
    EXPECT_EQ(to_key(findings[i].severity), t["severity"].as_string()) << text_of(run, findings[i]);
  }
  for (std::size_t i = 0; i < findings.size(); ++i) {
    EXPECT_TRUE(used[i]) << "found, but not in the truth: " << text_of(run, findings[i]);
  }
  EXPECT_GE(wanted, 7);
  EXPECT_GT(run.counters()["late_fixes"].as_int(), 5000);
  fmt::print("drill: {} sentences, {} late, {} of {} events found, {} findings, {} steps\n",
             run.sentences(), run.counters()["late_fixes"].as_int(), found, wanted, findings.size(),
             run.steps());
}

}  // namespace
}  // namespace jinglue::scenario
