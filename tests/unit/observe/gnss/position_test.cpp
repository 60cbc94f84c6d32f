// SPDX-License-Identifier: Apache-2.0
#include "observe/gnss/position.hpp"

#include <gtest/gtest.h>

#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe;
using namespace jinglue::observe::gnss;

namespace {

constexpr base::Instant kNow{1'709'084'000'000};  // 2024-02-28T01:33:20Z

Cause read(const std::string& line, Position& out) {
  nmea::Sentence sentence;
  EXPECT_EQ(nmea::find(line, 0, kFormatters, sentence), nmea::Check::kSound) << line;
  return read_sentence(sentence, kNow, out);
}

}  // namespace

TEST(Gnss, RmcGivesPlaceTimeSpeedAndCourse) {
  Position p;
  ASSERT_EQ(read("$GNRMC,012345.00,A,3730.1234,N,12207.5678,E,4.2,186.0,280224,,,A*4F", p),
            Cause::kNone);
  EXPECT_EQ(base::to_iso(p.time), "2024-02-28T01:23:45.000Z");
  EXPECT_TRUE(p.whole_time);
  EXPECT_EQ(p.at, (geo::Position{37 * 6'000'000 + 3'012'340, 122 * 6'000'000 + 756'780}));
  EXPECT_EQ(p.sog_ckn, 420);
  EXPECT_EQ(p.cog_cdeg, 18'600);
}

TEST(Gnss, GgaTakesItsDayFromTheArrival) {
  for (const char* talker : {"GP", "GN", "BD", "GB", "GL", "GA"}) {
    Position p;
    ASSERT_EQ(read(nmea::framed(std::string(talker) +
                                "GGA,012345.50,3730.1234,S,12207.5678,W,1,08,1.0,5,M,,M,,"),
                   p),
              Cause::kNone);
    EXPECT_EQ(base::to_iso(p.time), "2024-02-28T01:23:45.500Z");
    EXPECT_FALSE(p.whole_time);
    EXPECT_LT(p.at.lat, 0);
    EXPECT_LT(p.at.lon, 0);
    EXPECT_FALSE(p.sog_ckn);
  }
}

TEST(Gnss, NoFixAndBadFormsAreToldApart) {
  Position p;
  EXPECT_EQ(read(nmea::framed("GPRMC,012345.00,V,,,,,,,280224,,,N"), p), Cause::kNoFix);
  EXPECT_EQ(read(nmea::framed("GPGGA,012345,,,,,0,00,,,M,,M,,"), p), Cause::kNoFix);
  EXPECT_EQ(read(nmea::framed("GPGGA,012345,3730.1,N,12207.5,E,8,08,1.0,5,M,,M,,"), p),
            Cause::kNoFix)
      << "a simulator";
  EXPECT_EQ(read(nmea::framed("GPRMC,012345.00,A,3730.1,N,12207.5,E,4.2,186,310224,,,A"), p),
            Cause::kForm)
      << "31 February";
  EXPECT_EQ(read(nmea::framed("GPRMC,012345.00,A,3730.1,N,,E,4.2,186,280224,,,A"), p),
            Cause::kForm);
  ASSERT_EQ(read(nmea::framed("GPRMC,012345.00,A,3730.1,N,12207.5,E,,,280224,,,A"), p),
            Cause::kNone)
      << "a still receiver leaves speed and course out";
}

TEST(Gnss, ReadsEveryPositionOfARealReceiversLog) {
  const auto file = tests::shared_ais() / "nmea" / "gpsd_ait250.log.gz";
  JINGLUE_NEEDS_SHARED(file);
  std::size_t sound = 0, with_place = 0;
  for (const auto& line : tests::read_lines(file)) {
    nmea::Sentence sentence;
    if (nmea::find(line, 0, kFormatters, sentence) != nmea::Check::kSound) continue;
    ++sound;
    Position p;
    if (read_sentence(sentence, kNow, p) == Cause::kNone) ++with_place;
  }
  RecordProperty("sound", int(sound));
  EXPECT_GT(sound, 0u);
  EXPECT_EQ(with_place, sound);
}
