// SPDX-License-Identifier: Apache-2.0
#include "base/config.hpp"

#include <gtest/gtest.h>

using namespace jinglue::base;

TEST(Config, EveryMistakeNamesFileLineAndKey) {
  const auto root = parse_config("id = \"a\"\n[season]\nfrom = 7\n", "rules/x.toml");
  ASSERT_TRUE(root);
  const auto from = (*root)["season"]["from"].string();
  ASSERT_FALSE(from);
  EXPECT_EQ(from.error().where, "rules/x.toml:3 season.from");
  const auto missing = (*root)["season"]["to"].string();
  EXPECT_EQ(missing.error().code, Code::kMissing);
  EXPECT_EQ(missing.error().where, "rules/x.toml:2 season.to");
  EXPECT_EQ((*root)["season"].only({"to"}).error().where, "rules/x.toml:3 season.from");
}

TEST(Config, BadTomlNamesItsLine) {
  const auto root = parse_config("a = 1\nb = = 2\n", "x.toml");
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().where, "x.toml:2");
}

TEST(Config, TimesKeepTheirKind) {
  const auto root = parse_config(
      "a = 2024-05-01T12:00:00+08:00\nb = 2024-05-01\n"
      "c = 2024-05-01T12:30:00\n",
      "x.toml");
  ASSERT_TRUE(root);
  EXPECT_EQ(to_iso((*root)["a"].instant().value()), "2024-05-01T04:00:00.000Z");
  EXPECT_EQ((*root)["b"].local_time()->month, 5);
  EXPECT_EQ((*root)["c"].local_time()->minute, 30);
}
