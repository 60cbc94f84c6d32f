// SPDX-License-Identifier: Apache-2.0
// The inbox: one person's notices, once per cause, read and unread.
#include "registry/inbox.hpp"

#include <gtest/gtest.h>

#include "support/life_fixture.hpp"

using namespace jinglue;
using namespace jinglue::registry;

namespace {

class InboxTest : public ::testing::Test {
 protected:
  bool put(const std::string& person, const std::string& source) {
    return f.database().write([&](store::Db& db) {
      return put_notice(
          db, {0, person, f.now, "effect", "sea_trial", "r", {"中", "en"}, source, std::nullopt});
    });
  }
  test::LifeFixture f;
  Inbox inbox{f.database()};
};

}  // namespace

TEST_F(InboxTest, KeepsANoticeOncePerPersonAndCause) {
  EXPECT_TRUE(put("duty", "a"));
  EXPECT_FALSE(put("duty", "a"));
  EXPECT_TRUE(put("leader", "a"));
  EXPECT_EQ(inbox.list("duty", false, 0, 10).total, 1u);
}

TEST_F(InboxTest, PagesFromTheNewest) {
  for (int i = 0; i < 25; ++i) put("duty", std::to_string(i));
  std::vector<std::string> seen;
  std::int64_t before = 0;
  for (int pages = 0; pages < 5; ++pages) {
    const auto page = inbox.list("duty", false, before, 10);
    EXPECT_EQ(page.total, 25u);
    for (const auto& n : page.items) seen.push_back(n.source);
    before = page.next;
    if (before == 0) break;
  }
  ASSERT_EQ(seen.size(), 25u);
  EXPECT_EQ(seen.front(), "24");
  EXPECT_EQ(seen.back(), "0");
}

TEST_F(InboxTest, NobodyMarksAnothersNoticeAsRead) {
  put("duty", "a");
  put("leader", "b");
  const auto mine = inbox.list("duty", true, 0, 10).items.front().number;
  const auto theirs = inbox.list("leader", true, 0, 10).items.front().number;
  EXPECT_EQ(inbox.mark_read("duty", {mine, theirs, 999}, f.now), 1u);
  EXPECT_EQ(inbox.mark_read("duty", {mine}, f.now), 0u);  // it was read before
  EXPECT_EQ(inbox.list("duty", true, 0, 10).unread, 0u);
  EXPECT_EQ(inbox.list("leader", true, 0, 10).unread, 1u);
  put("duty", "c");
  put("duty", "d");
  const auto last = inbox.list("duty", true, 0, 10).items.back().number;  // the older one
  EXPECT_EQ(inbox.mark_all_read("duty", last, f.now), 1u);
  EXPECT_EQ(inbox.list("duty", true, 0, 10).items.front().source, "d");
}
