// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <algorithm>
#include <optional>
#include <random>
#include <thread>

#include "store/database.hpp"
#include "store/journal.hpp"
#include "store/snapshot.hpp"
#include "support/failing_disk.hpp"
#include "support/long_run.hpp"
#include "support/power_cut.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::JournalEntry;
using store::Database;
using store::Db;
using store::Journal;

namespace {

std::vector<std::string> entries_in(const std::filesystem::path& folder) {
  std::vector<std::string> out;
  store::JournalReader reader(folder, 1);
  for (JournalEntry entry; reader.next(entry);) out.push_back(entry.payload);
  return out;
}

std::string random_text(std::mt19937& random) {
  return std::string(random() % 400, static_cast<char>('a' + random() % 26)) +
         std::to_string(random());
}

/// Appends batches, syncs after most of them, saves snapshots; acknowledges what is durable.
void feed(test::PowerCut& power, const std::filesystem::path& root, std::mt19937& random,
          std::vector<std::string>& all) {
  Journal journal({.folder = root / "journal", .segment_bytes = 3000, .disk = power.disk()});
  ASSERT_EQ(journal.last_offset(), all.size());
  for (int batch = 0; batch < 25; ++batch) {
    std::vector<JournalEntry> entries(1 + random() % 8);
    for (auto& entry : entries) {
      entry.payload = random_text(random);
      all.push_back(entry.payload);
    }
    journal.append(entries);
    if (random() % 4 == 0) continue;
    journal.sync();
    power.acknowledge("journal " + std::to_string(journal.durable_offset()));
    if (random() % 4 != 0) continue;
    const auto offset = journal.durable_offset();
    store::save_snapshot(root / "snapshots", {offset, "state at " + std::to_string(offset)},
                         power.disk());
    power.acknowledge("snapshot " + std::to_string(offset));
  }
}

std::uint64_t last_of(const std::vector<std::string>& acknowledged, const std::string& kind) {
  std::uint64_t out = 0;
  for (const auto& line : acknowledged) {
    if (line.rfind(kind + " ", 0) == 0) out = std::stoull(line.substr(kind.size() + 1));
  }
  return out;
}

/// Everything acknowledged is there, in order, once; what survived beyond it becomes the truth.
void check_and_shorten(const std::filesystem::path& root,
                       const std::vector<std::string>& acknowledged,
                       std::vector<std::string>& all) {
  std::uint64_t kept = 0;
  {
    const Journal journal(
        {.folder = root / "journal", .disk = std::make_shared<test::FailingDisk>()});
    kept = journal.last_offset();
  }
  ASSERT_GE(kept, last_of(acknowledged, "journal"));
  ASSERT_LE(kept, all.size());
  all.resize(kept);
  ASSERT_EQ(entries_in(root / "journal"), all);
  const auto due = last_of(acknowledged, "snapshot");
  const auto found = store::load_snapshot(root / "snapshots");
  ASSERT_EQ(found.has_value() || due > 0, found.has_value());
  if (!found) return;
  EXPECT_GE(found->offset, due);
  EXPECT_EQ(found->state, "state at " + std::to_string(found->offset));
}

}  // namespace

TEST(PowerCut, JournalAndSnapshotsKeepWhatWasAcknowledgedThroughACutAtEveryMoment) {
  std::mt19937 random(1);
  const test::TempFolder folder;
  std::vector<std::string> all;
  test::PowerCut power(folder.path());
  feed(power, folder.path(), random, all);
  const int each = test::repeats(1, 10);
  for (std::size_t moment = 0; moment < power.moments(); ++moment) {
    for (int again = 0; again < each; ++again) {
      const test::TempFolder after;
      const auto acknowledged =
          power.cut(moment, static_cast<std::uint32_t>(random()), after.path());
      auto truth = all;
      check_and_shorten(after.path(), acknowledged, truth);
      ASSERT_FALSE(HasFailure()) << "moment " << moment << " of " << power.moments();
    }
  }
}

TEST(PowerCut, JournalGoesOnThroughOneCutAfterAnother) {
  for (int run = 0; run < test::repeats(5, 100); ++run) {
    std::mt19937 random(static_cast<std::uint32_t>(run));
    std::vector<std::string> truth;
    auto folder = std::make_unique<test::TempFolder>();
    for (int cut = 0; cut < 6; ++cut) {
      auto after = std::make_unique<test::TempFolder>();
      std::vector<std::string> acknowledged;
      {
        test::PowerCut power(folder->path());
        feed(power, folder->path(), random, truth);
        ASSERT_FALSE(HasFatalFailure());
        acknowledged = power.cut(random() % power.moments(), static_cast<std::uint32_t>(random()),
                                 after->path());
      }
      check_and_shorten(after->path(), acknowledged, truth);
      ASSERT_FALSE(HasFailure()) << "run " << run << ", cut " << cut;
      folder = std::move(after);
    }
  }
}

