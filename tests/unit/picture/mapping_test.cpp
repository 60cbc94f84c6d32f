// SPDX-License-Identifier: Apache-2.0
// Mapping files: what they make of rows, and how a mistake in one is named.
#include "picture/exchange/mapping.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <fmt/format.h>

#include "picture/exchange/reader.hpp"

namespace jinglue::picture::exchange {
namespace {

const std::filesystem::path kFolder = JINGLUE_SOURCE_DIR "/data/mappings";

struct Read {
  std::vector<model::Fix> rows;
  std::vector<std::string> bad;  ///< "line where: message"
  base::Status good;
};

Read read(Mapping mapping, const std::string& csv) {
  ReadOptions options;
  options.described = std::move(mapping);
  Read out;
  const auto row = [&](std::uint64_t line, base::Result<model::Fix> fix) {
    if (fix) {
      out.rows.push_back(*fix);
    } else {
      out.bad.push_back(fmt::format("{} {}: {}", line, fix.error().where, fix.error().message));
    }
  };
  const auto reader = make_csv_reader(options, {});
  out.good = reader->feed(csv, row);
  if (out.good) out.good = reader->finish(row);
  return out;
}
Read read(const std::string& name, const std::string& csv) {
  return read(Mapping::open(name, kFolder), csv);
}

base::Result<Mapping> parse(const std::string& toml) {
  const auto document = base::parse_config(toml, "office.toml");
  if (!document) return tl::unexpected(document.error());
  return Mapping::read(*document);
}

const std::string kGood = R"(name = "office"
zh = "单位"
en = "Office"
[track]
columns = ["id"]
[time]
columns = ["t"]
[latitude]
columns = ["lat"]
unit = "deg"
[longitude]
columns = ["lon"]
unit = "deg"
)";

}  // namespace

TEST(Mapping, BothColumnSetsOfNoaaGiveTheSame) {
  const auto old_set = read("noaa",
                            "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,Status,"
                            "TransceiverClass\n"
                            "338148873,2022-01-03T00:00:09,33.60716,-117.91483,102.3,360,511,"
                            "\"A, B\",,\"B\"\n");
  const auto new_set = read("noaa",
                            "mmsi,base_date_time,longitude,latitude,sog,cog,heading,status,"
                            "transceiver\n"
                            "338148873,2022-01-03 00:00:09,-117.91483,33.60716,,,,,B\n");
  ASSERT_TRUE(old_set.good) << old_set.good.error().text();
  ASSERT_TRUE(new_set.good) << new_set.good.error().text();
  ASSERT_EQ(old_set.rows.size(), 1u) << old_set.bad.at(0);
  ASSERT_EQ(new_set.rows.size(), 1u) << new_set.bad.at(0);
  EXPECT_EQ(old_set.rows[0], new_set.rows[0]);
  EXPECT_EQ(base::to_iso(old_set.rows[0].time), "2022-01-03T00:00:09.000Z");
  EXPECT_EQ(old_set.rows[0].source, model::FixSource::kAisB);
  EXPECT_FALSE(old_set.rows[0].sog_ckn || old_set.rows[0].cog_cdeg || old_set.rows[0].heading_deg);
}

