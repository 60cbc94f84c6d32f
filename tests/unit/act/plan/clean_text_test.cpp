// SPDX-License-Identifier: Apache-2.0
// Web noise goes, every ideograph stays.
#include "act/plan/clean_text.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/utf32.hpp"

using namespace jinglue;
using namespace jinglue::act::plan;

namespace {

std::vector<std::string> paragraphs(const std::string& text,
                                    const std::vector<std::u32string>& words = {}) {
  std::vector<std::string> out;
  for (const auto& p : clean(base::to_utf32(text), words).paragraphs)
    out.push_back(base::to_utf8(p.text));
  return out;
}

std::u32string han_of(std::u32string_view text) {
  std::u32string out;
  for (const char32_t c : text)
    if (base::is_han(c)) out += c;
  return out;
}
std::u32string han_of(const CleanText& text) {
  std::u32string out;
  for (const auto& p : text.paragraphs) out += han_of(p.text);
  return out;
}

/// Lines that make a text one with noise.
const std::string kNoise =
    "4 G9 A Y' j$ N: X3 g%\n- [' R& C8 w. g$ t&\n: N2 _% J2 d! e/ Y7\n, y( [3 T+ G1 N5 h!\n";

}  // namespace

TEST(CleanText, noise_at_both_ends_of_lines_goes) {
  EXPECT_EQ(
      paragraphs(kNoise + "要抓好渔港建设。4 G9 A Y' j$ N: X3\n' e3 }* w7 x* }( D会议指出\n3\n"),
      (std::vector<std::string>{"要抓好渔港建设。", "会议指出"}));
}

TEST(CleanText, what_belongs_to_the_text_stays_in_a_noisy_one) {
  EXPECT_EQ(paragraphs(kNoise +
                       "2月28日上午\n1. 增长5.6%\n(3) 编制AIS\nGOP增长\n来源:电视台(编辑 王) |\n"),
            (std::vector<std::string>{"2月28日上午", "1. 增长5.6%", "(3) 编制AIS", "GOP增长",
                                      "来源:电视台(编辑 王)"}));
}

TEST(CleanText, noise_that_a_copy_put_on_one_line_parts_paragraphs) {
  EXPECT_EQ(paragraphs(kNoise + "作出安排。4 G9 A Y' j$ N: X3 g% |2 E - [' R& C8 会议传达"),
            (std::vector<std::string>{"作出安排。", "会议传达"}));
}

TEST(CleanText, a_text_without_noise_keeps_its_latin_words_and_signs) {
  EXPECT_EQ(paragraphs("附件 A b c d\nISO 9001 / 2015 (v 1.0)\n3\n"),
            (std::vector<std::string>{"附件 A b c d", "ISO 9001 / 2015 (v 1.0)", "3"}));
}

TEST(CleanText, a_dot_inside_a_known_word_goes_and_one_in_a_name_stays) {
  const auto out = clean(U"水产养·殖示范区。非法养殖。捕·捞，阿里·木", {U"捕捞"});
  EXPECT_EQ(base::to_utf8(out.paragraphs.at(0).text), "水产养殖示范区。非法养殖。捕捞，阿里·木");
  ASSERT_EQ(out.removed.size(), 2U);
  EXPECT_EQ(out.removed[0].kind, Removed::kMiddleDot);
}

TEST(CleanText, lines_broken_at_a_width_are_joined_and_items_are_not) {
  EXPECT_EQ(
      paragraphs("对持证养殖户引导其规范经营，对无证设施下达限期拆除通知，不予补\n"
                 "偿的依法依规说明理由，做好群众工作，化解矛盾纠纷，防止引发群体性\n"
                 "事件。\n2、巩固成果\n"),
      (std::vector<std::string>{
          "对持证养殖户引导其规范经营，对无证设施下达限期拆除通知，不予补偿的依法依规说明理由，做"
          "好群众工作，化解矛盾纠纷，防止引发群体性事件。",
          "2、巩固成果"}));
}

TEST(CleanText, invisible_characters_go) {
  const auto out = clean(U"渔\u200B港\uFEFF建设");
  EXPECT_EQ(base::to_utf8(out.paragraphs.at(0).text), "渔港建设");
  EXPECT_EQ(out.removed.at(0).kind, Removed::kInvisible);
}

TEST(CleanText, nothing_in_is_nothing_out) {
  EXPECT_TRUE(clean(U"").paragraphs.empty());
  EXPECT_TRUE(clean(U" \n\t\r\n\u3000").paragraphs.empty());
}

RC_GTEST_PROP(CleanText, keeps_the_sequence_of_ideographs, ()) {
  static const std::u32string kSigns =
      U"海洋渔业要抓好。，“”（）·、一二1234aZ$%&*( )[]{}|'\"\n\n  \u3000";
  const auto size = *rc::gen::inRange<std::size_t>(0, 400);
  const auto picks = *rc::gen::container<std::vector<std::size_t>>(
      size, rc::gen::inRange<std::size_t>(0, kSigns.size()));
  std::u32string text = *rc::gen::arbitrary<bool>() ? base::to_utf32(kNoise) : U"";
  for (const auto pick : picks) text += kSigns[pick];
  const auto out = clean(text, {U"养殖"});
  RC_ASSERT(han_of(out) == han_of(std::u32string_view(text)));
  RC_ASSERT(out.han == han_of(out).size());
  for (const auto& p : out.paragraphs) RC_ASSERT(!p.text.empty());
}

TEST(CleanText, the_seed_loses_its_noise_and_no_ideograph) {
  const auto file =
      std::filesystem::path(JINGLUE_SOURCE_DIR) / "../shared/seed/000_e72d4de78f0a0474.txt";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "shared seed text absent";
  std::ifstream in(file, std::ios::binary);
  const auto text = base::to_utf32(std::string(std::istreambuf_iterator<char>(in), {}));
  const auto out = clean(text);
  EXPECT_EQ(out.han, 1935U);
  EXPECT_EQ(han_of(out), han_of(text));
  EXPECT_EQ(out.paragraphs.size(), 18U);
  for (const auto& p : out.paragraphs) {
    for (const char32_t c : p.text) {
      const bool latin = c < 0x7F && !(c >= '0' && c <= '9') && c != ',' && c != '(' && c != ')' &&
                         c != ':' && c != ' ';
      EXPECT_FALSE(latin) << p.line << ": " << base::to_utf8(p.text);
    }
  }
}
