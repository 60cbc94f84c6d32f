// SPDX-License-Identifier: Apache-2.0
// BeiDou sentences as receivers give them: short messages, reports of position, the card's answers.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "observe/beidou/decoder.hpp"
#include "observe/beidou/encoder.hpp"

using namespace jinglue;
using namespace jinglue::observe;
using namespace jinglue::observe::beidou;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};  // 2024-05-01T04:00:00Z

struct Read {
  nmea::Check check{nmea::Check::kNone};
  Cause cause{Cause::kNone};
  Message message;
};

Read read(std::string_view line, base::Instant now = kNow) {
  static const Layouts none;
  static Gbk gbk;
  Read out;
  nmea::Sentence sentence;
  out.check = nmea::find(line, 0, kFormatters, sentence);
  if (out.check == nmea::Check::kSound) {
    out.cause = read_sentence(sentence, none, now, gbk, out.message);
  }
  return out;
}

std::string framed(const std::string& between) {
  return nmea::framed(between);
}

}  // namespace

TEST(BeidouSentence, AShortMessageInHexBeginningA4IsText) {
  const auto r = read("$BDTXR,1,0242286,2,,A4B4ACCEBB333733302E31324E31323230372E353745*3B");
  ASSERT_EQ(r.check, nmea::Check::kSound);
  ASSERT_EQ(r.cause, Cause::kNone);
  EXPECT_EQ(r.message.card, 242286u);
  EXPECT_EQ(r.message.content.text, "船位3730.12N12207.57E");
  EXPECT_FALSE(to_fix(r.message, std::nullopt, kNow, 1)) << "words are no position";
}

