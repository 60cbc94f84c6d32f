// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <fstream>
#include <optional>
#include <random>

#include "store/database.hpp"
#include "store/journal.hpp"
#include "store/snapshot.hpp"
#include "support/failing_disk.hpp"
#include "support/file_size_limit.hpp"
#include "support/long_run.hpp"
#include "support/no_rights.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::JournalEntry;
using store::Database;
using store::Db;
using store::DbError;
using store::Journal;
using test::DiskOp;

namespace {

std::vector<JournalEntry> lines(const std::vector<std::string>& texts) {
  std::vector<JournalEntry> out;
  for (const auto& text : texts) {
    out.emplace_back();
    out.back().payload = text;
  }
  return out;
}

std::vector<std::string> entries_in(const std::filesystem::path& folder) {
  std::vector<std::string> out;
  store::JournalReader reader(folder, 1);
  for (JournalEntry entry; reader.next(entry);) out.push_back(entry.payload);
  return out;
}

std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const base::WorldError& e) {
    return e.what();
  }
  return "nothing was thrown";
}

std::optional<DbError::Cause> cause_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const DbError& e) {
    return e.cause();
  }
  return std::nullopt;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void overwrite(const std::filesystem::path& file, std::streamoff at, const std::string& bytes) {
  std::fstream io(file, std::ios::binary | std::ios::in | std::ios::out);
  io.seekp(at);
  io << bytes;
}

constexpr const char* kTable = "CREATE TABLE t (i INTEGER PRIMARY KEY, fill TEXT)";

void insert(Db& db, int i, std::size_t size) {
  db.prepare("INSERT INTO t VALUES (?, ?)").bind(1, i).bind(2, std::string(size, 'x')).run();
}

int count(const Database& database) {
  return database.read([](Db& db) {
    auto row = db.prepare("SELECT count(*) FROM t");
    row.step();
    return static_cast<int>(row.integer(0));
  });
}

}  // namespace

TEST(FullDisk, JournalCutsBackAndGoesOnWhenThereIsRoomAgain) {
  const test::TempFolder folder;
  Journal journal({.folder = folder.path()});
  auto first = lines({"first"});
  journal.append(first);
  journal.sync();
  const auto size = journal.size_bytes();
  auto batch = lines({std::string(100, 'a'), std::string(5000, 'b')});
  {
    const test::FileSizeLimit limit(size + 1000);
    const auto text = message_of([&] { journal.append(batch); });
    EXPECT_TRUE(contains(text, "cannot write") && contains(text, "free space")) << text;
  }
  EXPECT_EQ(journal.last_offset(), 1U);
  EXPECT_EQ(journal.size_bytes(), size);
  EXPECT_EQ(batch[0].offset, 0U) << "nothing of the batch counts";
  EXPECT_EQ(entries_in(folder.path()), std::vector<std::string>{"first"});
  batch = lines({"second"});
  journal.append(batch);
  journal.sync();
  EXPECT_EQ(entries_in(folder.path()), (std::vector<std::string>{"first", "second"}));
}

