// SPDX-License-Identifier: Apache-2.0
#include "app/sequencer.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "store/disk.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::app {
namespace {

/// A disk that refuses writes while `full` is set.
class FullDisk : public store::Disk {
 public:
  std::unique_ptr<store::DiskFile> open(const std::filesystem::path& path) override {
    return std::make_unique<File>(m_real->open(path), full);
  }
  void sync_folder(const std::filesystem::path& folder) override { m_real->sync_folder(folder); }
  void rename(const std::filesystem::path& a, const std::filesystem::path& b) override {
    m_real->rename(a, b);
  }
  void remove(const std::filesystem::path& path) override { m_real->remove(path); }
  std::atomic<bool> full{false};

 private:
  struct File : store::DiskFile {
    File(std::unique_ptr<store::DiskFile> file, std::atomic<bool>& is_full)
        : real(std::move(file)), refuse(is_full) {}
    void write_at(std::uint64_t at, std::string_view bytes) override {
      if (refuse) throw base::WorldError("journal: cannot write", "No space left on device");
      real->write_at(at, bytes);
    }
    void truncate(std::uint64_t size) override { real->truncate(size); }
    void sync() override { real->sync(); }
    std::uint64_t size() const override { return real->size(); }
    std::unique_ptr<store::DiskFile> real;
    std::atomic<bool>& refuse;
  };
  std::shared_ptr<store::Disk> m_real = store::real_disk();  // shared: as real_disk() gives it
};

model::JournalEntry line(int number) {
  model::JournalEntry entry;
  entry.arrival = {1000 + number};
  entry.input = "test";
  entry.payload = std::to_string(number);
  return entry;
}

struct Bench {
  test::TempFolder folder;
  std::shared_ptr<FullDisk> disk = std::make_shared<FullDisk>();  // shared: journal and test
  store::Journal journal{options()};
  std::atomic<std::int64_t> steady{0};
  DataClock clock{DataClock::Mode::kFeed, [] { return base::Instant{0}; },
                  [this] { return steady.load(); }};
  Health health;
  std::vector<model::RecordChange> changes;
  Sequencer sequencer{journal, clock,
                      health,  [this](std::int64_t after) { return later(after); },
                      0,       {base::Duration(1), base::Duration(5), 16}};

  store::Journal::Options options() {
    store::Journal::Options made;
    made.folder = folder.path() / "journal";
    made.disk = disk;
    return made;
  }
  std::vector<model::RecordChange> later(std::int64_t after) {
    std::vector<model::RecordChange> out;
    for (const auto& change : changes) {
      if (change.number > after) out.push_back(change);
    }
    return out;
  }
  /// Entries of one kind that came out, in order, until `count` are there or two seconds are over.
  std::vector<model::JournalEntry> take(model::EntryKind kind, std::size_t count) {
    std::vector<model::JournalEntry> out;
    for (int i = 0; i < 200 && out.size() < count; ++i) {
      for (auto& batch : sequencer.batches().take_all(std::chrono::milliseconds(10))) {
        for (auto& entry : batch) {
          if (entry.kind == kind) out.push_back(std::move(entry));
        }
      }
    }
    return out;
  }
};

TEST(Sequencer, HandsOnOnlyWhatIsDurableInOneOrder) {
  Bench bench;
  bench.sequencer.start();
  for (int i = 0; i < 500; ++i) bench.sequencer.put(line(i));
  const auto out = bench.take(model::EntryKind::kLine, 500);
  ASSERT_EQ(out.size(), 500u);
  for (std::size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(out[i].payload, std::to_string(i));
    EXPECT_EQ(out[i].offset, out[0].offset + i);
  }
  EXPECT_GE(bench.journal.durable_offset(), out.back().offset);
  EXPECT_EQ(bench.sequencer.durable_lines().at("test"), 500u);
}

TEST(Sequencer, HoldsInputsWhileTheDiskIsFullAndLosesNothing) {
  Bench bench;
  bench.sequencer.start();
  bench.sequencer.put(line(0));
  ASSERT_EQ(bench.take(model::EntryKind::kLine, 1).size(), 1u);
  bench.disk->full = true;
  for (int i = 1; i < 50; ++i) bench.sequencer.put(line(i));
  for (int i = 0; i < 200 && bench.health.sound(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const auto said = bench.health.to_json().dump();
  EXPECT_NE(said.find("journal_failing"), std::string::npos) << said;
  EXPECT_NE(said.find("No space left"), std::string::npos) << said;
  EXPECT_EQ(bench.sequencer.durable_lines().at("test"), 1u);
  bench.disk->full = false;
  const auto out = bench.take(model::EntryKind::kLine, 49);
  ASSERT_EQ(out.size(), 49u);
  for (int i = 1; i < 50; ++i) EXPECT_EQ(out[std::size_t(i - 1)].payload, std::to_string(i));
  EXPECT_TRUE(bench.health.sound());
}

TEST(Sequencer, PutsATickForEachSecondOfTheClock) {
  Bench bench;
  bench.clock.run_feed({10'000}, 1);
  bench.sequencer.start();
  bench.steady = 3'500;
  const auto ticks = bench.take(model::EntryKind::kTick, 3);
  ASSERT_EQ(ticks.size(), 3u);
  EXPECT_EQ(ticks[0].arrival.ms, 11'000);
  EXPECT_EQ(ticks[2].arrival.ms, 13'000);
}

TEST(Sequencer, JournalsEachRegisterChangeOnce) {
  Bench bench;
  for (std::int64_t n = 1; n <= 3; ++n) {
    model::RecordChange change;
    change.number = n;
    change.register_id = "vessel";
    change.record_id = std::to_string(n);
    change.fields = base::Json::object();
    bench.changes.push_back(change);
  }
  bench.sequencer.start();
  ASSERT_EQ(bench.take(model::EntryKind::kRecordChange, 3).size(), 3u);
  bench.sequencer.wake();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  bench.sequencer.stop();
  EXPECT_TRUE(bench.take(model::EntryKind::kRecordChange, 1).empty());
}

}  // namespace
}  // namespace jinglue::app
