// SPDX-License-Identifier: Apache-2.0
// One line in, one answer out: forms, wrappers, causes, counters and saved state.
#include "observe/ais/decoder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

#include "unit/observe/ais/generators.hpp"

using namespace jinglue;
using namespace jinglue::tests;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};

std::string sentence(const std::string& between) {
  return "!" + between + fmt::format("*{:02X}", nmea_checksum(between));
}
std::string tag(const std::string& inside) {
  return "\\" + inside + fmt::format("*{:02X}", nmea_checksum(inside)) + "\\";
}

PositionReport a_boat() {
  PositionReport m;
  m.type = 18;
  m.mmsi = 412345678;
  m.lat = 22'130'000;
  m.lon = 73'460'000;
  m.sog = 85;
  m.communication = 0xE0006;  // as the encoder writes it for a carrier sense unit
  return m;
}
const std::string kBoat = encode(a_boat())[0];

Decoded decode_one(const std::string& line) {
  Decoder decoder;
  return decoder.decode(line, "test", "here", kNow);
}

}  // namespace

TEST(Decoder, ReadsEveryTalkerAndOwnShipReports) {
  const std::string fields = kBoat.substr(6, kBoat.size() - 9);
  for (const char* talker :
       {"AI", "AB", "AD", "AN", "AR", "AS", "AT", "AX", "BS", "SA", "BY", "SS"}) {
    for (const char* kind : {"VDM", "VDO"}) {
      const auto d = decode_one(sentence(talker + std::string(kind) + fields));
      ASSERT_TRUE(d.message) << talker << kind;
      EXPECT_EQ(std::get<PositionReport>(*d.message), a_boat());
    }
  }
}