TEST(FullDisk, SnapshotFailsWithoutHarmToTheOneBefore) {
  const test::TempFolder folder;
  store::save_snapshot(folder.path(), {1, "old"});
  std::mt19937 random(1);
  std::string noise(100'000, '\0');
  for (auto& c : noise) c = static_cast<char>(random());
  {
    const test::FileSizeLimit limit(10'000);
    const auto text = message_of([&] { store::save_snapshot(folder.path(), {2, noise}); });
    EXPECT_TRUE(contains(text, "free space")) << text;
  }
  EXPECT_EQ(store::load_snapshot(folder.path())->state, "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(FullDisk, DatabaseSaysSoKeepsWhatItHasAndGoesOn) {
  const test::TempFolder folder;
  Database database({.path = folder / "a.db"});
  database.write([](Db& db) { db.exec(kTable); });
  database.write([](Db& db) { insert(db, 1, 10); });
  database.write([](Db& db) { db.exec("PRAGMA max_page_count=20"); });
  const auto text = message_of([&] { database.write([](Db& db) { insert(db, 2, 200'000); }); });
  EXPECT_TRUE(contains(text, "a.db") && contains(text, "free space")) << text;
  EXPECT_EQ(cause_of([&] { database.write([](Db& db) { insert(db, 2, 200'000); }); }),
            DbError::Cause::kFull);
  database.write([](Db& db) { insert(db, 3, 10); });
  EXPECT_EQ(count(database), 2);
  EXPECT_EQ(database.check(), "");
}

TEST(FullDisk, DatabaseOnAFileThatCannotGrowFailsCleanly) {
  const test::TempFolder folder;
  Database database({.path = folder / "a.db"});
  database.write([](Db& db) { db.exec(kTable); });
  {
    const test::FileSizeLimit limit(60'000);
    const auto text = message_of([&] { database.write([](Db& db) { insert(db, 1, 300'000); }); });
    EXPECT_TRUE(contains(text, "a.db") && contains(text, "ulimit -f")) << text;
  }
  database.write([](Db& db) { insert(db, 2, 300'000); });
  EXPECT_EQ(count(database), 1);
  EXPECT_EQ(database.check(), "");
}

TEST(FullDisk, QueuedWritesBehindAFailedOneAreDone) {
  const test::TempFolder folder;
  std::atomic<int> failed{0}, done{0};
  {
    Database database({.path = folder / "a.db"});
    database.write([](Db& db) { db.exec(kTable); });
    database.write([](Db& db) { db.exec("PRAGMA max_page_count=40"); });
    for (int i = 0; i < 20; ++i) {
      database.write_later([i](Db& db) { insert(db, i, i == 10 ? 300'000 : 10); },
                           [&](std::exception_ptr e) { ++(e ? failed : done); });
    }
  }
  EXPECT_GE(failed, 1);
  EXPECT_EQ(failed + done, 20) << "each is told its end";
  Database database({.path = folder / "a.db"});
  EXPECT_EQ(count(database), done) << "told done means there";
}

TEST(DyingDisk, JournalStopsAfterAFailedSync) {
  const test::TempFolder folder;
  auto disk = std::make_shared<test::FailingDisk>();
  Journal journal({.folder = folder.path(), .disk = disk});
  auto batch = lines({"a"});
  journal.append(batch);
  journal.sync();
  batch = lines({"b"});
  journal.append(batch);
  disk->fails = [](DiskOp op) { return op == DiskOp::kSync; };
  EXPECT_THROW(journal.sync(), base::WorldError);
  disk->fails = [](DiskOp) { return false; };
  EXPECT_TRUE(contains(message_of([&] { journal.sync(); }), "journal is stopped"));
  EXPECT_TRUE(contains(message_of([&] { journal.append(batch); }), "start the program again"));
  EXPECT_EQ(journal.durable_offset(), 1U);
}

TEST(DyingDisk, NothingAcknowledgedIsLostWhateverFails) {
  for (int run = 0; run < test::repeats(150, 3000); ++run) {
    std::mt19937 random(static_cast<std::uint32_t>(run));
    const test::TempFolder folder;
    auto disk = std::make_shared<test::FailingDisk>();
    disk->fails = [&random](DiskOp op) { return random() % (op == DiskOp::kSync ? 60 : 15) == 0; };
    std::vector<std::string> tried, safe, failed;
    try {
      Journal journal({.folder = folder.path(), .segment_bytes = 400, .disk = disk});
      for (int i = 0; i < 60; ++i) {
        auto batch = lines({std::to_string(i), std::to_string(i) + "b"});
        try {
          journal.append(batch);
          tried.push_back(batch[0].payload);
          tried.push_back(batch[1].payload);
        } catch (const base::WorldError& e) {
          if (contains(e.what(), "is stopped")) break;
          failed = {batch[0].payload, batch[1].payload};
          continue;
        }
        failed.clear();
        if (i % 3 != 0) continue;
        journal.sync();
        safe = tried;
      }
    } catch (const base::WorldError&) {  // it stopped; so does this process
    }
    // When even cutting back failed, a part of that batch may be found; never of an older one.
    tried.insert(tried.end(), failed.begin(), failed.end());
    disk->fails = [](DiskOp) { return false; };
    const Journal again({.folder = folder.path(), .disk = disk});
    const auto held = entries_in(folder.path());
    ASSERT_EQ(held.size(), again.last_offset());
    ASSERT_GE(held.size(), safe.size()) << "run " << run;
    ASSERT_LE(held.size(), tried.size()) << "run " << run;
    ASSERT_TRUE(std::equal(held.begin(), held.end(), tried.begin())) << "run " << run;
  }
}

TEST(NoRights, DatabaseJournalAndSnapshotSayWhatToDo) {
  const test::TempFolder folder;
  {
    Database database({.path = folder / "a.db"});
    database.write([](Db& db) { db.exec(kTable); });
  }
  std::filesystem::permissions(folder / "a.db", std::filesystem::perms(0444));
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  const auto texts = {
      test::without_rights(
          [&] { return message_of([&] { Database({.path = folder / "a.db"}); }); }),
      test::without_rights(
          [&] { return message_of([&] { Database({.path = folder / "new.db"}); }); }),
      test::without_rights(
          [&] { return message_of([&] { Journal({.folder = folder / "journal"}); }); }),
      test::without_rights([&] {
        return message_of([&] {
          Journal journal({.folder = folder.path()});
          auto batch = lines({"a"});
          journal.append(batch);
        });
      }),
      test::without_rights(
          [&] { return message_of([&] { store::save_snapshot(folder.path(), {1, "a"}); }); }),
  };
  for (const auto& text : texts) {
    EXPECT_TRUE(contains(text, folder.path().string()) && contains(text, "writable")) << text;
  }
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
}

TEST(CorruptDatabase, ForeignFileIsRefusedWithAHint) {
  const test::TempFolder folder;
  std::ofstream(folder / "a.db") << std::string(10'000, 'j');
  const auto text = message_of([&] { Database({.path = folder / "a.db"}); });
  EXPECT_TRUE(contains(text, "a.db") && contains(text, "put the last backup in their place"))
      << text;
  EXPECT_EQ(cause_of([&] { Database({.path = folder / "a.db"}); }), DbError::Cause::kCorrupt);
}

TEST(CorruptDatabase, DamagedPageIsFoundByReadingAndByTheCheck) {
  const test::TempFolder folder;
  {
    Database database({.path = folder / "a.db"});
    database.write([](Db& db) {
      db.exec(kTable);
      for (int i = 0; i < 500; ++i) insert(db, i, 200);
    });
  }
  for (int page = 1; page < 20; ++page) {
    overwrite(folder / "a.db", page * 4096, std::string(300, '\xA5'));
  }
  Database database({.path = folder / "a.db"});
  EXPECT_NE(database.check(), "");
  EXPECT_EQ(cause_of([&] {
              database.read([](Db& db) {
                auto rows = db.prepare("SELECT fill FROM t");
                while (rows.step()) rows.text(0);
              });
            }),
            DbError::Cause::kCorrupt);
}

TEST(OpenDatabase, MissingFolderAndHeldFileAreTold) {
  const test::TempFolder folder;
  const auto text = message_of([&] { Database({.path = folder / "no/such/a.db"}); });
  EXPECT_TRUE(contains(text, "cannot open the database") && contains(text, "folder exists"))
      << text;
  Db one({.path = folder / "a.db"});
  Db two({.path = folder / "a.db"});
  two.exec("PRAGMA busy_timeout=10");
  one.exec("BEGIN IMMEDIATE");
  EXPECT_EQ(cause_of([&] { two.exec("BEGIN IMMEDIATE"); }), DbError::Cause::kBusy);
}
