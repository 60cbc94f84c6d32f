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

TEST(Config, InstantsFarAwayAreExact) {
  const auto root =
      parse_config("a = 9999-12-31T23:59:59.5Z\nb = 0001-01-01T00:00:00-08:00\n", "x");
  ASSERT_TRUE(root);
  EXPECT_EQ(to_iso((*root)["a"].instant().value()), "9999-12-31T23:59:59.500Z");
  EXPECT_EQ(to_iso((*root)["b"].instant().value()), "0001-01-01T08:00:00.000Z");
}

TEST(Config, NumbersAreFinite) {
  const auto root = parse_config("a = nan\nb = -inf\nc = 1.5\n", "x.toml");
  ASSERT_TRUE(root);
  EXPECT_EQ((*root)["a"].number().error().where, "x.toml:1 a");
  EXPECT_EQ((*root)["b"].number_or(1).error().where, "x.toml:2 b");
  EXPECT_EQ((*root)["c"].number().value(), 1.5);
}

TEST(Config, DeepNestingIsRefusedBeforeItFillsTheStack) {
  const std::string open(100'000, '['), dots = [] {
    std::string out = "a";
    for (int i = 0; i < 100'000; ++i) out += ".a";
    return out;
  }();
  for (const std::string& text : {"b = 1\na = " + open, "b = 1\n" + dots + " = 1"}) {
    const auto root = parse_config(text, "x.toml");
    ASSERT_FALSE(root);
    EXPECT_EQ(root.error().code, Code::kTooLarge);
    EXPECT_EQ(root.error().where, "x.toml:2");
  }
}

// Found by fuzz_sensor: the library reads past the end to name the place.
TEST(Config, BytesThatAreNotUtf8AreRefusedWithTheirLine) {
  const std::string literal = "'" + std::string(50, '\xff') + "'";
  for (const auto& [text, line] : {std::pair<std::string, int>{literal, 1},
                                   {"a = 1\nb = \"\xc4\xe3\"\nc = 2\n", 2},
                                   {"a = 1\n# \xe4", 2}}) {
    const auto read = parse_config(text, "t.toml");
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().code, Code::kMalformed);
    EXPECT_EQ(read.error().where, "t.toml:" + std::to_string(line));
  }
  EXPECT_TRUE(parse_config("a = \"\xe4\xbd\xa0\"\n", "t.toml").has_value());
}

TEST(Config, BracketsInTextAndCommentsAreNotNesting) {
  const std::string open(200, '['), points(200, '.');
  const auto root = parse_config(
      "a = \"\\\"" + open + "\"  # " + open + points + "\nb = '" + points + "'\nc = \"\"\"\n" +
          open + "\"\"\"\nd = [[1.5, 2.5], [3.5]]\n" + "f = '''" + open + "'''\n",
      "x.toml");
  ASSERT_TRUE(root) << root.error().text();
  EXPECT_EQ((*root)["c"].string().value(), open);
  EXPECT_EQ((*root)["d"].items().size(), 2u);
}
