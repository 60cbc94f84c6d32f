// SPDX-License-Identifier: Apache-2.0
// A runner whose findings cannot be stored: it says so, ends when it is told to, and the next one
// derives from the journal what was not stored.
#include "app/runner.hpp"

#include <gtest/gtest.h>

#include <future>

#include "store/database.hpp"
#include "support/station.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::app {
namespace {

constexpr base::Instant kStart{1714536000000};  // 2024-05-01T04:00:00Z
constexpr int kVessels = 12;

struct Rig {
  explicit Rig(const std::filesystem::path& root) : folder(root) {}

  store::DataFolder folder;
  store::Database records{{folder.records_db()}};
  findings::Findings findings{records};
  picture::Archive archive{{folder.tracks_db(), {}}};
  store::Journal journal{{folder.journal()}};
  DataClock clock{DataClock::Mode::kFeed};
  Health health;
  Runner runner{journal, folder, archive, findings, clock, health, options()};
  Sequencer sequencer{journal, clock,
                      health,  [](std::int64_t) { return std::vector<model::RecordChange>(); },
                      0,       {base::Duration(1), base::Duration(5), 2}};

  static Runner::Options options() {
    Runner::Options made;
    made.queue_items = 2;
    return made;
  }
  void give_rules() {
    const test::TestStation station;
    const auto files = detect::read_rule_files((station.share / "rules").string());
    ASSERT_TRUE(files) << files.error().text();
    model::JournalEntry pack;
    pack.kind = model::EntryKind::kRulePack;
    pack.arrival = kStart;
    pack.payload = files->to_json().dump();
    runner.prime({pack});
  }
  /// Three positions inside the test area; its finding is one step or more.
  void give_vessel(int number) {
    for (int i = 0; i < 3; ++i) {
      model::JournalEntry entry;
      entry.arrival = kStart + std::chrono::minutes(number * 3 + i);
      entry.input = "test";
      entry.payload = test::position_line(412000001 + std::uint32_t(number), 37.2, 122.6, 5);
      entry.payload.resize(entry.payload.size() - 2);
      sequencer.put(std::move(entry));
    }
  }
  bool failing() const {
    const auto json = health.to_json();
    for (const auto& problem : json["problems"].items()) {
      if (problem["code"].as_string() == "records_failing") return true;
    }
    return false;
  }
};

TEST(Runner, EndsThoughFindingsCannotBeStoredAndStoresThemNextTime) {
  const test::TempFolder folder;
  {
    Rig rig(folder / "var");
    rig.give_rules();
    store::Db({rig.folder.records_db()}).exec("ALTER TABLE finding_step RENAME TO gone");
    rig.runner.start(rig.sequencer, {});
    rig.sequencer.start();
    for (int i = 0; i < kVessels; ++i) {
      rig.give_vessel(i);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));  // a batch of its own
    }
    for (int i = 0; i < 1000 && !rig.failing(); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_TRUE(rig.failing());
    auto ended = std::async(std::launch::async, [&] {
      rig.runner.prepare_stop();
      rig.sequencer.stop();
      rig.runner.stop();
    });
    if (ended.wait_for(std::chrono::seconds(60)) != std::future_status::ready) {
      std::fputs("the runner does not end\n", stderr);
      std::abort();  // its threads cannot be joined
    }
    store::Db({rig.folder.records_db()}).exec("ALTER TABLE gone RENAME TO finding_step");
  }
  Rig again(folder / "var");
  again.runner.recover();
  EXPECT_EQ(again.findings.list({}, kStart).total, std::uint64_t(kVessels));
}

}  // namespace
}  // namespace jinglue::app
