// SPDX-License-Identifier: Apache-2.0
// Messages in parts under interleaving, loss, repetition, disorder, time-outs and overload.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "observe/ais/decoder.hpp"
#include "unit/observe/ais/generators.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};

struct Arrival {
  std::string line, input, station;
  base::Instant at{kNow};
};

StaticData voyage(std::uint32_t mmsi) {
  StaticData m;
  m.mmsi = mmsi;
  m.name = "LUYAN " + std::to_string(mmsi);
  return m;
}

std::vector<std::string> lines_of(std::uint32_t mmsi, std::uint8_t sequence, char channel = 'A') {
  Envelope envelope;
  envelope.sequence = sequence;
  envelope.channel = channel;
  return encode(voyage(mmsi), envelope);
}

std::vector<std::uint32_t> decode_all(Decoder& decoder, const std::vector<Arrival>& arrivals) {
  std::vector<std::uint32_t> out;
  for (const auto& a : arrivals) {
    const auto d = decoder.decode(a.line, a.input, a.station, a.at);
    if (!d.message) continue;
    const auto& m = std::get<StaticData>(*d.message);
    EXPECT_EQ(m, voyage(m.mmsi)) << "two messages were mixed";
    out.push_back(m.mmsi);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string any_payload_line(const std::string& numbers) {
  const std::string between = "AIVDM," + numbers + ",Q0C@00000000000,2";
  return "!" + between + fmt::format("*{:02X}", nmea_checksum(between));
}

std::uint64_t count(const Decoder& d, Cause cause) {
  return d.counts()[std::size_t(cause)];
}

/// Messages whose keys all differ: by input, station, channel or sequence.
std::vector<std::vector<Arrival>> distinct_messages(std::size_t n) {
  std::vector<std::vector<Arrival>> out;
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<Arrival> parts;
    for (const auto& line : lines_of(412'000'001 + static_cast<std::uint32_t>(i),
                                     static_cast<std::uint8_t>(i % 10), i / 10 % 2 ? 'A' : 'B')) {
      parts.push_back({line, i / 20 % 2 ? "one" : "two", i / 40 % 2 ? "s1" : "s2"});
    }
    out.push_back(std::move(parts));
  }
  return out;
}

/// Draws from the fronts of the messages in any order, so that each keeps its own order.
std::vector<Arrival> interleave(std::vector<std::vector<Arrival>> messages) {
  std::vector<Arrival> out;
  while (!messages.empty()) {
    const auto i = *rc::gen::inRange<std::size_t>(0, messages.size());
    out.push_back(messages[i].front());
    messages[i].erase(messages[i].begin());
    if (messages[i].empty()) messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return out;
}

}  // namespace

RC_GTEST_PROP(Reassembly, AnyInterleavingGivesEveryMessageOnce, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, 80);
  Decoder decoder;
  const auto got = decode_all(decoder, interleave(distinct_messages(n)));
  RC_ASSERT(got.size() == n);
  RC_ASSERT(std::adjacent_find(got.begin(), got.end()) == got.end());
  RC_ASSERT(count(decoder, Cause::kPart) == n);
  RC_ASSERT(count(decoder, Cause::kPartLost) == 0u);
}

RC_GTEST_PROP(Reassembly, PartsInAnyOrderGiveEveryMessageOnce, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, Decoder::kDisorderLines / 2 + 1);
  std::vector<Arrival> all;
  for (const auto& parts : distinct_messages(n)) all.insert(all.end(), parts.begin(), parts.end());
  for (std::size_t i = all.size(); i > 1; --i) {
    std::swap(all[i - 1], all[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  Decoder decoder;
  RC_ASSERT(decode_all(decoder, all).size() == n);
}

RC_GTEST_PROP(Reassembly, LostPartsCostOnlyTheirOwnMessage, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, 60);
  auto messages = distinct_messages(n);
  std::vector<std::uint32_t> whole;
  std::uint64_t incomplete = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (*rc::gen::inRange(0, 4) == 0) {
      messages[i].erase(messages[i].begin() + *rc::gen::inRange(0, 2));
      ++incomplete;
    } else {
      whole.push_back(412'000'001 + static_cast<std::uint32_t>(i));
    }
  }
  Decoder decoder;
  RC_ASSERT(decode_all(decoder, interleave(messages)) == whole);
  // Another message much later: what never completed is counted as timed out.
  const auto later = kNow + Decoder::kPartPatience + base::Duration(1);
  decoder.decode(lines_of(413'000'000, 1)[0], "third", "", later);
  RC_ASSERT(count(decoder, Cause::kPartTimeout) == incomplete);
}

RC_GTEST_PROP(Reassembly, CopiesOfAllPartsGiveAsManyMessages, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, 30);
  const auto copies = *rc::gen::inRange<std::size_t>(1, 4);
  std::vector<Arrival> all;
  for (const auto& parts : distinct_messages(n)) {
    const bool by_part = *rc::gen::arbitrary<bool>();  // 1 1 2 2, else 1 2 1 2
    for (std::size_t outer = 0; outer < (by_part ? parts.size() : copies); ++outer) {
      for (std::size_t inner = 0; inner < (by_part ? copies : parts.size()); ++inner) {
        all.push_back(parts[by_part ? outer : inner]);
      }
    }
  }
  Decoder decoder;
  RC_ASSERT(decode_all(decoder, all).size() == n * copies);
  RC_ASSERT(count(decoder, Cause::kPartLost) == 0u);
}

