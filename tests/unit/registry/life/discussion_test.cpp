// SPDX-License-Identifier: Apache-2.0
// Comments and watchers of records.
#include "registry/discussion.hpp"

#include <gtest/gtest.h>

#include "support/life_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Code;
using base::Json;

namespace {

class DiscussionTest : public ::testing::Test {
 protected:
  Record farm(const char* district) {
    const auto made = f.registry().create(
        "farm_cleanup", Json::object({{"owner", "张三"}, {"district", district}}), f.by(f.program));
    EXPECT_TRUE(made) << made.error().text();
    return *made;
  }
  test::LifeFixture f;
  Discussion talk{f.access(), f.registry()};
};

}  // namespace

TEST_F(DiscussionTest, WhoCommentsWatchesAndIsToldOfWhatOthersSayAndDo) {
  const Record record = farm("rongcheng");
  ASSERT_TRUE(talk.comment(record, "  现场已核实 ", f.by(f.clerk)));
  EXPECT_EQ(talk.watchers(record), (std::vector<std::string>{"clerk"}));
  ASSERT_TRUE(talk.comment(record, "请补照片", f.by(f.leader)));
  EXPECT_EQ(f.told("clerk"), (std::vector<std::string>{"leader 评论了 QL-2024-001：请补照片"}));
  EXPECT_TRUE(f.told("leader").empty());
  ASSERT_TRUE(
      f.registry().transition("farm_cleanup", record.id, "notify", Json::object(), f.by(f.clerk)));
  EXPECT_EQ(f.told("leader").front(), "QL-2024-001：已发现 → 已告知（clerk）");
  EXPECT_EQ(f.told("clerk").size(), 1u);  // not of what they did themselves
  ASSERT_TRUE(talk.watch(record, false, f.by(f.leader)));
  ASSERT_TRUE(f.registry().transition("farm_cleanup", record.id, "register", Json::object(),
                                      f.by(f.clerk)));
  EXPECT_EQ(f.told("leader").size(), 1u);
  const auto said = talk.comments(record);
  ASSERT_EQ(said.size(), 2u);
  EXPECT_EQ(said[0].text, "现场已核实");
  EXPECT_EQ(said[1].person, "leader");
}

TEST_F(DiscussionTest, NobodyCommentsOnOrWatchesWhatTheyMayNotSee) {
  const Record record = farm("rongcheng");
  EXPECT_EQ(talk.comment(record, "看看", f.by(f.other)).error().code, Code::kForbidden);
  EXPECT_EQ(talk.watch(record, true, f.by(f.other)).error().code, Code::kForbidden);
  EXPECT_TRUE(talk.comments(record).empty());
}

TEST_F(DiscussionTest, AnEmptyOrEndlessCommentIsRefused) {
  const Record record = farm("rongcheng");
  EXPECT_EQ(talk.comment(record, " \n ", f.by(f.clerk)).error().code, Code::kMalformed);
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += "长";
  EXPECT_TRUE(talk.comment(record, text, f.by(f.clerk)));
  EXPECT_EQ(talk.comment(record, text + "长", f.by(f.clerk)).error().code, Code::kTooLarge);
}