TEST(Decoder, ReadsThePublicExampleOfAClassAReport) {
  // The sentence of the gpsd project's AIVDM document: MMSI 477553000, moored at Seattle.
  const auto d = decode_one("!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C");
  ASSERT_TRUE(d.message);
  const auto& m = std::get<PositionReport>(*d.message);
  EXPECT_EQ(m.mmsi, 477553000u);
  EXPECT_EQ(m.nav_status, 5);
  EXPECT_EQ(m.rate_of_turn, 0);
  EXPECT_EQ(m.sog, 0);
  EXPECT_EQ(m.cog, 510);
  EXPECT_EQ(m.heading, 181);
  EXPECT_EQ(m.utc_second, 15);
  EXPECT_NEAR(*m.lat / 600'000.0, 47.58283333, 1e-7);
  EXPECT_NEAR(*m.lon / 600'000.0, -122.34583333, 1e-7);
}

TEST(Decoder, NotAvailableIsAbsentNeverANumber) {
  PositionReport m;
  m.mmsi = 412345678;
  const auto d = decode_one(encode(m)[0]);
  const auto& back = std::get<PositionReport>(*d.message);
  EXPECT_FALSE(back.sog);
  EXPECT_FALSE(back.cog);
  EXPECT_FALSE(back.lat);
  EXPECT_FALSE(back.lon);
  EXPECT_FALSE(back.heading);
  EXPECT_FALSE(back.rate_of_turn);
  EXPECT_FALSE(back.utc_second);
}

TEST(Decoder, ValuesThatTheStandardForbidsAreAbsent) {
  BitWriter bits;
  bits.put(1, 6);
  bits.put(0, 2);
  bits.put(412345678, 30);
  bits.put(0, 4 + 8);
  bits.put(1022, 10);
  bits.put(0, 1);
  bits.put_signed(-180 * 600'000 - 1, 28);
  bits.put_signed(90 * 600'000 + 1, 27);
  bits.put(3601, 12);
  bits.put(360, 9);
  bits.put(63, 6);
  bits.put(0, 25);
  const auto d = decode_one(to_lines(bits, {})[0]);
  const auto& m = std::get<PositionReport>(*d.message);
  EXPECT_EQ(m.sog, 1022) << "102.2 knots or more is a value";
  EXPECT_FALSE(m.lat);
  EXPECT_FALSE(m.lon);
  EXPECT_FALSE(m.cog);
  EXPECT_FALSE(m.heading);
  EXPECT_FALSE(m.utc_second);
}

TEST(Decoder, FindsTheSentenceInsideALine) {
  const std::string lines[] = {
      kBoat + "\r",
      kBoat + "  \r\n",
      "1550303566167726840 " + kBoat,
      "receiver 7: " + kBoat,
      kBoat + ",s22968,d-106,T43.05,r003669705,1163612855",
      kBoat + ",1163612855",
      "!AIVDM,1,1,,A,15Mv0b" + kBoat,
      "hello! " + kBoat,
      kBoat + kBoat,
      tag("s:weihai,c:1714536000") + kBoat,
      "junk" + tag("s:weihai,c:1714536000") + kBoat,
  };
  for (const auto& line : lines) {
    const auto d = decode_one(line);
    ASSERT_TRUE(d.message) << line << " " << to_key(d.cause);
    EXPECT_EQ(std::get<PositionReport>(*d.message), a_boat()) << line;
  }
}

TEST(Decoder, TakesTimeAndStationFromWhatSurroundsTheSentence) {
  struct Case {
    std::string line;
    std::int64_t ms;
    std::string source;
  };
  const Case cases[] = {
      {tag("s:weihai,c:1714536000") + kBoat, 1'714'536'000'000, "weihai"},
      {tag("c:1714536000125,s:2573315,n:42") + kBoat, 1'714'536'000'125, "2573315"},
      {tag("c:1714536000.250") + kBoat, 1'714'536'000'250, "here"},
      {tag("s:42809,c:1635731889,t:1635731965") + kBoat, 1'635'731'889'000, "42809"},
      {"1550303566167726840 " + kBoat, 1'550'303'566'167, "here"},
      {kBoat + ",s22968,d-106,T43.05,r003669705,1163612855", 1'163'612'855'000, "003669705"},
      {kBoat + ",b003669705,1163612855", 1'163'612'855'000, "003669705"},
      {kBoat + ",1163612855", 1'163'612'855'000, "here"},
      {tag("s:weihai,c:1714536000") + kBoat + ",rX,1163612855", 1'714'536'000'000, "weihai"},
  };
  for (const auto& c : cases) {
    Decoder decoder;
    const auto d = decoder.decode(c.line, "test", "here", kNow);
    ASSERT_TRUE(d.message) << c.line;
    ASSERT_TRUE(d.stated_time) << c.line;
    EXPECT_EQ(d.stated_time->ms, c.ms) << c.line;
    EXPECT_EQ(d.source, c.source) << c.line;
    EXPECT_EQ(decoder.counts()[std::size_t(Cause::kTagBlock)], 0u);
  }
}

TEST(Decoder, ADamagedTagBlockCostsItsFieldsAndNotThePosition) {
  const std::string lines[] = {
      "\\s:weihai,c:1714536000*00\\" + kBoat, "\\s:weihai,c:1714536000\\" + kBoat,
      "s:weihai,c:1714536000*4A\\" + kBoat,   tag("c:yesterday,s:weihai") + kBoat,
      tag("c:12,s:weihai") + kBoat,           tag("g:1-x,s:weihai") + kBoat,
  };
  for (const auto& line : lines) {
    Decoder decoder;
    const auto d = decoder.decode(line, "test", "here", kNow);
    ASSERT_TRUE(d.message) << line;
    EXPECT_FALSE(d.stated_time) << line;
    EXPECT_EQ(d.source, "here") << line;
    EXPECT_EQ(decoder.counts()[std::size_t(Cause::kTagBlock)], 1u) << line;
  }
}

TEST(Decoder, APghpLineGivesItsTimeToTheSentenceThatItAnnounces) {
  const std::string sum = kBoat.substr(kBoat.size() - 2);
  std::string pghp = sentence("PGHP,1,2010,6,11,11,46,11,390,231,45,992190934,1," + sum);
  pghp[0] = '$';
  Decoder decoder;
  EXPECT_EQ(decoder.decode(pghp, "a", "", kNow).cause, Cause::kNotAis);
  EXPECT_FALSE(decoder.decode(kBoat, "b", "", kNow).stated_time) << "another feed";
  const auto d = decoder.decode(kBoat, "a", "", kNow);
  ASSERT_TRUE(d.stated_time);
  EXPECT_EQ(base::to_iso(*d.stated_time), "2010-06-11T11:46:11.390Z");
  EXPECT_FALSE(decoder.decode(kBoat, "a", "", kNow).stated_time) << "only the next sentence";
}

TEST(Decoder, APghpLineWithAMonthOrDayThatDoesNotExistGivesNoTime) {
  const std::string sum = kBoat.substr(kBoat.size() - 2);
  for (const char* date : {"2010,13,11", "2010,257,11", "2010,6,267", "2010,2,30", "67546,6,11"}) {
    std::string pghp = sentence(std::string("PGHP,1,") + date + ",11,46,11,390,231,45,9,1," + sum);
    pghp[0] = '$';
    Decoder decoder;
    decoder.decode(pghp, "a", "", kNow);
    EXPECT_FALSE(decoder.decode(kBoat, "a", "", kNow).stated_time) << date;
  }
}

TEST(Decoder, EveryLineIsCountedUnderOneCause) {
  const std::pair<std::string, Cause> cases[] = {
      {kBoat, Cause::kNone},
      {"", Cause::kNotAis},
      {"$GPRMC,213950.00,A,5250.53669,N,00542.34920,E,0.020,,070420,,,A*7D", Cause::kNotAis},
      {"!AITXT,1,1,01,hello*00", Cause::kNotAis},
      {std::string(2000, 'x'), Cause::kTooLong},
      {kBoat.substr(0, kBoat.size() - 1), Cause::kNoChecksum},
      {kBoat.substr(0, 20), Cause::kNoChecksum},
      {"!AIVDM,1,1,,A,B5NJ;PP005l4ot5Isbl03wsUkP06,0*7Z", Cause::kNoChecksum},
      {kBoat.substr(0, kBoat.size() - 2) + (kBoat.substr(kBoat.size() - 2) == "00" ? "01" : "00"),
       Cause::kChecksum},
      {sentence("AIVDM,1,1,,A"), Cause::kForm},
      {sentence("AIVDM,"), Cause::kForm},
      {sentence("AIVDM,1,1,,A,13aDp,"), Cause::kForm},
      {sentence("AIVDM,1,1,,A,13aDp,6"), Cause::kForm},
      {sentence("AIVDM,0,1,,A,13aDp,0"), Cause::kForm},
      {sentence("AIVDM,2,3,1,A,13aDp,0"), Cause::kForm},
      {sentence("AIVDM,1,1,X,A,13aDp,0"), Cause::kForm},
      {sentence("AIVDM,1,1,,AB,13aDp,0"), Cause::kForm},
      {sentence("AIVDM,1,1,,A,13a,Dp,0"), Cause::kForm},
      {sentence("AIVDM,1,1,,A,13aDp,00"), Cause::kForm},
      {sentence("AIVDM,1,1,,A,,0"), Cause::kTooShort},
      {sentence("AIVDM,1,1,,A,1,0"), Cause::kTooShort},
      {sentence("AIVDM,1,1,,A,13a X,0"), Cause::kPayload},
      {sentence("AIVDM,1,1,,A,Xaaaaaaaaaaaaaaaaaaaaaaaaaaaa,0"), Cause::kPayload},
      {sentence("AIVDM,1,1,,A," + std::string(600, '0') + ",0"), Cause::kTooLong},
      {sentence("AIVDM,1,1,,A,L5NJ;PP005l4ot5Isbl03wsUkP06,0"), Cause::kTypeUnknown},
      {sentence("AIVDM,1,1,,A,05NJ;PP005l4ot5Isbl03wsUkP06,0"), Cause::kTypeUnknown},
      {sentence("AIVDM,1,1,,A,802R5Ph0BkAgoPNCkQn0Q@sMKgww,0"), Cause::kNone},
      {sentence("AIVDM,1,1,,A,1wwwwww005l4ot5Isbl03wsUkP06,0"), Cause::kValue},
      {sentence("AIVDM,2,1,3,A,13aDp,0"), Cause::kPart},
  };
  Decoder decoder;
  std::array<std::uint64_t, std::size_t(Cause::kCount)> expected{};
  for (const auto& [line, cause] : cases) {
    const auto d = decoder.decode(line, "test", "here", kNow);
    EXPECT_EQ(to_key(d.cause), to_key(cause)) << line;
    ++expected[std::size_t(cause)];
  }
  EXPECT_EQ(decoder.counts(), expected);
}

TEST(Decoder, EveryCauseHasItsOwnKey) {
  std::set<std::string_view> keys;
  for (std::size_t i = 0; i < std::size_t(Cause::kCount); ++i) keys.insert(to_key(Cause(i)));
  EXPECT_EQ(keys.size(), std::size_t(Cause::kCount));
}

TEST(Decoder, AnUnsetIdentityIsKeptForAShipIsThere) {
  PositionReport m = a_boat();
  m.mmsi = 0;
  EXPECT_EQ(std::get<PositionReport>(*decode_one(encode(m)[0]).message), m);
}

TEST(Decoder, TheOtherPartsOfType24AreNoPartAOrB) {
  BitWriter bits;
  bits.put(24, 6);
  bits.put(0, 2);
  bits.put(412345678, 30);
  bits.put(2, 2);
  bits.put(0, 60);
  bits.put(0, 60);
  EXPECT_EQ(decode_one(to_lines(bits, {})[0]).cause, Cause::kValue);
}

RC_GTEST_PROP(Decoder, RandomBytesNeverStopItAndAreAllCounted, ()) {
  Decoder decoder;
  const auto lines =
      *rc::gen::container<std::vector<std::string>>(rc::gen::arbitrary<std::string>());
  for (const auto& line : lines) decoder.decode(line, "test", "here", kNow);
  const auto& counts = decoder.counts();
  RC_ASSERT(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == lines.size());
}

RC_GTEST_PROP(Decoder, AChangedCharacterNeverGivesAnotherMessage, ()) {
  const Message message = any_message();
  auto lines = encode(message);
  Decoder decoder;
  std::optional<Message> back;
  for (auto& line : lines) {
    const auto at = *rc::gen::inRange<std::size_t>(0, line.size());
    line[at] = static_cast<char>(*rc::gen::inRange(0, 256));
    const auto d = decoder.decode(line, "test", "here", kNow);
    if (d.message) back = d.message;
  }
  // A changed digit of the checksum may be the same digit in lower case; the payload is then whole.
  if (back) {
    RC_ASSERT(*back == message);
  }
}

RC_GTEST_PROP(Decoder, DamagedSentencesWithAGoodChecksumNeverStopIt, ()) {
  std::string between = encode(any_message())[0];
  between = between.substr(1, between.find('*') - 1);
  const int changes = *rc::gen::inRange(1, 6);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, between.size());
    between[at] = *rc::gen::inRange(' ', '~');
  }
  Decoder decoder;
  const auto d = decoder.decode(sentence(between), "test", "here", kNow);
  RC_ASSERT((d.cause == Cause::kNone) == d.message.has_value());
  const auto& counts = decoder.counts();
  RC_ASSERT(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}) == 1u);
}
