// SPDX-License-Identifier: Apache-2.0
// NAF messages as the standard and as real senders write them.
#include "observe/naf/message.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/call_sign.hpp"

using namespace jinglue;
using namespace jinglue::observe::naf;

namespace {

constexpr base::Instant kNow{1'709'084'000'000};  // 2024-02-28T01:33:20Z

const std::string kWhole =
    "//SR//AD/CHN//FR/NOR//TM/POS//RN/12//RC/BZZZ9//NA/LUWEIYU 0001//XR/LRY 0001//FS/CHN//"
    "LT/37.502//LG/122.126//SP/42//CO/186//DA/20240228//TI/0123//ER//";

struct Read {
  Cause cause;
  Message message;
  std::string rest;
};
Read read(const std::string& text, SpeedUnit unit = SpeedUnit::kTenths) {
  Read out{};
  std::string_view rest;
  out.cause = read_message(text, unit, out.message, rest);
  out.rest = rest;
  return out;
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}

}  // namespace

TEST(Naf, AWholePositionIsReadToTheLastField) {
  const auto r = read(kWhole);
  ASSERT_EQ(r.cause, Cause::kNone);
  const auto& m = r.message;
  EXPECT_EQ(m.type, "POS");
  EXPECT_EQ(m.to, "CHN");
  EXPECT_EQ(m.from, "NOR");
  EXPECT_EQ(m.record, "12");
  EXPECT_EQ(m.side_number, "LRY 0001");
  EXPECT_EQ(m.flag, "CHN");
  EXPECT_EQ(base::to_iso(*m.time), "2024-02-28T01:23:00.000Z");
  EXPECT_EQ(*m.position, (geo::Position{225'012'000, 732'756'000}));
  const auto report = to_report(m, kNow, 5);
  ASSERT_TRUE(report.fix && report.stated);
  EXPECT_EQ(model::to_text(report.fix->track), "naf:BZZZ9");
  EXPECT_EQ(report.fix->sog_ckn, 420);
  EXPECT_EQ(report.fix->cog_cdeg, 18'600);
  EXPECT_EQ(report.fix->source, model::FixSource::kNaf);
  EXPECT_EQ(report.stated->name, "LUWEIYU 0001");
  EXPECT_EQ(report.stated->call_sign, "BZZZ9");
  EXPECT_EQ(report.stated->side_number, "LRY 0001");
  EXPECT_EQ(report.stated->flag, "CHN") << "as stated";
  auto bare = with(with(kWhole, "XR/LRY 0001//", ""), "FS/CHN", "FS/");
  const auto without = to_report(read(bare).message, kNow, 5);
  EXPECT_FALSE(without.stated->side_number);
  EXPECT_FALSE(without.stated->flag);
}

TEST(Naf, TheFormsOfRealSendersGiveTheSame) {
  const auto whole = read(kWhole).message;
  const auto same = [&](const std::string& text, SpeedUnit unit = SpeedUnit::kTenths) {
    const auto r = read(text, unit);
    EXPECT_EQ(to_key(r.cause), "none") << text;
    EXPECT_EQ(r.message.time, whole.time) << text;
    EXPECT_EQ(r.message.position, whole.position) << text;
    EXPECT_EQ(r.message.sog_ckn, whole.sog_ckn) << text;
    EXPECT_EQ(r.message.cog_cdeg, whole.cog_cdeg) << text;
  };
  same(with(kWhole, "20240228", "240228"));
  same(with(kWhole, "TI/0123", "TI/012300"));
  same(with(kWhole, "SP/42", "SP/4.2"));
  same(with(kWhole, "SP/42", "SP/4.2"), SpeedUnit::kKnots);
  same(with(kWhole, "LT/37.502", "LT/+37.502"));
  same(with(kWhole, "LT/37.502//LG/122.126", "LA/N3730.12//LO/E12207.56"));
  same(with(kWhole, "//ER//", "//ER"));
  same(with(kWhole, "ER//", ""));
  same(with(kWhole, "RN/12//",
            "RN///IR/"
            "//"));
  same(with(kWhole, "CO/186", "CO/186 "));
  EXPECT_EQ(read(with(kWhole, "SP/42", "SP/4"), SpeedUnit::kKnots).message.sog_ckn, 400);
  const auto minutes = read(with(kWhole, "LT/37.502//LG/122.126", "LA/S6544//LO/W00322"));
  EXPECT_EQ(*minutes.message.position, (geo::Position{-394'400'000, -20'200'000}));
}

TEST(Naf, EmptyValuesAreAbsent) {
  const auto r = read(with(kWhole, "SP/42//CO/186", "SP///CO/"));
  ASSERT_EQ(r.cause, Cause::kNone);
  EXPECT_FALSE(r.message.sog_ckn);
  EXPECT_FALSE(r.message.cog_cdeg);
  EXPECT_TRUE(r.message.position);
  EXPECT_EQ(read(with(kWhole, "SP/42", "SP/99999")).message.sog_ckn, std::nullopt);
  EXPECT_EQ(read(with(kWhole, "CO/186", "CO/361")).message.cog_cdeg, std::nullopt);
}

TEST(Naf, EveryFaultHasOneCauseAndOneAnswer) {
  struct Case {
    std::string text;
    Cause cause;
    std::string error;
  };
  const Case cases[] = {
      {"", Cause::kForm, "101"},
      {"hello", Cause::kForm, "101"},
      {"//SR//ER//", Cause::kForm, "101"},
      {kWhole.substr(0, kWhole.find("22.126")), Cause::kCut, "101"},
      {with(kWhole, "RC/BZZZ9", "RC/"), Cause::kMissing, "104"},
      {with(kWhole, "TM/POS//", ""), Cause::kMissing, "104"},
      {with(kWhole, "DA/20240228//", ""), Cause::kMissing, "104"},
      {with(kWhole, "20240228", "20240230"), Cause::kValue, "102"},
      {with(kWhole, "TI/0123", "TI/2460"), Cause::kValue, "102"},
      {with(kWhole, "LT/37.502", "LT/97.502"), Cause::kValue, "102"},
      {with(kWhole, "LG/122.126//", ""), Cause::kValue, "102"},
      {with(kWhole, "RC/BZZZ9", "RC/BZ*Z9"), Cause::kValue, "102"},
  };
  for (const auto& one : cases) {
    const auto r = read(one.text);
    EXPECT_EQ(to_key(r.cause), to_key(one.cause)) << one.text;
    const auto text = answer(r.message, r.cause, "CHN", kNow);
    EXPECT_NE(text.find("//RS/NAK//RE/" + one.error + "//"), std::string::npos) << text;
  }
}

TEST(Naf, AnswersNameTheMessageAndAnswersAreNotAnswered) {
  const auto r = read(kWhole);
  EXPECT_EQ(answer(r.message, r.cause, "CHN", kNow),
            "//SR//AD/NOR//FR/CHN//TM/RET//RS/ACK//RN/12//RD/20240228//RT/0133//ER//");
  const auto ret = read("//SR//AD/CHN//FR/NOR//TM/RET//RS/NAK//RE/104//RN/7//ER//");
  EXPECT_EQ(ret.cause, Cause::kAnswer);
  EXPECT_EQ(ret.message.status, "NAK");
  EXPECT_EQ(ret.message.error, "104");
  EXPECT_EQ(answer(ret.message, ret.cause, "CHN", kNow), "");
  const auto notice = read("//SR//TM/COE//RC/BZZZ9//NA/X//DA/20240228//TI/0123//ER//");
  EXPECT_EQ(notice.cause, Cause::kNoPosition);
  EXPECT_NE(answer(notice.message, notice.cause, "CHN", kNow).find("RS/ACK"), std::string::npos);
}

TEST(Naf, SeveralMessagesStandOnALine) {
  const auto bad = with(kWhole, "20240228", "20240230");
  auto r = read(kWhole + bad + kWhole.substr(2));
  EXPECT_EQ(r.cause, Cause::kNone);
  r = read(r.rest);
  EXPECT_EQ(r.cause, Cause::kValue);
  r = read(r.rest);
  EXPECT_EQ(r.cause, Cause::kNone);
  // One that has no end does not take the next with it.
  r = read(with(kWhole, "ER//", "") + "SR//" + kWhole.substr(6));
  EXPECT_EQ(r.cause, Cause::kNone);
  EXPECT_EQ(read(r.rest).cause, Cause::kNone);
}

RC_GTEST_PROP(Naf, WhatIsWrittenIsRead, ()) {
  Message m;
  m.type = "POS";
  m.call_sign = *rc::gen::suchThat(
      rc::gen::container<std::string>(
          rc::gen::oneOf(rc::gen::inRange('0', ':'), rc::gen::inRange('A', '['))),
      [](const std::string& s) { return !s.empty() && s.size() <= model::kLongestCallSign; });
  m.name = *rc::gen::container<std::string>(rc::gen::inRange('A', '['));
  m.name = m.name.substr(0, 20);
  m.time = base::Instant{*rc::gen::inRange<std::int64_t>(10'600'000, 60'000'000) * 60'000};
  m.position = geo::Position{*rc::gen::inRange(-90'000'000, 90'000'001) * 6,
                             *rc::gen::inRange(-180'000'000, 180'000'001) * 6};
  m.sog_ckn = static_cast<std::uint16_t>(*rc::gen::inRange(0, 6553) * 10);
  m.cog_cdeg = static_cast<std::uint16_t>(*rc::gen::inRange(0, 360) * 100);
  const auto r = read(to_text(m));
  RC_ASSERT(r.cause == Cause::kNone);
  RC_ASSERT(r.message.call_sign == m.call_sign && r.message.name == m.name);
  RC_ASSERT(r.message.time == m.time && r.message.position == m.position);
  RC_ASSERT(r.message.sog_ckn == m.sog_ckn && r.message.cog_cdeg == m.cog_cdeg);
}

RC_GTEST_PROP(Naf, NothingStopsTheReader, (const std::string& noise)) {
  const auto text = noise + kWhole + noise;
  std::string_view rest = text;
  for (std::size_t i = 0; !rest.empty() && i <= text.size(); ++i) {
    Message m;
    const auto before = rest.size();
    (void)read_message(rest, SpeedUnit::kTenths, m, rest);
    RC_ASSERT(rest.size() < before);
  }
}
