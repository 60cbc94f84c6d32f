// SPDX-License-Identifier: Apache-2.0
#include "store/database.hpp"

#include <gtest/gtest.h>
#include <atomic>
#include <thread>
#include <vector>

#include "support/temp_folder.hpp"

using namespace jinglue;
using store::Database;
using store::Db;
using store::DbError;

namespace {

const std::vector<store::Migration> kSteps = {
    {1, "CREATE TABLE t (i INTEGER PRIMARY KEY, s TEXT)"}};

void insert(Db& db, std::int64_t i) {
  db.prepare("INSERT INTO t VALUES (?, 'x')").bind(1, i).run();
}

std::int64_t count(const Database& database) {
  return database.read([](Db& db) {
    auto row = db.prepare("SELECT count(*) FROM t");
    row.step();
    return row.integer(0);
  });
}

struct DatabaseTest : testing::Test {
  test::TempFolder folder;
  Database database{{.path = folder / "a.db"}};
  DatabaseTest() { database.migrate("test", kSteps); }
};

struct Refused : std::runtime_error {
  using runtime_error::runtime_error;
};

}  // namespace

TEST_F(DatabaseTest, WriteReturnsItsValueAfterTheCommit) {
  const auto id = database.write([](Db& db) {
    insert(db, 7);
    return db.last_id();
  });
  EXPECT_EQ(id, 7);
  EXPECT_EQ(count(database), 1);
}

TEST_F(DatabaseTest, WhatThrowsUndoesOnlyItself) {
  database.write([](Db& db) { insert(db, 1); });
  EXPECT_THROW(database.write([](Db& db) {
    insert(db, 2);
    throw Refused("no");
  }),
               Refused);
  database.write([](Db& db) { insert(db, 3); });
  EXPECT_EQ(count(database), 2);
}

TEST_F(DatabaseTest, NestedWriteJoinsTheOuterOne) {
  EXPECT_THROW(database.write([&](Db& db) {
    insert(db, 1);
    database.write([](Db& inner) { insert(inner, 2); });
    EXPECT_EQ(count(database), 2) << "a read inside sees what the write has done";
    throw Refused("all of it");
  }),
               Refused);
  EXPECT_EQ(count(database), 0);
}

TEST_F(DatabaseTest, NestedWriteThatThrowsLeavesTheOuterOneStanding) {
  database.write([&](Db& db) {
    insert(db, 1);
    EXPECT_THROW(database.write([](Db& inner) {
      insert(inner, 2);
      throw Refused("inner");
    }),
                 Refused);
    insert(db, 3);
  });
  EXPECT_EQ(count(database), 2);
}

TEST_F(DatabaseTest, HookRunsAfterTheCommitAndNotAfterAnUndo) {
  std::vector<int> told;
  database.write([&](Db& db) {
    insert(db, 1);
    database.after_commit([&] {
      told.push_back(1);
      EXPECT_EQ(count(database), 1);
    });
    try {
      database.write([&](Db& inner) {
        insert(inner, 2);
        database.after_commit([&] { told.push_back(2); });
        throw Refused("inner");
      });
    } catch (const Refused&) {
    }
    EXPECT_TRUE(told.empty());
  });
  EXPECT_EQ(told, std::vector<int>{1});
}

TEST_F(DatabaseTest, HookMayWrite) {
  database.write([&](Db& db) {
    insert(db, 1);
    database.after_commit([&] { database.write([](Db& later) { insert(later, 2); }); });
  });
  EXPECT_EQ(count(database), 2);
}

TEST_F(DatabaseTest, ManyWritersAndReadersSeeWholeWrites) {
  std::atomic<bool> stop{false};
  std::atomic<int> reads{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      while (!stop) {
        EXPECT_EQ(count(database) % 2, 0);  // every write adds two rows
        ++reads;
      }
    });
  }
  std::vector<std::thread> writers;
  for (int t = 0; t < 4; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        database.write([&](Db& db) {
          insert(db, t * 1000 + i * 2);
          insert(db, t * 1000 + i * 2 + 1);
        });
      }
    });
  }
  for (auto& w : writers) w.join();
  stop = true;
  for (auto& r : threads) r.join();
  EXPECT_EQ(count(database), 400);
  EXPECT_GT(reads, 0);
}

TEST_F(DatabaseTest, ReadSeesOneSnapshotWhileOthersWrite) {
  database.read([&](Db& db) {
    auto row = db.prepare("SELECT count(*) FROM t");
    row.step();
    const auto before = row.integer(0);
    std::thread([&] { database.write([](Db& w) { insert(w, 1); }); }).join();
    EXPECT_EQ(count(database), before) << "a nested read shares the snapshot";
  });
  EXPECT_EQ(count(database), 1);
}

TEST_F(DatabaseTest, MoreReadersThanConnectionsWaitTheirTurn) {
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int t = 0; t < 40; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) count(database);
      ++done;
    });
  }
  for (auto& t : threads) t.join();
  EXPECT_EQ(done, 40);
}

TEST_F(DatabaseTest, LaterWritesAreDoneInOrderAndBeforeTheEnd) {
  std::vector<int> order;
  int failed = 0;
  {
    Database other({.path = folder / "b.db"});
    other.migrate("test", kSteps);
    for (int i = 0; i < 5000; ++i) {
      other.write_later(
          [&order, i](Db& db) {
            order.push_back(i);
            insert(db, i % 4999);  // the last one is a duplicate
          },
          [&failed](std::exception_ptr e) { failed += e ? 1 : 0; });
    }
  }
  ASSERT_EQ(order.size(), 5000U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(failed, 1);
}

TEST_F(DatabaseTest, MigrationsRunOnceAndAreRecorded) {
  const std::vector<store::Migration> more = {kSteps[0], {2, "ALTER TABLE t ADD COLUMN z"}};
  database.migrate("test", more);
  database.migrate("test", more);
  database.write([](Db& db) { db.exec("INSERT INTO t VALUES (1, 'a', 'z')"); });
  EXPECT_EQ(count(database), 1);
}

TEST_F(DatabaseTest, DatabaseOfANewerProgramIsRefusedWithAHint) {
  const std::vector<store::Migration> more = {kSteps[0], {2, "ALTER TABLE t ADD COLUMN z"}};
  database.migrate("test", more);
  try {
    database.migrate("test", kSteps);
    FAIL();
  } catch (const DbError& e) {
    EXPECT_NE(std::string(e.what()).find("start the newer program"), std::string::npos) << e.what();
  }
}

TEST_F(DatabaseTest, EditedMigrationIsRefusedAndLayoutIsFree) {
  const std::vector<store::Migration> spaced = {
      {1, "CREATE  TABLE t\n (i INTEGER PRIMARY KEY, s TEXT)"}};
  database.migrate("test", spaced);
  const std::vector<store::Migration> edited = {{1, "CREATE TABLE t (i INTEGER PRIMARY KEY)"}};
  EXPECT_THROW(database.migrate("test", edited), DbError);
}

TEST_F(DatabaseTest, FailedMigrationLeavesNothingBehind) {
  const std::vector<store::Migration> bad = {
      kSteps[0], {2, "CREATE TABLE u (i)"}, {3, "CREATE TABLE v (((("}};
  EXPECT_THROW(database.migrate("test", bad), DbError);
  const std::vector<store::Migration> good = {kSteps[0], {2, "CREATE TABLE u (j)"}};
  database.migrate("test", good);
}

TEST_F(DatabaseTest, SoundFileChecksEmpty) {
  EXPECT_EQ(database.check(), "");
}
