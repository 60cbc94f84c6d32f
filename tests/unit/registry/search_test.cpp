// SPDX-License-Identifier: Apache-2.0
#include "registry/search.hpp"

#include <gtest/gtest.h>

#include "support/records_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Json;

namespace {

class SearchTest : public ::testing::Test {
 protected:
  Registry& reg() { return f.registry(); }
  Record vessel(const std::string& json) {
    const auto made = reg().create("vessel", *base::parse_json(json), f.by(f.duty));
    if (!made) throw std::runtime_error(made.error().text());
    return *made;
  }
  std::vector<std::string> names(const access::Actor& actor, const std::string& text) {
    std::vector<std::string> out;
    for (const auto& one : search(reg(), actor, text, 20)) {
      out.push_back(one.record.fields["name"].as_string());
    }
    return out;
  }
  using Names = std::vector<std::string>;
  test::RecordsFixture f;
};

std::string marked(const std::vector<TextPart>& parts) {
  std::string out;
  for (const auto& part : parts) out += part.hit ? "[" + part.text + "]" : part.text;
  return out;
}

}  // namespace

TEST_F(SearchTest, ChineseWordsOfTwoCharactersAndLatinWordsAreFoundInEveryTextField) {
  vessel(
      R"({"name":"海宁号","kind":"fishing","note":"停靠石岛渔港，主机型号 Weichai WP13","owner":"荣成远洋渔业公司"})");
  vessel(R"({"name":"北斗七","kind":"cargo"})");
  EXPECT_EQ(names(f.duty, "石岛"), Names{"海宁号"}) << "in a field that no list looks in";
  EXPECT_EQ(names(f.duty, "渔港 weichai"), Names{"海宁号"});
  EXPECT_EQ(names(f.duty, "wp13"), Names{"海宁号"});
  EXPECT_EQ(names(f.duty, "货船"), Names{"北斗七"}) << "the name of a choice";
  EXPECT_EQ(names(f.duty, "岛石"), Names{});
  EXPECT_EQ(names(f.duty, "，"), Names{});
}

TEST_F(SearchTest, TitlesStandBeforeOtherFieldsAndTheTextItselfBeforeAll) {
  vessel(R"({"name":"甲","kind":"fishing","note":"与成山协同"})");
  vessel(R"({"name":"成山补给一","kind":"fishing"})");
  vessel(R"({"name":"成山","kind":"fishing"})");
  vessel(R"({"name":"成山补给二","kind":"fishing","note":"成山"})");
  const auto found = names(f.duty, "成山");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found.front(), "成山");
  EXPECT_EQ(found.back(), "甲");
}

TEST_F(SearchTest, WhatWasFoundIsMarkedInTheTitleAndInSnippets) {
  vessel(
      R"({"name":"ＬＵ海512","kind":"fishing","side_number":"LU-00512",
          "note":"二〇二四年五月，在桑沟湾以东约三海里处发现养殖筏架松动，已通知船东，并于当日完成加固，复核无误后归档"})");
  const auto title = search(reg(), f.duty, "lu海", 5);
  ASSERT_EQ(title.size(), 1u);
  EXPECT_EQ(marked(title[0].title), "[ＬＵ海]512");
  const auto note = search(reg(), f.duty, "养殖 桑沟湾", 5);
  ASSERT_EQ(note.size(), 1u);
  EXPECT_TRUE(note[0].title.empty());
  ASSERT_EQ(note[0].snippets.size(), 1u);
  EXPECT_EQ(note[0].snippets[0].field, "note");
  EXPECT_EQ(
      marked(note[0].snippets[0].parts),
      "二〇二四年五月，在[桑沟湾]以东约三海里处发现[养殖]筏架松动，已通知船东，并于当日完成…");
}

TEST_F(SearchTest, RowsOfOtherDistrictsAndRemovedOnesAreNotThere) {
  const auto mine = vessel(R"({"name":"荣成甲","kind":"fishing","district":"rongcheng"})");
  vessel(R"({"name":"荣成乙","kind":"fishing","district":"rushan"})");
  vessel(R"({"name":"荣成丙","kind":"fishing"})");
  EXPECT_EQ(names(f.duty, "荣成").size(), 3u);
  EXPECT_EQ(names(f.clerk, "荣成"), (Names{"荣成丙", "荣成甲"}));
  ASSERT_TRUE(reg().remove("vessel", mine.id, 1, f.by(f.duty)));
  EXPECT_EQ(names(f.clerk, "荣成"), Names{"荣成丙"});
  access::Actor nobody;
  nobody.user = "nobody";
  EXPECT_EQ(names(nobody, "荣成"), Names{});
}

TEST_F(SearchTest, TheIndexFollowsEdits) {
  const auto v = vessel(R"({"name":"旧名","kind":"fishing","note":"停靠乳山"})");
  ASSERT_TRUE(
      reg().patch("vessel", v.id, 1, *base::parse_json(R"({"note":"停靠文登"})"), f.by(f.duty)));
  EXPECT_EQ(names(f.duty, "乳山"), Names{});
  EXPECT_EQ(names(f.duty, "文登"), Names{"旧名"});
  Query query;
  query.text = "旧名";
  EXPECT_EQ(reg().list("vessel", query)->total, 1u);
  query.text = "文登";
  EXPECT_EQ(reg().list("vessel", query)->total, 0u) << "a list looks in the searched fields";
}

TEST(Highlight, DigitsAreMarkedAtTheEndOfAWordAndLettersAtItsBeginning) {
  EXPECT_EQ(marked(highlight("LU51234 and 512", {"234"})), "LU51[234] and 512");
  EXPECT_EQ(marked(highlight("Weihai WEI", {"wei"})), "[Wei]hai [WEI]");
  EXPECT_TRUE(highlight("Powei", {"wei"}).empty());
  EXPECT_TRUE(highlight("", {"a"}).empty());
  EXPECT_TRUE(highlight("文", {}).empty());
}
