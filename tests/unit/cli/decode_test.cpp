// SPDX-License-Identifier: Apache-2.0
// jinglue decode on the project's corpus and on what is no AIS: formats, account of lines, codes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/json.hpp"
#include "base/text.hpp"
#include "support/temp_folder.hpp"
#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

const std::string kTree = JINGLUE_SOURCE_DIR;
const std::string kSound = kTree + "/tests/data/ais/sound.txt";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (const auto line : base::split(text, '\n')) out.emplace_back(line);
  return out;
}

std::int64_t number(const std::string& output, const std::string& key) {
  for (const auto& line : lines_of(output)) {
    const auto text = base::trim(line);
    if (text.starts_with(key + ": ")) return std::stoll(std::string(text.substr(key.size() + 2)));
  }
  return -1;
}

/// The Coast Guard log of the shared data: 41 stations.
TEST(DecodeVerb, ListsWhoHeardEachMessage) {
  const std::string log =
      kTree + "/../shared/data/ais/nmea/openskipper_uscg_suffix_2006_part1.nmea.gz";
  if (!std::filesystem::exists(log)) GTEST_SKIP() << "no shared data";
  const auto plain = test::run({"decode", log, "--stats", "--share", kTree});
  const auto run = test::run({"decode", log, "--receptions", "--stats", "--share", kTree});
  EXPECT_EQ(run.code, 0);
  std::int64_t objects = 0, receptions = 0, with_signal = 0, most = 0;
  for (const auto& line : lines_of(run.output)) {
    if (!line.starts_with("{")) continue;
    const auto json = base::parse_json(line);
    ASSERT_TRUE(json) << line;
    const auto& list = (*json)["receptions"].items();
    ++objects;
    receptions += std::int64_t(list.size());
    most = std::max(most, std::int64_t(list.size()));
    for (const auto& one : list) with_signal += one.has("signal_dbm") ? 1 : 0;
    EXPECT_EQ((*json)["station"].as_string(), list.at(0)["station"].as_string());
  }
  EXPECT_EQ(receptions, number(plain.output, "messages")) << "none is lost";
  EXPECT_EQ(receptions, number(run.output, "messages"));
  EXPECT_GE(objects, number(run.output, "distinct"));
  EXPECT_LT(objects * 2, receptions) << "half of such a log is copies";
  EXPECT_GT(with_signal, 0);
  EXPECT_GT(most, 5);
  EXPECT_EQ(test::run({"decode", log, "--receptions", "--format", "csv"}).code, 2);
}

TEST(DecodeVerb, ListsTheReceptionsOfTheSameWordsSaidAgainApart) {
  // A name (type 24 A) of two stations, and again six minutes later; the last line has no station.
  const std::string name = "!AIVDM,1,1,,A,H52IOP0hE8000000000000000000,2*";
  const auto sum = [](const std::string& text) {
    unsigned char out = 0;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) out ^= static_cast<unsigned char>(text[i]);
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02X", out);
    return std::string(hex);
  };
  const std::string sentence = name + sum(name);
  const auto run = test::run({"decode", "-", "--receptions", "--share", kTree},
                             sentence + ",d-100,r003669705,1163167212\n" + sentence +
                                 ",r003669987,1163167213\n" + sentence +
                                 ",r003669705,1163167572\n" + sentence + "\n");
  std::vector<base::Json> objects;
  for (const auto& line : lines_of(run.output)) {
    if (line.starts_with("{")) objects.push_back(*base::parse_json(line));
  }
  ASSERT_EQ(objects.size(), 2u) << run.output;
  const auto& first = objects[0]["receptions"].items();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0]["signal_dbm"].as_int(), -100);
  EXPECT_FALSE(first[1].has("signal_dbm"));
  EXPECT_EQ(first[1]["station"].as_string(), "003669987");
  EXPECT_EQ(first[1]["time"].as_string(), "2006-11-10T14:00:13.000Z");
  EXPECT_FALSE(objects[1]["receptions"].items().back().has("station"));
}

TEST(DecodeVerb, WritesOneObjectPerMessageAndAccountsForEveryLine) {
  const auto run = test::run({"decode", kSound, "--stats", "--share", kTree});
  EXPECT_EQ(run.code, 0) << run.output;
  std::int64_t objects = 0;
  bool weather = false;
  for (const auto& line : lines_of(run.output)) {
    if (!line.starts_with("{")) continue;
    ++objects;
    const auto json = base::parse_json(line);
    ASSERT_TRUE(json) << line;
    EXPECT_GE((*json)["message_id"].as_int(), 1);
    const auto& data = (*json)["application_data"];
    if ((*json)["application"].as_string() != "meteorological_and_hydrographic_data") continue;
    weather = true;
    EXPECT_EQ(data["average_wind_speed"].as_int(), 20);
    EXPECT_DOUBLE_EQ(data["air_temperature"].as_double(), -1.5);
    EXPECT_DOUBLE_EQ(data["water_level"].as_double(), 0.52);
    EXPECT_EQ(data["air_pressure"].as_int(), 1015);
    EXPECT_NEAR(data["longitude"].as_double(), 122 + 26.0 / 60, 1e-6);
    EXPECT_FALSE(data.has("current_speed_2")) << "not available";
  }
  EXPECT_TRUE(weather);
  EXPECT_EQ(number(run.output, "messages"), objects);
  EXPECT_EQ(number(run.output, "lines"),
            number(run.output, "messages") + number(run.output, "parts") +
                number(run.output, "not_ais") + number(run.output, "rejects"));
  EXPECT_EQ(number(run.output, "rejects"), 0);
}