namespace {

const std::vector<store::Migration> kTables = {
    {1, "CREATE TABLE a (id TEXT NOT NULL, fill TEXT); CREATE TABLE b (id TEXT NOT NULL)"}};

/// Two rooms change together, now and then a work is undone, some writes are queued.
void write_records(Database& database, test::PowerCut& power, int writer, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string id = std::to_string(writer) + "-" + std::to_string(i);
    const auto work = [&database, id](Db& db) {
      db.prepare("INSERT INTO a VALUES (?, ?)").bind(1, id).bind(2, std::string(900, 'x')).run();
      database.write(
          [&](Db& joined) { joined.prepare("INSERT INTO b VALUES (?)").bind(1, id).run(); });
      if (id.back() == '7') throw std::runtime_error("undo");
    };
    if (i % 5 == 0) {
      database.write_later(work, [&power, id](std::exception_ptr e) {
        if (!e) power.acknowledge(id);
      });
      continue;
    }
    try {
      database.write(work);
      power.acknowledge(id);
    } catch (const std::runtime_error&) {
    }
  }
}

std::vector<std::string> ids_in(Database& database, const std::string& table) {
  return database.read([&](Db& db) {
    std::vector<std::string> out;
    auto rows = db.prepare("SELECT id FROM " + table + " ORDER BY id");
    while (rows.step()) out.push_back(rows.text(0));
    return out;
  });
}

void check_records(const std::filesystem::path& folder, std::vector<std::string> acknowledged) {
  Database database({.path = folder / "records.db"});
  database.migrate("test", kTables);
  ASSERT_EQ(database.check(), "");
  const auto held = ids_in(database, "a");
  ASSERT_EQ(held, ids_in(database, "b")) << "both tables or none";
  ASSERT_EQ(std::adjacent_find(held.begin(), held.end()), held.end()) << "each once";
  std::sort(acknowledged.begin(), acknowledged.end());
  ASSERT_TRUE(std::includes(held.begin(), held.end(), acknowledged.begin(), acknowledged.end()));
  for (const auto& id : held) ASSERT_NE(id.back(), '7') << "undone work came back";
}

}  // namespace

TEST(PowerCut, DatabaseKeepsWhatWasAcknowledgedThroughACutAtAnyMoment) {
  std::mt19937 random(2);
  const test::TempFolder folder;
  test::PowerCut power(folder.path());
  {
    Database database({.path = folder / "records.db", .vfs = power.vfs()});
    database.migrate("test", kTables);
    database.write([](Db& db) { db.exec("PRAGMA wal_autocheckpoint=20"); });
    std::vector<std::thread> writers;
    for (int w = 0; w < 3; ++w) {
      writers.emplace_back([&, w] { write_records(database, power, w, 60); });
    }
    for (auto& writer : writers) writer.join();
  }
  const int cuts = test::repeats(60, 1000);
  for (int i = 0; i < cuts; ++i) {
    // The end as well: closing checkpoints and removes the log.
    const std::size_t moment = i == 0 ? power.moments() : random() % power.moments();
    const test::TempFolder after;
    const auto acknowledged = power.cut(moment, static_cast<std::uint32_t>(random()), after.path());
    check_records(after.path(), acknowledged);
    ASSERT_FALSE(HasFailure()) << "moment " << moment << " of " << power.moments();
  }
}

TEST(PowerCut, WithoutSyncTheTestSeesRowsLost) {
  // The test of the test: the same writes with syncs only at checkpoints must lose something.
  std::mt19937 random(3);
  const test::TempFolder folder;
  test::PowerCut power(folder.path());
  {
    Database database({.path = folder / "records.db", .sync_full = false, .vfs = power.vfs()});
    database.migrate("test", kTables);
    for (int i = 0; i < 50; ++i) {
      const std::string id = std::to_string(i);
      database.write([&](Db& db) { db.prepare("INSERT INTO a VALUES (?, '')").bind(1, id).run(); });
      power.acknowledge(id);
    }
  }
  int lost = 0;
  for (int i = 0; i < 40; ++i) {
    const test::TempFolder after;
    auto acknowledged =
        power.cut(random() % power.moments(), static_cast<std::uint32_t>(random()), after.path());
    Database database({.path = after / "records.db"});
    database.migrate("test", kTables);
    lost += ids_in(database, "a").size() < acknowledged.size();
  }
  EXPECT_GT(lost, 0);
}
