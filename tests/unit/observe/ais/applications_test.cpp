// SPDX-License-Identifier: Apache-2.0
// Tables of application data: the project's are sound, mistakes are named, groups and switches read
// what the encoder put there.
#include "observe/ais/applications.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/config.hpp"
#include "base/json.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/encoder.hpp"
#include "observe/ais/message_writer.hpp"

using namespace jinglue;
using namespace jinglue::observe::ais;
using base::Json;

namespace {

constexpr base::Instant kNow{1'714'536'000'000};
const std::filesystem::path kTables = std::filesystem::path(JINGLUE_SOURCE_DIR) / "data/ais";

Applications tables() {
  Applications out;
  for (const auto& file : std::filesystem::directory_iterator(kTables)) {
    const auto config = base::read_config(file.path());
    EXPECT_TRUE(config) << config.error().text();
    if (!config) continue;
    const auto added = out.add(*config);
    EXPECT_TRUE(added) << added.error().text();
  }
  return out;
}

/// Data of a broadcast message, as JSON with the tables.
Json read(unsigned dac, unsigned fi, const BitWriter& data, const Applications& all) {
  BitWriter bits;
  put_head(bits, 8, 0, 412345678);
  bits.put(0, 2);
  bits.put(dac, 10);
  bits.put(fi, 6);
  const std::string body = data.armoured();
  for (const char c : body) {
    const int six = c < 'X' ? c - 48 : c - 56;
    bits.put(static_cast<std::uint64_t>(six), 6);
  }
  Decoder decoder;
  MessageWriter writer({false, &all});
  Json out;
  for (const auto& line : to_lines(bits, {})) {
    const auto decoded = decoder.decode(line, "test", "", kNow);
    if (decoded.message) out = base::parse_json(writer.json(decoded)).value();
  }
  return out;
}

std::string mistake(const std::string& fields) {
  const std::string text =
      "[[application]]\ndac = 412\nfi = 1\ntypes = [8]\nid = \"mine\"\n"
      "title = { zh = \"测试\", en = \"Test\" }\nsource = \"test\"\n" +
      fields + "\n";
  const auto config = base::parse_config(text, "mine.toml");
  if (!config) return config.error().text();
  Applications all;
  const auto added = all.add(*config);
  return added ? "" : added.error().text();
}

}  // namespace

TEST(AisApplications, TheTablesOfTheProjectAreSoundAndNameTheirSources) {
  const Applications all = tables();
  EXPECT_GE(all.all().size(), 38u);
  for (const auto& one : all.all()) {
    EXPECT_FALSE(one.source.empty()) << one.id;
    EXPECT_FALSE(one.title.zh.empty()) << one.id;
    EXPECT_FALSE(one.valid_from.empty()) << one.id;
  }
  for (const unsigned fi : {17U, 19U, 21U, 22U, 24U, 26U, 27U, 29U, 31U}) {
    EXPECT_NE(all.find(8, 1, fi, 900), nullptr) << fi;
  }
  for (const unsigned fi : {16U, 18U, 20U, 23U, 25U, 28U, 30U, 32U}) {
    EXPECT_NE(all.find(6, 1, fi, 900), nullptr) << fi;
  }
  for (const unsigned fi : {10U, 23U, 24U, 40U})
    EXPECT_NE(all.find(8, 200, fi, 280), nullptr) << fi;
  for (const unsigned fi : {21U, 22U, 55U}) EXPECT_NE(all.find(6, 200, fi, 280), nullptr) << fi;
  EXPECT_EQ(all.find(8, 1, 31, 100), nullptr) << "too short for it";
  EXPECT_EQ(all.find(8, 999, 1, 100), nullptr);
}

