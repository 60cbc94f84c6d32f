// SPDX-License-Identifier: Apache-2.0
// Whom each type of message names beside its sender.
#include "observe/ais/addressees.hpp"

#include <gtest/gtest.h>

using namespace jinglue::observe::ais;

namespace {

using Numbers = std::vector<std::uint32_t>;
constexpr std::uint32_t kShore = 4'121'000, kShip = 412'000'001, kOther = 412'000'002;

}  // namespace

TEST(AisAddressees, EveryTypeThatNamesSomebodyDoes) {
  BinaryMessage binary;
  binary.mmsi = kShore;
  EXPECT_EQ(addressees_of(binary), Numbers{}) << "a broadcast";
  binary.destination = kShip;
  EXPECT_EQ(addressees_of(binary), Numbers{kShip});
  SafetyText text;
  text.mmsi = kShore;
  text.destination = kShip;
  EXPECT_EQ(addressees_of(text), Numbers{kShip});
  UtcInquiry inquiry;
  inquiry.mmsi = kShore;
  inquiry.destination = kShip;
  EXPECT_EQ(addressees_of(inquiry), Numbers{kShip});
  Acknowledgement heard;
  heard.mmsi = kShore;
  heard.count = 2;
  heard.of[0].mmsi = kShip;
  heard.of[1].mmsi = kOther;
  heard.of[2].mmsi = 412'000'003;
  EXPECT_EQ(addressees_of(heard), (Numbers{kShip, kOther})) << "as many as it says";
  Interrogation asked;
  asked.mmsi = kShore;
  asked.count = 1;
  asked.of[0].mmsi = kShip;
  EXPECT_EQ(addressees_of(asked), Numbers{kShip});
  Assignment assigned;
  assigned.mmsi = kShore;
  assigned.count = 1;
  assigned.of[0].mmsi = kShip;
  EXPECT_EQ(addressees_of(assigned), Numbers{kShip});
  ChannelManagement channels;
  channels.mmsi = kShore;
  channels.to = {kShip, 0};
  EXPECT_EQ(addressees_of(channels), Numbers{}) << "to an area";
  channels.addressed = true;
  EXPECT_EQ(addressees_of(channels), Numbers{kShip});
  StaticData craft;
  craft.type = 24;
  craft.mmsi = 984'121'234;
  craft.mothership_mmsi = kShip;
  craft.destination = FixedText<20>("SHIDAO");
  EXPECT_EQ(addressees_of(craft), Numbers{kShip});
  craft.mothership_mmsi = craft.mmsi;
  EXPECT_EQ(addressees_of(craft), Numbers{}) << "itself";
}
