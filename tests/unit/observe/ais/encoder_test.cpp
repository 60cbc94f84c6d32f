// SPDX-License-Identifier: Apache-2.0
// Facts that hold for every sentence the encoder makes; the round trip through the decoder is in
// round_trip_test.cpp.
#include "observe/ais/encoder.hpp"

#include <gtest/gtest.h>

#include "observe/ais/mmsi.hpp"

using namespace jinglue;
using namespace jinglue::observe::ais;

namespace {

PositionReport moored_at_shidao() {
  PositionReport m;
  m.type = 1;
  m.mmsi = 412345678;
  m.nav_status = 5;
  m.sog = 0;
  m.lat = 36 * 600'000 + 53 * 10'000;
  m.lon = 122 * 600'000 + 26 * 10'000;
  m.cog = 0;
  m.heading = 511 - 400;
  m.utc_second = 7;
  return m;
}

}  // namespace

TEST(Encoder, APositionReportIsOneSentenceOf28Characters) {
  const auto lines = encode(moored_at_shidao(), {.channel = 'B'});
  ASSERT_EQ(lines.size(), 1u);
  const std::string head = "!AIVDM,1,1,,B,";
  EXPECT_EQ(lines[0].substr(0, head.size()), head);
  EXPECT_EQ(lines[0].size(), head.size() + 28 + std::string(",0*hh").size());
}

TEST(Encoder, TheFirstPayloadCharacterIsTheMessageType) {
  EXPECT_EQ(to_bits(moored_at_shidao()).armoured()[0], '1');
  EXPECT_EQ(to_bits(BaseStationReport{.mmsi = 4123456}).armoured()[0], '4');
  EXPECT_EQ(to_bits(StaticData{.type = 5, .mmsi = 412345678}).armoured()[0], '5');
  EXPECT_EQ(to_bits(StaticData{.type = 24, .mmsi = 412345678}).armoured()[0], 'H');
  EXPECT_EQ(to_bits(AtonReport{.mmsi = 994121234}).armoured()[0], 'E');
}

TEST(Encoder, LengthsAreThoseOfTheStandard) {
  auto m = moored_at_shidao();
  const std::pair<int, std::size_t> lengths[] = {{1, 168},  {2, 168},  {3, 168}, {9, 168},
                                                 {18, 168}, {19, 312}, {27, 96}};
  m.lat = m.lon = std::nullopt;
  for (const auto& [type, bits] : lengths) {
    m.type = static_cast<std::uint8_t>(type);
    EXPECT_EQ(to_bits(m).bits(), bits) << "type " << type;
  }
  EXPECT_EQ(to_bits(BaseStationReport{}).bits(), 168u);
  EXPECT_EQ(to_bits(StaticData{.type = 5}).bits(), 424u);
  EXPECT_EQ(to_bits(StaticData{.type = 24, .part = std::uint8_t{0}}).bits(), 168u);
  EXPECT_EQ(to_bits(StaticData{.type = 24, .part = std::uint8_t{1}}).bits(), 168u);
  EXPECT_EQ(to_bits(AtonReport{}).bits(), 272u);
  EXPECT_EQ(to_bits(AtonReport{.name = std::string(34, 'A')}).bits(), 360u);
}

TEST(Encoder, AVoyageMessageIsTwoSentencesThatNameEachOther) {
  const StaticData voyage{.type = 5, .mmsi = 412345678, .name = "YANLIAN 0001"};
  const auto lines = encode(voyage, {.channel = 'A', .sequence = 4});
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].substr(0, 15), "!AIVDM,2,1,4,A,");
  EXPECT_EQ(lines[1].substr(0, 15), "!AIVDM,2,2,4,A,");
  EXPECT_NE(lines[1].find(",2*"), std::string::npos) << "424 bits need 2 fill bits";
  EXPECT_LE(lines[0].size() + 2, 82u);
}

TEST(Encoder, ChecksumsAreTheXorOfWhatLiesBetween) {
  const Envelope envelope{.source = "weihai", .at = base::Instant{1'714'536'000'000}};
  const std::string line = encode(moored_at_shidao(), envelope)[0];
  const auto second = line.find('\\', 1);
  EXPECT_EQ(line.substr(0, second - 2), "\\s:weihai,c:1714536000*");
  for (const auto& [from, to] :
       {std::pair(std::size_t{1}, line.find('*')), std::pair(second + 2, line.rfind('*'))}) {
    unsigned sum = 0;
    for (std::size_t i = from; i < to; ++i) sum ^= static_cast<unsigned char>(line[i]);
    EXPECT_EQ(std::stoul(line.substr(to + 1, 2), nullptr, 16), sum);
  }
}

TEST(Encoder, TextTakesTheSixBitAlphabet) {
  BitWriter bits;
  bits.put_text("Lu_9~", 6);
  std::vector<std::uint8_t> octets(5 + BitReader::kSlack);
  const std::string payload = bits.armoured();
  std::size_t at = 0;
  for (char c : payload) {
    const int six = c < 'X' ? c - 48 : c - 56;
    for (int i = 5; i >= 0; --i, ++at) {
      octets[at / 8] =
          static_cast<std::uint8_t>(octets[at / 8] | (((six >> i) & 1) << (7 - at % 8)));
    }
  }
  EXPECT_EQ(BitReader(octets.data(), 36).text(0, 6), "LU_9?");
}

TEST(Mmsi, KindsFollowTheFirstDigits) {
  EXPECT_EQ(mmsi_kind(412345678), MmsiKind::kShip);
  EXPECT_EQ(mmsi_kind(4122100), MmsiKind::kCoastStation);
  EXPECT_EQ(mmsi_kind(41234567), MmsiKind::kGroup);
  EXPECT_EQ(mmsi_kind(111412001), MmsiKind::kAircraft);
  EXPECT_EQ(mmsi_kind(994121234), MmsiKind::kAton);
  EXPECT_EQ(mmsi_kind(984121234), MmsiKind::kAuxiliaryCraft);
  EXPECT_EQ(mmsi_kind(970123456), MmsiKind::kSart);
  EXPECT_EQ(mmsi_kind(972123456), MmsiKind::kManOverboard);
  EXPECT_EQ(mmsi_kind(974123456), MmsiKind::kEpirb);
  EXPECT_EQ(mmsi_kind(979123456), MmsiKind::kGearBeacon);
  EXPECT_EQ(mmsi_kind(123), MmsiKind::kOther);
  EXPECT_EQ(mmsi_kind(1'000'000'000), MmsiKind::kOther);
}
