// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cerrno>

using namespace jinglue::base;

TEST(Text, TellsWellFormedUtf8FromTheRest) {
  for (const char* good : {"", "abc", "威海", "é", "\xF0\x9F\x9A\xA2", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  const std::vector<std::string> bad = {"\x80",         "\xC0\xAF",         "\xC3", "\xE0\x80\x80",
                                        "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "a\xE5\xA8"};
  for (const auto& text : bad) EXPECT_FALSE(is_utf8(text)) << testing::PrintToString(text);
}

RC_GTEST_PROP(Text, WhatIsReplacedIsWellFormedAndSoundTextIsLeftAlone, (const std::string& bytes)) {
  const std::string sound = replace_invalid_utf8(bytes);
  RC_ASSERT(is_utf8(sound));
  RC_ASSERT(!is_utf8(bytes) || sound == bytes);
  RC_ASSERT(replace_invalid_utf8(sound) == sound);
}

RC_GTEST_PROP(Text, PartsOfASplitTextJoinToIt, (const std::string& text)) {
  std::string joined;
  const auto parts = split(text, ',');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) joined += ',';
    joined += parts[i];
    RC_ASSERT(parts[i].find(',') == std::string_view::npos);
  }
  RC_ASSERT(joined == text);
}

TEST(Text, TrimsAndLowersAsciiOnly) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(to_lower_ascii("LU-É 威海 Z"), "lu-É 威海 z");
}

TEST(Text, WordsFallBackToChinese) {
  const Words both{"港", "port"};
  EXPECT_EQ(both.in("en-GB"), "port");
  EXPECT_EQ(both.in("zh"), "港");
  EXPECT_EQ((Words{"港", ""}).in("en"), "港");
}

TEST(Text, SaysWhatTheSystemSaysOfAnErrno) {
  EXPECT_EQ(errno_text(ENOENT), "No such file or directory");
}
