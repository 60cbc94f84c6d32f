// SPDX-License-Identifier: Apache-2.0
#include "store/db.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

using namespace jinglue;
using store::Db;
using store::DbError;

namespace {

DbError::Cause cause_of(const std::function<void()>& act, std::string* text = nullptr) {
  try {
    act();
  } catch (const DbError& e) {
    if (text != nullptr) *text = e.what();
    return e.cause();
  }
  ADD_FAILURE() << "nothing was thrown";
  return DbError::Cause::kOther;
}

}  // namespace

TEST(Db, KeepsEveryKindOfValueExactly) {
  const test::TempFolder folder;
  Db db({.path = folder / "a.db"});
  db.exec("CREATE TABLE t (i INTEGER, n REAL, s TEXT, b BLOB, x)");
  const std::string bytes("\0\xFF'\n", 4);
  db.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)")
      .bind(1, INT64_MIN)
      .bind(2, 0.1)
      .bind(3, "\xE8\x8D\xA3\xE6\x88\x90")
      .bind_blob(4, bytes)
      .bind(5, std::optional<std::int64_t>())
      .run();
  auto row = db.prepare("SELECT * FROM t");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.integer(0), INT64_MIN);
  EXPECT_EQ(row.number(1), 0.1);
  EXPECT_EQ(row.text(2), "\xE8\x8D\xA3\xE6\x88\x90");
  EXPECT_EQ(row.blob(3), bytes);
  EXPECT_TRUE(row.is_null(4));
  EXPECT_FALSE(row.step());
}

TEST(Db, EmptyTextAndEmptyBlobAreNotNull) {
  const test::TempFolder folder;
  Db db({.path = folder / "a.db"});
  auto row = db.prepare("SELECT ?, ?");
  row.bind(1, std::string_view()).bind_blob(2, std::string_view());
  ASSERT_TRUE(row.step());
  EXPECT_FALSE(row.is_null(0));
  EXPECT_FALSE(row.is_null(1));
}

TEST(Db, StatementRunsAgainWithNewValues) {
  const test::TempFolder folder;
  Db db({.path = folder / "a.db"});
  db.exec("CREATE TABLE t (i INTEGER)");
  auto insert = db.prepare("INSERT INTO t VALUES (?)");
  for (int i = 0; i < 3; ++i) insert.bind(1, i).run();
  auto sum = db.prepare("SELECT sum(i), count(*) FROM t");
  ASSERT_TRUE(sum.step());
  EXPECT_EQ(sum.integer(0), 3);
  EXPECT_EQ(sum.integer(1), 3);
  EXPECT_EQ(db.changes(), 1);
  EXPECT_EQ(db.last_id(), 3);
}

TEST(Db, SameTextPreparedTwiceAtOnceGivesTwoStatements) {
  const test::TempFolder folder;
  Db db({.path = folder / "a.db"});
  const std::string sql = "SELECT value FROM json_each('[1,2]')";
  auto outer = db.prepare(sql);
  ASSERT_TRUE(outer.step());
  {
    auto inner = db.prepare(sql);
    ASSERT_TRUE(inner.step());
    ASSERT_TRUE(inner.step());
  }
  EXPECT_EQ(outer.integer(0), 1);
}

TEST(Db, ManyDifferentTextsStayBounded) {
  const test::TempFolder folder;
  Db db({.path = folder / "a.db"});
  for (int i = 0; i < 2000; ++i) {
    auto row = db.prepare("SELECT " + std::to_string(i));
    ASSERT_TRUE(row.step());
    ASSERT_EQ(row.integer(0), i);
  }
}

TEST(Db, ConstraintIsTold) {
  const test::TempFolder folder;
  Db db({.path = folder / "a.db"});
  db.exec("CREATE TABLE t (i INTEGER PRIMARY KEY)");
  db.exec("INSERT INTO t VALUES (1)");
  EXPECT_EQ(cause_of([&] { db.exec("INSERT INTO t VALUES (1)"); }), DbError::Cause::kConstraint);
}

TEST(Db, ForeignKeysAreEnforcedOnEveryConnection) {
  const test::TempFolder folder;
  Db db({.path = folder / "a.db"});
  db.exec("CREATE TABLE p (i INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p(i))");
  EXPECT_EQ(cause_of([&] { db.exec("INSERT INTO c VALUES (7)"); }), DbError::Cause::kConstraint);
}

TEST(Db, BadSqlNamesTheStatement) {
  const test::TempFolder folder;
  Db db({.path = folder / "a.db"});
  std::string text;
  EXPECT_EQ(cause_of([&] { db.prepare("SELEKT 1"); }, &text), DbError::Cause::kOther);
  EXPECT_NE(text.find("SELEKT 1"), std::string::npos) << text;
  EXPECT_NE(text.find("a.db"), std::string::npos) << text;
}
