// SPDX-License-Identifier: Apache-2.0
// The write-ahead log is brought into the file by a thread of its own, and by no commit.
#include "store/log_keeper.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include "store/database.hpp"
#include "store/write_log.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using namespace std::chrono_literals;
using store::Db;

namespace {

/// Some 100 pages in one commit.
void fill(Db& db) {
  auto s = db.prepare("INSERT INTO t(s) VALUES(?)");
  for (int i = 0; i < 100; ++i) s.bind(1, std::string(4000, 'x')).run();
}

struct LogKeeperTest : testing::Test {
  test::TempFolder folder;
  store::OpenOptions options{.path = folder / "a.db", .sync_full = false};
  std::uintmax_t file_size() const { return std::filesystem::file_size(options.path); }
  std::uintmax_t log_size() const {
    return std::filesystem::file_size(options.path.string() + "-wal");
  }
};

}  // namespace

TEST_F(LogKeeperTest, ACommitMovesALongLogItselfUnlessItIsLeftToOthers) {
  Db db(options);
  db.exec("CREATE TABLE t (s TEXT)");
  for (int i = 0; i < 12; ++i) fill(db);
  EXPECT_GT(file_size(), 4'000'000u) << "SQLite's own way";
  const auto before = file_size();
  store::leave_log_to_others(db);
  for (int i = 0; i < 12; ++i) fill(db);
  EXPECT_GT(store::log_pages(db), store::kLongLog);
  EXPECT_EQ(file_size(), before);
  const auto done = store::move_log(db);
  EXPECT_EQ(done.moved, done.pages);
  EXPECT_GT(file_size(), before + 4'000'000u);
}

TEST_F(LogKeeperTest, MovesTheLogOfADatabaseAndStartsItAnew) {
  {
    store::Database database(options);
    database.write([](Db& db) { db.exec("CREATE TABLE t (s TEXT)"); });
    // 100 MB: without being started anew the log would be as long.
    for (int i = 0; i < 240; ++i) database.write([](Db& db) { fill(db); });
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (file_size() < 90'000'000u && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(10ms);
      database.write([](Db& db) { db.exec("INSERT INTO t(s) VALUES('y')"); });
    }
    EXPECT_GT(file_size(), 90'000'000u);
    EXPECT_LT(log_size(), 80'000'000u);
    EXPECT_EQ(database.check(), "");
  }
  Db db(options);
  auto count = db.prepare("SELECT COUNT(*) FROM t WHERE s LIKE 'x%'");
  ASSERT_TRUE(count.step());
  EXPECT_EQ(count.integer(0), 24'000);
}

TEST_F(LogKeeperTest, ALongReaderHoldsTheLogButNoCommit) {
  store::Database database(options);
  database.write([](Db& db) { db.exec("CREATE TABLE t (s TEXT)"); });
  database.read([&](Db& reader) {
    auto first = reader.prepare("SELECT COUNT(*) FROM t");
    ASSERT_TRUE(first.step());
    // A writer of its own thread, while this snapshot stands.
    std::thread writer([&] {
      for (int i = 0; i < 30; ++i) database.write([](Db& db) { fill(db); });
    });
    writer.join();
    EXPECT_EQ(first.integer(0), 0);
    EXPECT_GT(log_size(), 10'000'000u) << "what the reader does not see stays in the log";
  });
  EXPECT_EQ(database.read([](Db& db) {
    auto row = db.prepare("SELECT COUNT(*) FROM t");
    row.step();
    return row.integer(0);
  }),
            3'000);
}