TEST(DecodeVerb, RawShowsTheIntegersAsSent) {
  const test::TempFolder folder;
  const auto file = (folder / "one.nmea").string();
  std::ofstream(file) << "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\n";
  const auto value = [&](const std::vector<std::string>& more, const char* name) {
    std::vector<std::string> words = {"decode", file, "--share", kTree};
    words.insert(words.end(), more.begin(), more.end());
    return base::parse_json(lines_of(test::run(words).output).front()).value()[name];
  };
  EXPECT_EQ(value({"--raw"}, "longitude").as_int(), -73407500);
  EXPECT_EQ(value({"--raw"}, "cog").as_int(), 510);
  EXPECT_DOUBLE_EQ(value({}, "cog").as_double(), 51.0);
  EXPECT_EQ(value({}, "state_utc_hour").as_int(-1), 3) << "slot time-out 1: the time of day";
  EXPECT_EQ(value({}, "state_utc_minute").as_int(-1), 54);
  EXPECT_EQ(value({"--raw"}, "special_manoeuvre_indicator").as_int(-1), 0);
  EXPECT_TRUE(value({}, "special_manoeuvre_indicator").is_null()) << "0 = not available";
}

TEST(DecodeVerb, CsvHasTheSameColumnsInEveryRow) {
  const auto run = test::run({"decode", kSound, "--format", "csv", "--share", kTree});
  EXPECT_EQ(run.code, 0);
  const auto lines = lines_of(run.output);
  ASSERT_GT(lines.size(), 30u);
  EXPECT_TRUE(lines[0].starts_with("time,station,talker,channel,own_ship,message_id,")) << lines[0];
  EXPECT_TRUE(lines[0].ends_with(",application,application_data"));
}

TEST(DecodeVerb, StrictRefusesWhatTheStandardDoesNotHaveAndSaysSo) {
  const test::TempFolder folder;
  const auto file = (folder / "cut.nmea").string();
  // An inland ship message that lost its last three characters.
  std::ofstream(file) << "!AIVDM,1,1,,A,83aN1Ihj2d<dtuML=@000?bh7,0*39\n";
  const auto usual = test::run({"decode", file, "--stats", "--share", kTree});
  EXPECT_EQ(usual.code, 0);
  EXPECT_EQ(number(usual.output, "messages"), 1);
  const auto strict = test::run({"decode", file, "--strict", "--stats", "--share", kTree});
  EXPECT_EQ(strict.code, 1);
  EXPECT_EQ(number(strict.output, "messages"), 0);
  EXPECT_EQ(number(strict.output, "length"), 1);
}

TEST(DecodeVerb, SaysWhatIsWrongWithFilesTablesAndOptions) {
  const auto missing = test::run({"decode", "/nowhere/log.nmea"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_TRUE(test::holds(missing.output, "/nowhere/log.nmea")) << missing.output;
  const auto format = test::run({"decode", kSound, "--format", "xml"});
  EXPECT_EQ(format.code, 2);
  EXPECT_TRUE(test::holds(format.output, "ndjson, csv or text")) << format.output;

  const test::TempFolder folder;
  std::filesystem::create_directories(folder / "data/ais");
  std::ofstream(folder / "data/ais/mine.toml")
      << "[[application]]\ndac = 412\nfi = 1\ntypes = [8]\nid = \"mine\"\n"
         "title = { zh = \"测试\", en = \"Test\" }\nsource = \"test\"\n"
         "fields = [ { name = \"level\", bits = 80 } ]\n";
  const auto table = test::run({"decode", kSound, "--share", folder.path().string()});
  EXPECT_EQ(table.code, 1);
  EXPECT_TRUE(test::holds(table.output, "mine.toml:8")) << table.output;
  EXPECT_TRUE(test::holds(table.output, "bits")) << table.output;
}

TEST(DecodeVerb, AnEmptyFileGivesNothing) {
  const test::TempFolder folder;
  const auto file = (folder / "empty.nmea").string();
  std::ofstream(file) << "";
  const auto run = test::run({"decode", file, "--stats", "--share", kTree});
  EXPECT_EQ(run.code, 0) << run.output;
  EXPECT_EQ(number(run.output, "lines"), 0);
}

}  // namespace
}  // namespace jinglue
