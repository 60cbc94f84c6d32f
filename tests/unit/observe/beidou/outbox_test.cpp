// SPDX-License-Identifier: Apache-2.0
// Messages to boats at the pace of the card.
#include "observe/beidou/outbox.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "observe/beidou/decoder.hpp"

using namespace jinglue;
using namespace jinglue::observe;
using namespace jinglue::observe::beidou;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};

base::Instant after_s(std::int64_t s) {
  return kNow + base::Duration(s * 1000);
}

void hear(Outbox& outbox, const std::string& between) {
  const auto line = nmea::framed(between);
  nmea::Sentence sentence;
  ASSERT_EQ(nmea::find(line, 0, kFormatters, sentence), nmea::Check::kSound);
  outbox.take(sentence);
}

const std::string kCard = "BDICI,0242287,1,2,3,60,3,N,100";

}  // namespace

TEST(BeidouOutbox, NothingGoesOutBeforeTheCardHasSaidItsInterval) {
  Outbox outbox;
  ASSERT_TRUE(outbox.push(242286, "大风预警"));
  EXPECT_EQ(outbox.next(kNow), "$CCICA,0,00*7B");
  EXPECT_EQ(outbox.next(after_s(9)), std::nullopt);
  EXPECT_EQ(outbox.next(after_s(10)), "$CCICA,0,00*7B");
  hear(outbox, "BDICI,0242287,1,2,3,0,3,N,100");
  EXPECT_FALSE(outbox.interval()) << "an interval of zero is none";
  hear(outbox, kCard);
  EXPECT_EQ(outbox.card(), 242287u);
  EXPECT_EQ(outbox.interval(), base::Duration(60'000));
  EXPECT_EQ(outbox.next(after_s(11)), nmea::framed("CCTXA,0242286,1,2,A4B4F3B7E7D4A4BEAF"));
  EXPECT_EQ(outbox.waiting(), 1u) << "the card has not said what became of it";
}

TEST(BeidouOutbox, WhatTheCardRefusesIsTriedThreeTimes) {
  Outbox outbox;
  hear(outbox, kCard);
  ASSERT_TRUE(outbox.push(1, "A"));
  ASSERT_TRUE(outbox.push(2, "B"));
  for (int i = 0; i < 3; ++i) {
    const auto line = outbox.next(after_s(60 * i));
    ASSERT_TRUE(line) << i;
    EXPECT_NE(line->find("CCTXA,0000001,"), std::string::npos);
    EXPECT_EQ(outbox.next(after_s(60 * i + 59)), std::nullopt);
    hear(outbox, "BDFKI,TXA,N,Y,0,0060");
  }
  const auto line = outbox.next(after_s(180));
  ASSERT_TRUE(line);
  EXPECT_NE(line->find("CCTXA,0000002,"), std::string::npos) << "one does not hold up the others";
  hear(outbox, "BDFKI,TXA,Y,Y,0,0000");
  EXPECT_EQ(outbox.waiting(), 0u);
  EXPECT_EQ(outbox.counts().sent, 1u);
  EXPECT_EQ(outbox.counts().refused, 3u);
  EXPECT_EQ(outbox.counts().given_up, 1u);
  hear(outbox, "BDFKI,TXA,N,Y,0,0000");
  EXPECT_EQ(outbox.counts().refused, 3u) << "nothing is on its way";
}

TEST(BeidouOutbox, WhatCannotBeSentIsRefusedAtOnce) {
  Outbox::Options options;
  options.most_waiting = 1;
  Outbox outbox(options);
  EXPECT_EQ(outbox.push(0, "A").error().code, base::Code::kOutOfRange);
  EXPECT_EQ(outbox.push(1, "").error().code, base::Code::kMalformed);
  EXPECT_EQ(outbox.push(1, "🐟").error().code, base::Code::kMalformed);
  EXPECT_EQ(outbox.push(1, std::string(79, 'A')).error().code, base::Code::kTooLarge);
  EXPECT_TRUE(outbox.push(1, std::string(78, 'A')));
  EXPECT_EQ(outbox.push(1, "A").error().code, base::Code::kTooMany);
}

RC_GTEST_PROP(BeidouOutbox, TheIntervalIsNeverUndercutAndNothingIsLost, ()) {
  Outbox outbox;
  const auto seconds = *rc::gen::inRange<std::int64_t>(1, 120);
  hear(outbox, "BDICI,7,1,2,3," + std::to_string(seconds) + ",3,N,1");
  auto now = kNow;
  std::optional<base::Instant> last;
  std::uint64_t pushed = 0;
  for (int i = 0; i < 200; ++i) {
    now = now + base::Duration(*rc::gen::inRange<std::int64_t>(0, 60'000));
    if (*rc::gen::inRange(0, 3) == 0 && outbox.push(1, "A")) ++pushed;
    if (*rc::gen::inRange(0, 4) == 0) {
      hear(outbox, *rc::gen::arbitrary<bool>() ? "BDFKI,TXA,N" : "BDFKI,TXA,Y");
    }
    if (outbox.next(now)) {
      RC_ASSERT(!last || now - *last >= base::Duration(seconds * 1000));
      last = now;
    }
    const auto& counts = outbox.counts();
    RC_ASSERT(counts.sent + counts.given_up + outbox.waiting() == pushed);
  }
}
