// SPDX-License-Identifier: Apache-2.0
#include "observe/link/line_splitter.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

using jinglue::observe::link::LineSplitter;
using Lines = std::vector<std::string>;

namespace {

struct Split {
  Lines lines;
  std::uint64_t too_long{0};
};

/// Feeds in pieces of the given sizes, over and over.
Split split(const std::string& bytes, std::vector<std::size_t> sizes = {},
            std::size_t limit = 100) {
  if (sizes.empty()) sizes = {bytes.size() + 1};
  Split out;
  LineSplitter splitter(limit);
  const auto emit = [&](std::string_view line) {
    out.lines.emplace_back(line);
    return true;
  };
  std::size_t turn = 0;
  for (std::size_t at = 0; at < bytes.size(); ++turn) {
    const std::size_t n = std::min(sizes[turn % sizes.size()], bytes.size() - at);
    out.too_long += splitter.feed(std::string_view(bytes).substr(at, n), emit);
    at += n;
  }
  splitter.finish(emit);
  return out;
}

}  // namespace

TEST(LineSplitter, LinesEndWithCrLfOrBothAndEmptyOnesAreLeftOut) {
  EXPECT_EQ(split("a\r\nb\nc\rd\n\n\r\ne").lines, (Lines{"a", "b", "c", "d", "e"}));
}

TEST(LineSplitter, SentencesWithoutALineEndBetweenThemAreSeparated) {
  EXPECT_EQ(split("!AIVDM,1,1,,A,x,0*5C!AIVDM,1,1,,B,y,0*00\n").lines,
            (Lines{"!AIVDM,1,1,,A,x,0*5C", "!AIVDM,1,1,,B,y,0*00"}));
  EXPECT_EQ(split("$PGHP,1*5B!AIVDM,1,1,,B,y,0*00\\s:x*00\\!AIVDM,1,1,,C,z,0*00").lines,
            (Lines{"$PGHP,1*5B", "!AIVDM,1,1,,B,y,0*00", "\\s:x*00\\!AIVDM,1,1,,C,z,0*00"}));
}

TEST(LineSplitter, ATagBlockOrASuffixStaysWithItsSentence) {
  const std::string lines[] = {"\\s:42809,c:1635731889*6A\\!AIVDM,1,1,,,403,0*7B",
                               "!AIVDM,1,1,,B,35P,0*1C,s35971,r993689981,1163612855"};
  for (const auto& line : lines) EXPECT_EQ(split(line + "\n").lines, (Lines{line}));
}

TEST(LineSplitter, ALineOverTheLimitIsCountedAndSkippedAsAWhole) {
  const auto got = split("short\n" + std::string(250, 'x') + "\nnext\n", {7});
  EXPECT_EQ(got.lines, (Lines{"short", "next"}));
  EXPECT_EQ(got.too_long, 1u);
  EXPECT_EQ(split(std::string(100, 'x') + "\n").lines.size(), 1u) << "the limit itself is allowed";
}

RC_GTEST_PROP(LineSplitter, HowTheBytesAreCutChangesNothing, ()) {
  const auto bytes = *rc::gen::container<std::string>(
      rc::gen::element('a', 'b', '!', '*', '4', '\\', '$', '\r', '\n'));
  const auto sizes = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 9)));
  const auto whole = split(bytes, {}, 12);
  const auto cut = split(bytes, sizes, 12);
  RC_ASSERT(whole.lines == cut.lines);
  RC_ASSERT(whole.too_long == cut.too_long);
}
