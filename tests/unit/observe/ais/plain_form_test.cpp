// SPDX-License-Identifier: Apache-2.0
// The quick way through the decoder and the one that any line may take say the same of every line,
// as do the two ways to take the armour off.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fmt/format.h>

#include "observe/ais/decoder.hpp"
#include "observe/ais/unarmour.hpp"
#include "unit/observe/ais/generators.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};

/// A tag block of any fields in any order, its checksum mostly right.
std::string any_tag() {
  const int count = *rc::gen::inRange(0, 4);
  std::string inside;
  for (int i = 0; i < count; ++i) {
    if (i > 0) inside += ',';
    inside += *rc::gen::element<std::string>(
        "s:weihai", "s:", "s:a", "s:we\\ihai", "s:a*b", "c:1714536000", "c:1714536000123",
        "c:0714536000", "c:9714536000", "c:17145x6000", "c:171453600y", "c:/714536000",
        "c:\xB1"
        "714536000",
        "n:12", "g:1-2-77", "t:text", "1G2:3", "x");
  }
  const auto sum = nmea_checksum(inside) ^ *rc::gen::weightedElement<int>({{5, 0}, {1, 1}});
  return "\\" + inside + (any_bool() ? fmt::format("*{:02X}", sum) : fmt::format("*{:02x}", sum)) +
         "\\";
}

/// A sentence or two, mostly sound, as encoded or with some octets changed.
std::string any_line() {
  Envelope envelope;
  envelope.channel = *rc::gen::element('A', 'B', '1', '\0', '*');
  envelope.sequence = below8(10);
  envelope.own_ship = any_bool();
  if (any_bool()) envelope.source = "weihai";
  if (any_bool()) envelope.at = base::Instant{1'714'536'000'000 + below8(100) * 1000};
  if (any_bool()) envelope.group = below8(100);
  const auto lines = encode(any_message(), envelope);
  std::string line = *rc::gen::elementOf(lines);
  if (const auto bare = line.find('!'); any_bool()) line.replace(0, bare, any_tag());
  const int changes = *rc::gen::weightedElement<int>({{3, 0}, {2, 1}, {1, 3}});
  for (int i = 0; i < changes; ++i) {
    line[*rc::gen::inRange<std::size_t>(0, line.size())] = *rc::gen::oneOf(
        rc::gen::element('*', ',', '!', '\\', '\r', ' '), rc::gen::inRange(' ', '~'));
  }
  if (changes > 0 && any_bool()) {  // with a checksum that is right again
    const auto from = line.rfind('!');
    const auto star = line.rfind('*');
    if (from != std::string::npos && star != std::string::npos && star > from) {
      const std::string between = line.substr(from + 1, star - from - 1);
      line = line.substr(0, from) + "!" + between + fmt::format("*{:02X}", nmea_checksum(between));
    }
  }
  return line;
}

}  // namespace

RC_GTEST_PROP(PlainForm, BothWaysSayTheSame, ()) {
  Decoder quick;
  Decoder slow;
  for (int i = 0; i < 6; ++i) {
    const std::string line = any_line();
    const std::string moved = " " + line;  // the quick way wants the sentence at the beginning
    const Decoded a = quick.decode(line, "test", "here", kNow);
    const Decoded b = slow.decode(moved, "test", "here", kNow);
    RC_ASSERT(a.cause == b.cause);
    RC_ASSERT(a.message == b.message);
    RC_ASSERT(a.stated_time == b.stated_time);
    RC_ASSERT(a.source == b.source);
    RC_ASSERT(a.tag_text == b.tag_text);
    RC_ASSERT(a.channel == b.channel);
    RC_ASSERT(a.talker == b.talker);
    RC_ASSERT(a.bits.bits() == b.bits.bits());
  }
  RC_ASSERT(quick.counts() == slow.counts());
}

RC_GTEST_PROP(Unarmour, TheFastWayGivesTheOctetsOfThePortableOne, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 100);
  std::vector<std::uint8_t> text(size);
  const bool sound = any_bool();
  for (auto& c : text) {
    const auto six = below8(64);
    c = sound ? static_cast<std::uint8_t>(six < 40 ? six + 48 : six + 56) : below8(256);
  }
  std::vector<std::uint8_t> fast(size + 8);
  std::vector<std::uint8_t> portable(size + 8);
  const bool good = best_unarmour()(text.data(), size, fast.data());
  RC_ASSERT(good == unarmour_portable(text.data(), size, portable.data()));
  if (sound) RC_ASSERT(good);
  if (good)
    RC_ASSERT(
        std::equal(fast.begin(), fast.begin() + std::ptrdiff_t(size * 6 / 8), portable.begin()));
}

TEST(Unarmour, EveryOctetIsInOrOutOfTheAlphabet) {
  for (int c = 0; c < 256; ++c) {
    const std::vector<std::uint8_t> text(16, static_cast<std::uint8_t>(c));
    std::uint8_t out[32] = {};
    const bool in_alphabet = (c >= 48 && c <= 87) || (c >= 96 && c <= 119);
    EXPECT_EQ(best_unarmour()(text.data(), text.size(), out), in_alphabet) << c;
    EXPECT_EQ(unarmour_portable(text.data(), text.size(), out), in_alphabet) << c;
  }
}