TEST(AisApplications, AnAreaNoticeGivesEachSubAreaByItsShape) {
  BitWriter data;
  data.put(7, 10);
  data.put(32, 7);
  data.put(5, 4);
  data.put(1, 5);
  data.put(4, 5);
  data.put(0, 6);
  data.put(600, 18);
  data.put(0, 3 + 2);  // a circle
  data.put(122 * 60'000, 25);
  data.put(36 * 60'000 + 30'000, 24);
  data.put(4, 3);
  data.put(1852, 12);
  data.put(0, 18);
  data.put(4, 3);  // a polygon
  data.put(1, 2);
  data.put(91, 10);
  data.put(300, 10);
  data.put(720, 10);
  data.put(0, 10);
  data.put(0, 40);
  data.put(0, 2);
  data.put(5, 3);  // a text
  data.put_text("NO FISHING", 14);
  const Json json = read(1, 22, data, tables());
  EXPECT_EQ(json["application"].as_string(), "area_notice_broadcast");
  const Json& notice = json["application_data"];
  EXPECT_EQ(notice["notice_description"].as_int(), 32);
  EXPECT_EQ(notice["duration"].as_int(), 600);
  const auto& areas = notice["sub_areas"].items();
  ASSERT_EQ(areas.size(), 3u);
  EXPECT_DOUBLE_EQ(areas[0]["longitude"].as_double(), 122.0);
  EXPECT_DOUBLE_EQ(areas[0]["latitude"].as_double(), 36.5);
  EXPECT_EQ(areas[0]["radius"].as_int(), 1852);
  ASSERT_EQ(areas[1]["points"].items().size(), 4u);
  EXPECT_DOUBLE_EQ(areas[1]["points"].items()[0]["bearing"].as_double(), 45.5);
  EXPECT_FALSE(areas[1]["points"].items()[1].has("bearing")) << "720 = not available";
  EXPECT_EQ(areas[2]["text"].as_string(), "NO FISHING");
}

TEST(AisApplications, ARouteHasAsManyWaypointsAsItSays) {
  BitWriter data;
  data.put(1, 10);
  data.put(1, 3);
  data.put(2, 5);
  data.put(0, 4 + 5);
  data.put(24, 5);
  data.put(60, 6);
  data.put(262'143, 18);
  data.put(2, 5);
  for (int i = 0; i < 3; ++i) {
    data.put_signed(-(120 + i) * 600'000, 28);
    data.put_signed((30 + i) * 600'000, 27);
  }
  const Json route = read(1, 27, data, tables())["application_data"];
  EXPECT_FALSE(route.has("duration"));
  EXPECT_FALSE(route.has("start_hour_utc"));
  ASSERT_EQ(route["waypoints"].items().size(), 2u);
  EXPECT_DOUBLE_EQ(route["waypoints"].items()[1]["longitude"].as_double(), -121.0);
}

/// 30 May 08:17 UTC, station, place west of Montreal.
void seaway_head(BitWriter& data, const std::string& station) {
  data.put(5, 4);
  data.put(30, 5);
  data.put(8, 5);
  data.put(17, 6);
  data.put_text(station, 7);
  data.put_signed(-73'900 * 60, 25);
  data.put_signed(45'300 * 60, 24);
}

TEST(AisApplications, ASeawayMessageIsReadByItsNumberAndRepeatsItsReports) {
  for (const unsigned dac : {316U, 366U}) {
    BitWriter wind;
    wind.put(0, 2);
    wind.put(2, 6);
    for (const unsigned speed : {123U, 1023U}) {
      seaway_head(wind, "STLAMB");
      wind.put(speed, 10);
      wind.put(1022, 10);
      wind.put(511, 9);
      wind.put(0, 4);
    }
    const Json read_wind = read(dac, 1, wind, tables());
    EXPECT_EQ(read_wind["application"].as_string(), "seaway_hydro_met_" + std::to_string(dac));
    const auto& reports = read_wind["application_data"]["reports"].items();
    ASSERT_EQ(reports.size(), 2u);
    EXPECT_EQ(reports[0]["station_id"].as_string(), "STLAMB");
    EXPECT_EQ(reports[0]["day_utc"].as_int(), 30);
    EXPECT_DOUBLE_EQ(reports[0]["longitude"].as_double(), -73.9);
    EXPECT_DOUBLE_EQ(reports[0]["latitude"].as_double(), 45.3);
    EXPECT_DOUBLE_EQ(reports[0]["average_wind_speed"].as_double(), 12.3);
    EXPECT_DOUBLE_EQ(reports[0]["wind_gust"].as_double(), 102.2);
    EXPECT_FALSE(reports[0].has("wind_direction")) << "511 = not available";
    EXPECT_FALSE(reports[1].has("average_wind_speed"));
  }
  BitWriter level;
  level.put(0, 2);
  level.put(3, 6);
  seaway_head(level, "0012345");
  level.put(0, 1);
  level.put_signed(-123, 16);
  level.put(1, 2);
  level.put(0, 14);
  const auto levels = read(316, 1, level, tables())["application_data"]["reports"].items();
  ASSERT_EQ(levels.size(), 1u);
  EXPECT_DOUBLE_EQ(levels[0]["water_level"].as_double(), -1.23);
  EXPECT_EQ(levels[0]["reference_datum"].as_int(), 1) << "IGLD-85";
  BitWriter flow;
  flow.put(0, 2);
  flow.put(6, 6);
  seaway_head(flow, "CORNWL");
  flow.put(7890, 14);
  flow.put(0, 19);
  EXPECT_EQ(read(366, 1, flow, tables())["application_data"]["reports"]
                .items()
                .at(0)["water_flow"]
                .as_int(),
            7890);
  BitWriter unknown;
  unknown.put(0, 2);
  unknown.put(5, 6);
  unknown.put(0, 57);
  unknown.put(0, 57);
  unknown.put(0, 30);
  const auto rest = read(366, 1, unknown, tables())["application_data"];
  EXPECT_EQ(rest["message_number"].as_int(), 5);
  EXPECT_FALSE(rest.has("reports")) << "no table of it is held";
}

TEST(AisApplications, TheSeawaysLockTimesNameVesselAndLocks) {
  BitWriter data;
  data.put(0, 2);
  data.put(2, 6);
  const auto time = [&](unsigned day, unsigned hour) {
    data.put(5, 4);
    data.put(day, 5);
    data.put(hour, 5);
    data.put(60, 6);
  };
  time(30, 8);
  data.put_text("ALGOMA SPIRIT", 15);
  data.put_text("CAP STM", 7);
  time(30, 7);
  data.put_text("STLAMB", 7);
  time(30, 12);
  data.put_text("CSTCATH", 7);
  time(31, 24);
  data.put_text("", 7);
  data.put(0, 4);
  const Json read_times = read(366, 2, data, tables());
  EXPECT_EQ(read_times["application"].as_string(), "seaway_locks_366");
  const auto& times = read_times["application_data"];
  EXPECT_EQ(times["vessel_name"].as_string(), "ALGOMA SPIRIT");
  EXPECT_EQ(times["first_lock"].as_string(), "STLAMB");
  EXPECT_EQ(times["first_lock_eta_hour_utc"].as_int(), 12);
  EXPECT_EQ(times["second_lock_eta_day_utc"].as_int(), 31);
  EXPECT_FALSE(times.has("second_lock_eta_hour_utc"));
  EXPECT_FALSE(times.has("first_lock_eta_minute_utc")) << "60 = not available";
}

TEST(AisApplications, UnknownDataAreGivenAsTheyAre) {
  BitWriter data;
  data.put(0xABCDEF, 24);
  const Json json = read(999, 7, data, tables());
  EXPECT_EQ(json["dac"].as_int(), 999);
  EXPECT_EQ(json["fi"].as_int(), 7);
  EXPECT_EQ(json["data"].as_string(), "abcdef");
  EXPECT_FALSE(json.has("application"));
}

TEST(AisApplications, MistakesAreNamedWithFileLineAndKey) {
  EXPECT_EQ(mistake("fields = [ { name = \"level\", bits = 8 } ]"), "");
  const std::pair<const char*, const char*> mistakes[] = {
      {"fields = [ { name = \"level\", bits = 58 } ]", "bits"},
      {"fields = [ { name = \"level\" } ]", "bits"},
      {"fields = [ { name = \"Level\", bits = 8 } ]", "name"},
      {"fields = [ { name = \"level\", bits = 8, knid = \"flag\" } ]", "knid"},
      {"fields = [ { name = \"level\", bits = 8, kind = \"number\" } ]", "kind"},
      {"fields = [ { name = \"a\", bits = 8 }, { name = \"a\", bits = 8 } ]", "already"},
      {"fields = [ { name = \"text\", kind = \"text\", bits = 8 } ]", "six bits"},
      {"fields = [ { group = \"g\", count = \"n\", fields = [ { name = \"a\", bits = 8 } ] } ]",
       "count"},
      {"fields = [ { switch = \"n\", cases = [] } ]", "switch"},
      {"fields = [ { group = \"g\", fields = [ { name = \"t\", kind = \"text\", bits = 0 } ] } ]",
       "size"},
      {"fields = []", "fields"},
      {"least_bits = 5000\nfields = [ { name = \"level\", bits = 8 } ]", "least_bits"},
      {"valid_from = 5\nfields = [ { name = \"level\", bits = 8 } ]", "valid_from"},
  };
  for (const auto& [fields, word] : mistakes) {
    const std::string said = mistake(fields);
    EXPECT_NE(said.find("mine.toml:"), std::string::npos) << fields << ": " << said;
    EXPECT_NE(said.find(word), std::string::npos) << fields << ": " << said;
  }
}
