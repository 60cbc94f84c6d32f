// SPDX-License-Identifier: Apache-2.0
#include "base/lines.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

using namespace jinglue;

RC_GTEST_PROP(Lines, AreThoseThatASearchForEachEndFinds, ()) {
  const auto bytes = *rc::gen::container<std::string>(
      rc::gen::weightedElement<char>({{20, 'a'}, {10, 'b'}, {2, '\n'}, {1, '\r'}, {1, '\0'}}));
  const std::string many = bytes + bytes + bytes;
  std::vector<std::string> expected;
  std::size_t at = 0;
  for (auto end = many.find('\n'); end != std::string::npos; end = many.find('\n', at)) {
    expected.push_back(many.substr(at, end - at));
    at = end + 1;
  }
  std::vector<std::string> found;
  const auto rest =
      base::for_each_line(many, [&](std::string_view line) { found.emplace_back(line); });
  RC_ASSERT(found == expected);
  RC_ASSERT(rest == std::string_view(many).substr(at));
}

TEST(Lines, OfNothingThereAreNone) {
  int lines = 0;
  EXPECT_EQ(base::for_each_line("", [&](std::string_view) { ++lines; }), "");
  EXPECT_EQ(lines, 0);
}