TEST(Mapping, DanishRowsHaveTheDayFirstAndWordsForNothing) {
  const std::string head =
      "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,"
      "IMO,Callsign,Name\n";
  const auto got =
      read("denmark", head +
                          "02/03/2024 23:59:58,Class A,219000001,55.5,10.25,Engaged "
                          "in fishing,0.0,4.2,186.0,511,Unknown,,\n"
                          "02/03/2024 23:59:59,Base Station,2190001,55.5,10.25,"
                          "Unknown value,,,,,Unknown,,\n"
                          "31/02/2024 23:59:59,Class A,219000001,55.5,10.25,,,,,,,,\n"
                          "02/03/2024 23:59:59,Class A,219000001,91,10.25,,,,,,,,\n"
                          "02/03/2024 23:59:59,Submarine,219000001,55,10.25,,,,,,,,\n");
  ASSERT_TRUE(got.good) << got.good.error().text();
  ASSERT_EQ(got.rows.size(), 2u);
  EXPECT_EQ(base::to_iso(got.rows[0].time), "2024-03-02T23:59:58.000Z");
  EXPECT_EQ(got.rows[0].nav_status, 7);
  EXPECT_EQ(got.rows[0].sog_ckn, 420);
  EXPECT_FALSE(got.rows[0].heading_deg);
  EXPECT_EQ(got.rows[1].source, model::FixSource::kAisBase);
  EXPECT_FALSE(got.rows[1].nav_status);
  ASSERT_EQ(got.bad.size(), 3u);
  EXPECT_EQ(got.bad[0],
            "4 time: the time '31/02/2024 23:59:59' is not of the form dd/mm/yyyy HH:MM:SS");
  EXPECT_EQ(got.bad[1], "5 place: the row has no place");
  EXPECT_EQ(got.bad[2], "6 source: the word 'Submarine' is not in the mapping");
}

TEST(Mapping, UnitsLocalTimesAndWordsOfAnOffice) {
  const auto got = read("in_house",
                        "终端号,船名,定位时间,纬度,经度,航速(km/h),航向,状态\n"
                        "0242286,甲,2024/05/01 12:00:30,37.5,122.126,18.52,186,捕捞\n"
                        "242287,乙,2024/05/01 12:00:31,0,122.126,-,无,-\n");
  ASSERT_TRUE(got.good) << got.good.error().text();
  ASSERT_EQ(got.rows.size(), 1u) << got.bad.at(0);
  const auto& fix = got.rows[0];
  EXPECT_EQ(model::to_text(fix.track), "beidou:242286");
  EXPECT_EQ(base::to_iso(fix.time), "2024-05-01T04:00:30.000Z");
  EXPECT_EQ(fix.sog_ckn, 1000);
  EXPECT_EQ(fix.nav_status, 7);
  EXPECT_EQ(fix.source, model::FixSource::kBeidou);
  ASSERT_EQ(got.bad.size(), 1u);
  EXPECT_EQ(got.bad[0], "3 place: the row has no place");
}

TEST(Mapping, AYearThatTheFileDoesNotHaveIsGiven) {
  const std::string csv =
      "vessel_id,time_mmdd,lat,lon,speed_kn,course_deg,gear\n"
      "20007,0926T00:05:42,24.469,118.960,3.29,50,trawl\n";
  const auto none = read("beidou_table", csv);
  ASSERT_FALSE(none.good);
  EXPECT_NE(none.good.error().text().find("--year"), std::string::npos);
  const auto mapping = Mapping::open("beidou_table", kFolder, 2019);
  const auto got = read(mapping, csv);
  ASSERT_EQ(got.rows.size(), 1u) << got.bad.at(0);
  EXPECT_EQ(base::to_iso(got.rows[0].time), "2019-09-25T16:05:42.000Z");
  EXPECT_EQ(model::to_text(got.rows[0].track), "beidou:20007");
  EXPECT_NE(mapping.fingerprint(), Mapping::open("beidou_table", kFolder).fingerprint());
}

TEST(Mapping, RowsThatAreNoPositionsArePassedOver) {
  const auto got = read("exactearth",
                        "MMSI,Message_ID,Time,Millisecond,Latitude,Longitude,SOG,COG,Heading\n"
                        "432905000,1,20210701_185151,680,8.5,-103.5,13.6,314.8,315.0\n"
                        "432905000,5,20210701_185151,680,,,,,\n"
                        "432905000,27,20210701_185151,0,8.5,-103.5,13,None,\n");
  ASSERT_EQ(got.rows.size(), 2u);
  EXPECT_EQ(got.rows[0].time.ms % 1000, 680);
  EXPECT_EQ(got.rows[1].source, model::FixSource::kAisLongRange);
  EXPECT_FALSE(got.rows[1].cog_cdeg);
  ASSERT_EQ(got.bad.size(), 1u);
  EXPECT_EQ(got.bad[0], "3 skipped: the row is no position");
}