TEST(BeidouSentence, AReportOfPositionGivesAFixOfTheCard) {
  const auto r = read("$BDWAA,0,,0242286,012345.00,3730.12340,N,12207.56780,E,5,M*3C");
  ASSERT_EQ(r.cause, Cause::kNone);
  const auto fix = to_fix(r.message, std::nullopt, kNow, 7);
  ASSERT_TRUE(fix);
  EXPECT_EQ(model::to_text(fix->track), "beidou:242286");
  EXPECT_EQ(fix->position, (geo::Position{37 * 6'000'000 + 3'012'340, 122 * 6'000'000 + 756'780}));
  EXPECT_EQ(base::to_iso(fix->time), "2024-05-01T01:23:45.000Z");
  EXPECT_EQ(fix->quality, model::TimeQuality::kDerived);
  EXPECT_EQ(fix->source, model::FixSource::kBeidou);
  EXPECT_EQ(fix->offset, 7u);
  // Just after midnight a report of just before it is of yesterday.
  const auto midnight = *base::parse_iso("2024-05-01T00:01:00Z");
  const auto late = read(framed("BDWAA,0,,0242286,235900.00,3730.1,N,12207.5,E,5,M"), midnight);
  EXPECT_EQ(base::to_iso(*late.message.content.time), "2024-04-30T23:59:00.000Z");
}

TEST(BeidouSentence, ThirdGenerationMessagesAndOtherTalkers) {
  const auto r = read("$BDTCI,0242286,0242287,2,012345,2,0,A43337333031323334*32");
  ASSERT_EQ(r.check, nmea::Check::kSound);
  ASSERT_EQ(r.cause, Cause::kNone);
  EXPECT_EQ(r.message.content.text, "37301234");
  EXPECT_EQ(base::to_iso(*r.message.content.time), "2024-05-01T01:23:45.000Z");
  EXPECT_EQ(read(framed("GBTXR,1,0242286,2,,A44F4B")).message.content.text, "OK");
  EXPECT_EQ(read("prefix \\s:x*00\\" + framed("BDTXR,1,7,2,,A44F4B")).message.card, 7u);
}

TEST(BeidouSentence, HanziStandAsTheyAreAndMayHoldCommasAndStars) {
  const std::string gbk = "\xB4\xAC\xCE\xBB,2*A5 OK*";
  const auto r = read(framed("BDTXR,1,0242286,0,," + gbk));
  ASSERT_EQ(r.check, nmea::Check::kSound);
  ASSERT_EQ(r.cause, Cause::kNone);
  EXPECT_EQ(r.message.content.text, "船位,2*A5 OK*");
  EXPECT_EQ(read(framed("BDTXR,1,0242286,0,,\xFF\xFF")).cause, Cause::kText);
}

TEST(BeidouSentence, EveryFaultHasOneCause) {
  const std::pair<std::string, Cause> cases[] = {
      {"BDTXR,1,0242286,2,,A4", Cause::kForm},      // A4 and nothing
      {"BDTXR,1,0242286,2,,B4AC", Cause::kForm},    // mixed without A4
      {"BDTXR,1,0242286,2,,A4B", Cause::kForm},     // half an octet
      {"BDTXR,9,0242286,2,,A44F4B", Cause::kForm},  // no such kind
      {"BDTXR,1,0242286", Cause::kForm},
      {"BDTXR,1,,2,,A44F4B", Cause::kCard},
      {"BDTXR,1,0,2,,A44F4B", Cause::kCard},
      {"BDTXR,1,12345678901,2,,A44F4B", Cause::kCard},
      {"BDTXR,1,0242286,2,,A40102", Cause::kContent},
      {"BDTXR,1,0242286,1,,FF02", Cause::kContent},
      {"BDTCI,0242286,,2,012345,7,0,A44F4B", Cause::kForm},
      {"BDWAA,0,,0242286,012345,9130.1,N,12207.5,E,5,M", Cause::kValue},
      {"BDWAA,0,,0242286,012345,3760.1,N,12207.5,E,5,M", Cause::kValue},
      {"BDWAA,0,,0242286,256045,3730.1,N,12207.5,E,5,M", Cause::kValue},
      {"BDWAA,0,,0242286,012345,3730.1,E,12207.5,N,5,M", Cause::kValue},
      {"BDWAA,0,,0242286,012345", Cause::kForm},
      {"BDFKI,TXA,Y,Y,0,0000", Cause::kAnswer},
      {"BDICI,0242286,1,2,3,60,3,N,100", Cause::kAnswer},
  };
  for (const auto& [between, cause] : cases) {
    const auto r = read(framed(between));
    EXPECT_EQ(r.check, nmea::Check::kSound) << between;
    EXPECT_EQ(to_key(r.cause), to_key(cause)) << between;
  }
  EXPECT_EQ(read("$BDTXR,1,0242286,2,,A44F4B*00").check, nmea::Check::kChecksum);
  EXPECT_EQ(read("$BDTXR,1,0242286,2,,A44F4B").check, nmea::Check::kNoChecksum);
  EXPECT_EQ(read("$BDTXR,1,0242286,2,,A44F4B*1").check, nmea::Check::kNoChecksum);
  EXPECT_EQ(read("$GPGSV,1,2,3*00").check, nmea::Check::kNone);
  EXPECT_EQ(read("").check, nmea::Check::kNone);
}

RC_GTEST_PROP(BeidouSentence, WhatTheEncoderWritesIsRead, ()) {
  const auto card = *rc::gen::inRange<std::uint64_t>(1, 9'999'999'999);
  const auto at = base::Instant{kNow.ms + *rc::gen::inRange(-11 * 3600, 11 * 3600) * 1000};
  const geo::Position place{*rc::gen::inRange(-540'000'000, 540'000'001),
                            *rc::gen::inRange(-1'080'000'000, 1'080'000'001)};
  const auto r = read(waa(card, at, place));
  RC_ASSERT(r.cause == Cause::kNone);
  RC_ASSERT(r.message.card == card);
  RC_ASSERT(*r.message.content.position == place);
  RC_ASSERT(r.message.content.time == at);

  const auto text =
      *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '\x7F')));
  const auto octets = text;
  RC_ASSERT(read(txr(card, octets)).message.content.text == text);
  RC_ASSERT(read(tci(card, 1, at, octets)).message.content.text == text);
  RC_ASSERT(read(tci(card, 1, at, octets)).message.content.time == at);
}

/// One octet changed: refused, or the checksum could not tell (two faults that cancel out).
RC_GTEST_PROP(BeidouSentence, AChangedOctetIsSeen, ()) {
  auto line = waa(242286, kNow, {3, 4});
  const auto at = *rc::gen::inRange<std::size_t>(1, line.size() - 3);
  line[at] = static_cast<char>(line[at] ^ *rc::gen::inRange(1, 256));
  RC_PRE(line[at] != '*');  // may end the sentence by chance
  RC_ASSERT(read(line).check != nmea::Check::kSound);
}
