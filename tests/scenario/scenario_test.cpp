// SPDX-License-Identifier: Apache-2.0
// Every *.scenario of this folder as four tests: through the pipeline as it arrives, with a restart
// from a snapshot in the middle, with its log in order of time, and through the back-test.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "app/pipeline.hpp"
#include "app/replay.hpp"
#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "base/log.hpp"
#include "store/snapshot.hpp"
#include "support/last_steps.hpp"
#include "support/temp_folder.hpp"
#include "tests/scenario/scenario.hpp"

namespace jinglue::scenario {
namespace {

using model::FindingStep;
using model::JournalEntry;

struct Station {
  test::TempFolder folder;
  std::unique_ptr<picture::Archive> archive;
  std::unique_ptr<app::Pipeline> pipeline;
  std::vector<FindingStep> steps;

  Station() { start(); }
  void start() {
    pipeline.reset();
    archive.reset();
    archive =
        std::make_unique<picture::Archive>(picture::Archive::Options{folder / "tracks.db", ""});
    pipeline = std::make_unique<app::Pipeline>(*archive);
    pipeline->trust_positions();
  }
  std::string saved() const {
    base::ByteWriter out;
    pipeline->save(out);
    return out.take();
  }
  void take(const std::vector<JournalEntry>& entries, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) pipeline->process(entries[i], steps);
    EXPECT_EQ(pipeline->last_problem(), "");
  }
};

std::vector<FindingStep> run(const std::vector<JournalEntry>& entries) {
  Station station;
  station.take(entries, 0, entries.size());
  return station.steps;
}

std::string shown(const std::optional<base::Instant>& t) {
  if (!t) return "-";
  const auto text = base::to_local_text(*t, "Asia/Shanghai");
  return t->ms % 1000 == 0 ? text : text + fmt::format(".{:03d}", t->ms % 1000);
}

std::string kinds_of(const std::vector<FindingStep>& steps, model::FindingId id) {
  std::string out;
  for (const auto& step : steps) {
    if (step.finding == id) out += (out.empty() ? "" : " ") + std::string(to_key(step.kind));
  }
  return out;
}

Row row_of(const Scenario& s, const FindingStep& f, const std::vector<FindingStep>& steps) {
  const auto closed = f.values["closed_by"].as_string();
  return {
      {"vessel", s.vessel_of(f.subjects.at(0).id)},
      {"rule", f.rule_id},
      {"version", std::to_string(f.rule_version)},
      {"severity", std::string(to_key(f.severity))},
      {"title", f.title.zh},
      {"zone", f.zone},
      {"begin", shown(f.begin)},
      {"end", shown(f.end)},
      {"closed by", closed.empty() ? "-" : closed},
      {"receivers silent", f.values.has("receivers_silent_min")
                               ? fmt::format("{} min", f.values["receivers_silent_min"].as_int())
                               : "-"},
      {"steps", kinds_of(steps, f.finding)}};
}

bool meets(const Row& found, const Row& wanted) {
  for (const auto& [name, cell] : wanted) {
    if (name == "#" || cell.empty()) continue;
    const auto at = found.find(name);
    if (at == found.end()) throw std::runtime_error("no column '" + name + "'");
    if (at->second != cell) return false;
  }
  return true;
}

std::string text_of(const Row& row) {
  std::string out;
  for (const auto& [name, cell] : row) {
    if (name != "steps" || cell.size() < 80) out += name + "=" + cell + "  ";
  }
  return out;
}

/// Each row of the table is met by exactly one finding, and each finding meets a row.
void compare(const Scenario& s, const std::vector<FindingStep>& steps, bool with_steps) {
  std::vector<Row> found;
  for (const auto& f : test::last_steps(steps)) found.push_back(row_of(s, f, steps));
  std::vector<bool> used(found.size(), false);
  for (auto wanted : s.expected) {
    if (!with_steps) wanted.erase("steps");
    std::size_t i = 0;
    while (i < found.size() && (used[i] || !meets(found[i], wanted))) ++i;
    if (i < found.size()) {
      used[i] = true;
    } else {
      ADD_FAILURE() << s.file << ":" << wanted["#"] << ": not found: " << text_of(wanted);
    }
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(used[i]) << s.file << ": found, but not expected: " << text_of(found[i]);
  }
}

class Live : public testing::Test {
 public:
  explicit Live(std::string name) : m_file(std::move(name)) {}
  void TestBody() override {
    const Scenario s = read_scenario(m_file);
    const auto steps = run(s.entries(false));
    compare(s, steps, true);
    std::set<std::pair<std::uint64_t, std::uint32_t>> seen;
    for (const auto& step : steps) {
      EXPECT_TRUE(seen.insert({step.finding.value, step.number}).second);
      EXPECT_FALSE(step.reason.zh.empty());
      EXPECT_FALSE(step.reason.en.empty());
    }
  }