TEST(Reassembly, PartsOfDifferentFeedsStationsAndChannelsNeverJoin) {
  const auto a = lines_of(412000001, 3);
  const auto b = lines_of(412000001, 3, 'B');
  Decoder decoder;
  EXPECT_TRUE(decode_all(decoder, {{a[0], "one", "s"}, {a[1], "two", "s"}}).empty());
  EXPECT_TRUE(decode_all(decoder, {{a[0], "three", "s"}, {a[1], "three", "t"}}).empty());
  EXPECT_TRUE(decode_all(decoder, {{a[0], "four", "s"}, {b[1], "four", "s"}}).empty());
}

TEST(Reassembly, TheSourceOfTheTagBlockSeparatesStationsOnOneConnection) {
  Envelope one;
  one.source = "one";
  Envelope two;
  two.source = "two";
  const auto a = encode(voyage(412000001), one);
  const auto b = encode(voyage(412000002), two);
  Decoder decoder;
  EXPECT_EQ(
      decode_all(decoder, {{a[0], "i", "s"}, {b[0], "i", "s"}, {b[1], "i", "s"}, {a[1], "i", "s"}}),
      (std::vector<std::uint32_t>{412000001, 412000002}));
}

TEST(Reassembly, AGroupJoinsPartsOfWhichOnlyTheFirstNamesItsSource) {
  Envelope first;
  first.source = "weihai";
  first.at = kNow;
  first.group = 77;
  Envelope second;
  second.group = 77;
  const std::string lines[] = {encode(voyage(412000001), first)[0],
                               encode(voyage(412000001), second)[1]};
  Decoder decoder;
  EXPECT_EQ(decoder.decode(lines[0], "i", "s", kNow).cause, Cause::kPart);
  const auto d = decoder.decode(lines[1], "i", "s", kNow);
  ASSERT_TRUE(d.message);
  EXPECT_EQ(d.source, "weihai");
  EXPECT_EQ(d.stated_time, kNow);
}

TEST(Reassembly, WaitsForTheNextPartUpToItsPatienceInFeedTime) {
  const auto a = lines_of(412000001, 1);
  Decoder in_time;
  EXPECT_EQ(decode_all(in_time, {{a[0], "i", "s"}, {a[1], "i", "s", kNow + Decoder::kPartPatience}})
                .size(),
            1u);
  Decoder late;
  const auto after = kNow + Decoder::kPartPatience + base::Duration(1);
  EXPECT_TRUE(decode_all(late, {{a[0], "i", "s"}, {a[1], "i", "s", after}}).empty());
  EXPECT_EQ(count(late, Cause::kPartTimeout), 1u);
}

TEST(Reassembly, AnEarlierPartMayBeLateOnlyByTheDelayOfANetwork) {
  const auto a = lines_of(412000001, 1);
  Decoder in_time;
  EXPECT_EQ(
      decode_all(in_time, {{a[1], "i", "s"}, {a[0], "i", "s", kNow + Decoder::kDisorderPatience}})
          .size(),
      1u);
  Decoder late;
  const auto after = kNow + Decoder::kDisorderPatience + base::Duration(1);
  EXPECT_TRUE(decode_all(late, {{a[1], "i", "s"}, {a[0], "i", "s", after}}).empty());
}

TEST(Reassembly, AnEarlierPartMayBeOvertakenByFewLinesOnly) {
  const auto a = lines_of(412000001, 1);
  for (const bool near : {true, false}) {
    std::vector<Arrival> arrivals = {{a[1], "i", "s"}};
    const auto between = Decoder::kDisorderLines - (near ? 1 : 0);
    for (std::uint64_t i = 0; i < between; ++i) arrivals.push_back({"$GPZDA", "i", "s"});
    arrivals.push_back({a[0], "i", "s"});
    Decoder decoder;
    EXPECT_EQ(decode_all(decoder, arrivals).size(), near ? 1u : 0u);
  }
}

TEST(Reassembly, AReusedNumberStartsANewMessageAndCountsTheLostOne) {
  const auto a = lines_of(412000001, 1);
  const auto b = lines_of(412000002, 1);
  Decoder decoder;
  EXPECT_EQ(decode_all(decoder, {{a[0], "i", "s"}, {b[0], "i", "s"}, {b[1], "i", "s"}}),
            (std::vector<std::uint32_t>{412000002}));
  EXPECT_EQ(count(decoder, Cause::kPartLost), 1u);
}