TEST(Mapping, EveryShippedOneIsSoundAndAFileOfAnotherKindIsNamed) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
    const auto mapping = Mapping::open(file.path().stem().string(), kFolder);
    EXPECT_EQ(mapping.name(), file.path().stem().string());
    ++count;
  }
  EXPECT_EQ(count, 6u);
  const auto other = read("noaa", "a,b,c\n1,2,3\n");
  ASSERT_FALSE(other.good);
  EXPECT_NE(other.good.error().text().find("no column 'MMSI' or 'mmsi' for track"),
            std::string::npos)
      << other.good.error().text();
  try {
    (void)Mapping::open("nowhere", kFolder);
    FAIL();
  } catch (const base::WorldError& error) {
    EXPECT_NE(std::string(error.what()).find("noaa"), std::string::npos) << error.what();
  }
}

TEST(Mapping, AMistakeIsNamedWithFileLineAndKey) {
  ASSERT_TRUE(parse(kGood));
  const auto with = [](const std::string& from, const std::string& to) {
    auto out = kGood;
    return out.replace(out.find(from), from.size(), to);
  };
  const std::pair<std::string, std::string> cases[] = {
      {with("[track]\ncolumns = [\"id\"]\n", ""), "track: this column is needed"},
      {with("unit = \"deg\"", "unit = \"km\""), "office.toml:10 latitude.unit: 'km' is no unit"},
      {with("unit = \"deg\"", "unti = \"deg\""), "office.toml:10"},
      {with("[\"t\"]", "[]"), "office.toml:7 time.columns: no heading"},
      {with("[\"t\"]", "[\"t\"]\nform = \"dd/mm HH\"\nzone = \"UTC\""), "time.form"},
      {with("[\"t\"]", "[\"t\"]\nform = \"dd/mm/yyyy HH:MM\""), "time.zone"},
      {with("[\"t\"]", "[\"t\"]\nzone = \"Asia/Weihai\""), "no time zone 'Asia/Weihai'"},
      {with("[\"t\"]", "[\"t\"]\nyear = 12"), "time.year"},
      {"terminal = \"radio\"\n" + kGood, "'radio' is no kind of terminal"},
      {kGood + "scale = 0\n", "longitude.scale"},
  };
  for (const auto& [toml, message] : cases) {
    const auto mapping = parse(toml);
    ASSERT_FALSE(mapping) << toml;
    EXPECT_NE(mapping.error().text().find(message), std::string::npos) << mapping.error().text();
    EXPECT_NE(mapping.error().text().find("office.toml:"), std::string::npos);
  }
}

/// A form writes and reads every minute of a century the same.
RC_GTEST_PROP(Mapping, FormsOfTimesReadBack, ()) {
  const base::Instant t{*rc::gen::inRange<std::int64_t>(946'684'800, 4'000'000'000) * 1000};
  const auto c = *base::to_civil(t, "UTC");
  const auto text = fmt::format("{:02}.{:02}.{:04} {:02}h{:02}:{:02}", c.day, c.month, c.year,
                                c.hour, c.minute, c.second);
  auto toml = kGood;
  const std::string old = "columns = [\"t\"]\n";
  toml.replace(toml.find(old), old.size(),
               old + "form = \"dd.mm.yyyy HHhMM:SS\"\nzone = \"UTC\"\n");
  const auto mapping = parse(toml);
  RC_ASSERT(mapping.has_value());
  const auto got = read(*mapping, "id,t,lat,lon\n412000001," + text + ",1,2\n");
  RC_ASSERT(got.rows.size() == 1u);
  RC_ASSERT(got.rows[0].time == t);
}

}  // namespace jinglue::picture::exchange