 private:
  std::string m_file;
};

class Restarted : public testing::Test {
 public:
  explicit Restarted(std::string name) : m_file(std::move(name)) {}
  void TestBody() override {
    const auto entries = read_scenario(m_file).entries(false);
    const auto plain = run(entries);
    for (const double share : {0.25, 0.5, 0.75}) {
      Station station;
      const auto half = std::size_t(share * double(entries.size()));
      station.take(entries, 0, half);
      const std::string state = station.saved();
      station.archive->advance(entries[half - 1].offset, true);
      station.start();
      base::ByteReader in(state);
      ASSERT_TRUE(station.pipeline->load(in));
      station.take(entries, half, entries.size());
      EXPECT_TRUE(station.steps == plain) << "restart after " << half << " entries";
    }
  }

 private:
  std::string m_file;
};

class InOrder : public testing::Test {
 public:
  explicit InOrder(std::string name) : m_file(std::move(name)) {}
  void TestBody() override {
    const Scenario s = read_scenario(m_file);
    compare(s, run(s.entries(true)), false);
  }

 private:
  std::string m_file;
};

/// Id, rule, subject and begin of each finding.
std::set<std::string> names_of(const std::vector<FindingStep>& steps) {
  std::set<std::string> out;
  for (const auto& f : test::last_steps(steps)) {
    out.insert(fmt::format("{} {} {} {}", base::to_hex(f.finding.value), f.rule_id,
                           f.subjects.at(0).id, shown(f.begin)));
  }
  return out;
}

class Backtested : public testing::Test {
 public:
  explicit Backtested(std::string name) : m_file(std::move(name)) {}
  void TestBody() override {
    const Scenario s = read_scenario(m_file);
    const auto entries = s.entries(false);
    Station station;
    station.take(entries, 0, entries.size());
    app::Replay past;
    past.pipeline().trust_positions();
    past.rules(s.rules);
    past.records(s.changes);
    store::save_snapshot(station.folder / "snapshots", {1, station.saved()});
    ASSERT_TRUE(past.stated_from(station.folder / "snapshots"));
    past.archive(*station.archive, {}, {});
    std::uint64_t copies = 0;  // a chart may say the same twice within a second
    for (const auto& [name, input] : station.pipeline->inputs()) copies += input.copies;
    EXPECT_EQ(past.pipeline().positions() + copies, s.shots.size());
    EXPECT_EQ(past.pipeline().last_problem(), "");
    // The register is known from the start, and the clock stops with the last arrival: scenarios
    // that turn on what was known when are told by their own rows, and the others are compared by
    // which findings there are, not by how they ended.
    const bool timeless = std::all_of(s.changes.begin(), s.changes.end(),
                                      [](const auto& c) { return c.at == base::kDistantPast; });
    if (timeless) {
      EXPECT_EQ(names_of(past.steps()), names_of(station.steps)) << s.file;
    }
  }

 private:
  std::string m_file;
};

template <class Kind>
void add(const std::string& suite, const std::string& file) {
  const std::string name = std::filesystem::path(file).stem().string();
  testing::RegisterTest(
      suite.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
      [file]() -> testing::Test* { return std::make_unique<Kind>(file).release(); });
}

}  // namespace
}  // namespace jinglue::scenario

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  jinglue::base::set_log_level(jinglue::base::Level::kWarn);
  std::vector<std::string> files;
  const std::string folder = std::string(JINGLUE_SOURCE_DIR) + "/tests/scenario";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".scenario") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  using namespace jinglue::scenario;
  for (const auto& file : files) {
    add<Live>("Scenario", file);
    add<Restarted>("AfterARestart", file);
    add<InOrder>("InOrderOfTime", file);
    add<Backtested>("InTheBacktest", file);
  }
  return RUN_ALL_TESTS();
}
