// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/text_search.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <set>

#include "support/temp_folder.hpp"

using namespace jinglue;
using store::Db;
namespace sqlite = store::sqlite;

namespace {

struct TextSearchTest : testing::Test {
  test::TempFolder folder;
  Db db{{.path = folder / "a.db"}};
  TextSearchTest() {
    sqlite::make_text_index(db, "words");
    put(1, "演练鲁荣渔51234 石岛 412345678");
    put(2, "演练鲁荣渔养60077 桑沟湾 412349999");
    put(3, "HAI YANG 88 distant-water (远洋) 荣成");
    put(4, "渔");
  }
  void put(std::int64_t row, const std::string& text) { sqlite::put_text(db, "words", row, text); }
  std::set<std::int64_t> find(const std::string& query) {
    const auto rows = sqlite::search_text(db, "words", query, 100);
    return {rows.begin(), rows.end()};
  }
};

using Rows = std::set<std::int64_t>;

}  // namespace

TEST_F(TextSearchTest, TwoCharacterChineseWordsAreFound) {
  EXPECT_EQ(find("石岛"), Rows{1});
  EXPECT_EQ(find("荣渔"), (Rows{1, 2}));
  EXPECT_EQ(find("远洋"), Rows{3});
  EXPECT_EQ(find("洋远"), Rows{});
}

TEST_F(TextSearchTest, OneThreeAndMoreCharactersAreFound) {
  EXPECT_EQ(find("渔"), (Rows{1, 2, 4})) << "also as the last character of a run";
  EXPECT_EQ(find("岛"), Rows{1});
  EXPECT_EQ(find("桑沟湾"), Rows{2});
  EXPECT_EQ(find("鲁荣渔养"), Rows{2});
  EXPECT_EQ(find("鲁荣养"), Rows{}) << "characters of a word stand together";
}

TEST_F(TextSearchTest, NumbersAreFoundByBeginningAndEnd) {
  EXPECT_EQ(find("412345678"), Rows{1});
  EXPECT_EQ(find("41234"), (Rows{1, 2}));
  EXPECT_EQ(find("5678"), Rows{1});
  EXPECT_EQ(find("鲁荣渔512"), Rows{1});
  EXPECT_EQ(find("077"), Rows{2});
}

TEST_F(TextSearchTest, LatinWordsAreFoundByBeginningInAnyCaseAndWidth) {
  EXPECT_EQ(find("hai yang"), Rows{3});
  EXPECT_EQ(find("YAN"), Rows{3});
  EXPECT_EQ(find("ＨＡＩ８８"), Rows{}) << "one word, as it was typed";
  EXPECT_EQ(find("ＨＡＩ ８８"), Rows{3});
}

TEST_F(TextSearchTest, AllPartsMustMatchInAnyOrder) {
  EXPECT_EQ(find("荣成 88"), Rows{3});
  EXPECT_EQ(find("石岛 桑沟湾"), Rows{});
}

TEST_F(TextSearchTest, OperatorsAndSignsOfTheQueryLanguageAreText) {
  for (const std::string query : {"\"", "*", "AND", "NOT 石岛", "a OR b", "NEAR(", "tokens:x", "-",
                                  "^石", "'; DROP TABLE words", "\xFF\xFE", "()"}) {
    EXPECT_NO_THROW(find(query)) << query;
  }
  EXPECT_EQ(find("石岛\"*"), Rows{1});
  EXPECT_EQ(find(""), Rows{});
  EXPECT_EQ(find(" ，。"), Rows{});
}

TEST_F(TextSearchTest, ReplacedAndRemovedTextsAreNotFound) {
  put(1, "文登");
  EXPECT_EQ(find("石岛"), Rows{});
  EXPECT_EQ(find("文登"), Rows{1});
  sqlite::remove_text(db, "words", 1);
  EXPECT_EQ(find("文登"), Rows{});
}

TEST_F(TextSearchTest, ConditionSelectsRowsOfAnotherTable) {
  db.exec(
      "CREATE TABLE vessel (id INTEGER PRIMARY KEY, name TEXT);"
      "INSERT INTO vessel VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  auto rows = db.prepare("SELECT name FROM vessel WHERE " +
                         sqlite::search_condition("vessel.id", "words") + " ORDER BY id");
  rows.bind(1, sqlite::search_expression("鲁荣"));
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), "a");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.text(0), "b");
  EXPECT_FALSE(rows.step());
}

RC_GTEST_PROP(TextSearchProperty, EveryPartOfAChineseTextIsFound, ()) {
  const auto characters =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0x4E00, 0x4E20)));
  const auto text_of = [&](std::size_t from, std::size_t to) {
    std::string out;
    for (std::size_t i = from; i < to; ++i) {
      out += static_cast<char>(0xE0 | (characters[i] >> 12));
      out += static_cast<char>(0x80 | ((characters[i] >> 6) & 0x3F));
      out += static_cast<char>(0x80 | (characters[i] & 0x3F));
    }
    return out;
  };
  const auto from = *rc::gen::inRange<std::size_t>(0, characters.size());
  const auto to = *rc::gen::inRange<std::size_t>(from + 1, characters.size() + 1);
  Db db({.path = ":memory:"});
  sqlite::make_text_index(db, "words");
  sqlite::put_text(db, "words", 7, text_of(0, characters.size()));
  RC_ASSERT(sqlite::search_text(db, "words", text_of(from, to), 10) ==
            std::vector<std::int64_t>{7});
}

RC_GTEST_PROP(TextSearchProperty, ArbitraryBytesNeverFail, (const std::string& bytes)) {
  Db db({.path = ":memory:"});
  sqlite::make_text_index(db, "words");
  sqlite::put_text(db, "words", 1, bytes);
  sqlite::search_text(db, "words", bytes, 10);
}