TEST(Reassembly, AnOrphanedTailDoesNotSpoilTheNextMessageOfItsNumber) {
  const auto a = lines_of(412000001, 1);
  auto orphan = any_payload_line("2,2,1,A");
  Decoder decoder;
  std::vector<Arrival> arrivals = {{orphan, "i", "s"}};
  for (std::uint64_t i = 0; i < Decoder::kDisorderLines; ++i) arrivals.push_back({"", "i", "s"});
  arrivals.push_back({a[0], "i", "s"});
  arrivals.push_back({a[1], "i", "s"});
  EXPECT_EQ(decode_all(decoder, arrivals), (std::vector<std::uint32_t>{412000001}));
  EXPECT_EQ(count(decoder, Cause::kPartLost), 1u);
}

TEST(Reassembly, AReusedNumberWithEqualTailsAndOvertakenPartsStillJoinsRightly) {
  const auto a = lines_of(412000001, 1);
  const auto b = lines_of(412000002, 1);
  ASSERT_EQ(a[1], b[1]) << "the tails of these two are equal";
  Decoder decoder;
  const auto soon = kNow + base::Duration(500);
  EXPECT_EQ(
      decode_all(
          decoder,
          {{a[0], "i", "s"}, {a[1], "i", "s"}, {b[1], "i", "s", soon}, {b[0], "i", "s", soon}}),
      (std::vector<std::uint32_t>{412000001, 412000002}));
  EXPECT_EQ(count(decoder, Cause::kPartLost), 0u);
}

TEST(Reassembly, TheOldestOfTooManyOpenMessagesGivesWay) {
  Decoder decoder;
  const auto n = Decoder::kMaxOpen + 10;
  for (std::size_t i = 0; i < n; ++i) {
    decoder.decode(lines_of(412000001, 1)[0], "i", "station " + std::to_string(i), kNow);
  }
  EXPECT_EQ(count(decoder, Cause::kPartLost), 10u);
  EXPECT_EQ(decoder.decode(lines_of(412000001, 1)[1], "i", "station 3", kNow).cause, Cause::kPart);
  EXPECT_EQ(decoder.decode(lines_of(412000001, 1)[1], "i", "station 100", kNow).cause,
            Cause::kNone);
}

TEST(Reassembly, PartsThatExceedAnyMessageAreTooLong) {
  Decoder decoder;
  BitWriter bits;
  bits.put(5, 6);
  for (int i = 0; i < 59; ++i) bits.put(0, 54);
  const auto lines = to_lines(bits, {});
  ASSERT_GT(lines.size(), 8u);
  Cause last = Cause::kNone;
  for (const auto& line : lines) last = decoder.decode(line, "i", "s", kNow).cause;
  EXPECT_EQ(last, Cause::kTooLong);
}

RC_GTEST_PROP(Reassembly, SavedStateContinuesAsIfNothingHadHappened, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, 50);
  const auto all = interleave(distinct_messages(n));
  const auto cut = *rc::gen::inRange<std::size_t>(0, all.size() + 1);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(cut);
  Decoder straight;
  Decoder before;
  auto got = decode_all(before, {all.begin(), middle});
  base::ByteWriter bytes;
  before.save(bytes);
  Decoder after;
  base::ByteReader reader(bytes.bytes());
  RC_ASSERT(after.load(reader));
  const auto rest = decode_all(after, {middle, all.end()});
  got.insert(got.end(), rest.begin(), rest.end());
  std::sort(got.begin(), got.end());
  RC_ASSERT(got == decode_all(straight, all));
  RC_ASSERT(after.counts() == straight.counts());
  base::ByteWriter one;
  base::ByteWriter two;
  after.save(one);
  straight.save(two);
  RC_ASSERT(one.bytes() == two.bytes());
}

TEST(Reassembly, APartWithoutPayloadDoesNotSpoilTheSavedState) {
  const std::string between = "AIVDM,2,1,3,A,,0";
  const std::string empty = "!" + between + fmt::format("*{:02X}", nmea_checksum(between));
  Decoder decoder;
  EXPECT_EQ(decoder.decode(empty, "i", "s", kNow).cause, Cause::kPart);
  base::ByteWriter bytes;
  decoder.save(bytes);
  base::ByteReader reader(bytes.bytes());
  ASSERT_TRUE(decoder.load(reader)) << "the station would not start again";
  for (const auto& line : lines_of(412000001, 3)) decoder.decode(line, "i", "s", kNow);
  EXPECT_EQ(count(decoder, Cause::kNone), 1u);
  EXPECT_EQ(count(decoder, Cause::kPartLost), 1u);
}

RC_GTEST_PROP(Reassembly, DamagedSavedStateIsRefusedOrHarmless, ()) {
  Decoder decoder;
  decode_all(decoder, interleave(distinct_messages(5)));
  decoder.decode(lines_of(412000001, 1)[0], "i", "s", kNow);
  base::ByteWriter bytes;
  decoder.save(bytes);
  std::string damaged = bytes.take();
  damaged.resize(*rc::gen::inRange<std::size_t>(0, damaged.size() + 1));
  if (!damaged.empty()) {
    damaged[*rc::gen::inRange<std::size_t>(0, damaged.size())] = *rc::gen::arbitrary<char>();
  }
  Decoder fresh;
  base::ByteReader reader(damaged);
  fresh.load(reader);
  RC_ASSERT(fresh.decode(lines_of(412000001, 9)[0], "j", "s", kNow).cause == Cause::kPart);
}
