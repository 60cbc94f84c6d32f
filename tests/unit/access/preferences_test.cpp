// SPDX-License-Identifier: Apache-2.0
// What an account chose for its letters.
#include <gtest/gtest.h>

#include "access/access.hpp"
#include "access/preferences.hpp"
#include "store/database.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::access {
namespace {

using base::Json;

TEST(Preferences, are_kept_for_each_account_and_begin_with_those_of_the_house) {
  const test::TempFolder folder;
  store::Database records({folder / "records.db"});
  const Access access(records, PasswordCost::least());
  PreferenceBook book(records);
  EXPECT_EQ(book.of("duty").language, "zh");
  EXPECT_FALSE(book.of("duty").quiet);
  book.set("duty", {"en", QuietHours{22 * 60, 6 * 60 + 30}});
  book.set("clerk", {"zh", QuietHours{0, 0}});
  book.set("duty", {"en", QuietHours{21 * 60, 6 * 60 + 30}});
  EXPECT_EQ(to_json(book.of("duty")).dump(),
            R"({"language":"en","quiet_from":"21:00","quiet_until":"06:30"})");
  EXPECT_EQ(book.of("clerk").quiet->until_minute, 0);
  book.set("clerk", {});
  EXPECT_FALSE(book.of("clerk").quiet);
}

TEST(Preferences, what_is_none_is_refused_with_its_member) {
  const auto where = [](const char* json) {
    const auto read = read_preferences(*base::parse_json(json));
    return read ? std::string("fine") : read.error().where;
  };
  EXPECT_EQ(where(R"({"language":"en"})"), "fine");
  EXPECT_EQ(where(R"({"language":"en","quiet_from":null,"quiet_until":null})"), "fine");
  EXPECT_EQ(where(R"({"language":"fr"})"), "language");
  EXPECT_EQ(where(R"({"language":1})"), "language");
  EXPECT_EQ(where(R"({"quiet_from":"22:00"})"), "quiet_until");
  EXPECT_EQ(where(R"({"quiet_from":"24:00","quiet_until":"06:00"})"), "quiet_from");
  EXPECT_EQ(where(R"({"quiet_from":"9:00","quiet_until":"06:00"})"), "quiet_from");
}

}  // namespace
}  // namespace jinglue::access
