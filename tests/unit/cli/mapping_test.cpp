// SPDX-License-Identifier: Apache-2.0
// jinglue import --mapping on the developers' real tables, with counts that another program found.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

namespace fs = std::filesystem;

struct Table {
  const char* file;
  const char* mapping;
  std::vector<std::string> more;
  const char* counts;
  int code;
  std::vector<std::string> causes;
};

class RealTable : public testing::TestWithParam<Table> {};

TEST_P(RealTable, gives_exactly_its_positions) {
  const auto& table = GetParam();
  const auto file = fs::path(JINGLUE_SOURCE_DIR) / "../shared/data/ais/tracks" / table.file;
  if (!fs::exists(file)) GTEST_SKIP() << "shared data set absent: " << table.file;
  const test::TempFolder folder;
  std::vector<std::string> line = {
      JINGLUE_PROGRAM, "import",           "--data",    (folder / "data").string(),
      "--share",       JINGLUE_SOURCE_DIR, "--mapping", table.mapping};
  line.insert(line.end(), table.more.begin(), table.more.end());
  line.push_back(file.string());
  test::Process process(line, folder / "output", {});
  if (!process.wait_for(std::chrono::seconds(300))) process.kill(SIGKILL);
  const auto output = process.output();
  EXPECT_EQ(process.code(), table.code) << output;
  EXPECT_TRUE(test::holds(output, table.counts)) << output;
  for (const auto& cause : table.causes) EXPECT_TRUE(test::holds(output, cause)) << output;
}

INSTANTIATE_TEST_SUITE_P(All, RealTable,
                         testing::Values(Table{"noaa_marinecadastre_20220103.csv.gz",
                                               "noaa",
                                               {},
                                               "80106 added, 1 already there, 0 bad",
                                               0,
                                               {}},
                                         Table{"solent_ais_20160112.csv.gz",
                                               "solent",
                                               {},
                                               "18620 added, 3 already there, 0 bad",
                                               0,
                                               {}},
                                         Table{
                                             "aisdb_exactearth_20210701.csv.gz",
                                             "exactearth",
                                             {},
                                             "2390 added, 0 already there, 15 bad, 93 no positions",
                                             1,
                                             {"missing place: 11", "out_of_range heading: 4"}},
                                         Table{"beidou_fishing_train.csv.xz",
                                               "beidou_table",
                                               {"--year", "2019"},
                                               "1107909 added, 0 already there, 610 bad",
                                               1,
                                               {"missing place: 610"}}),
                         [](const auto& table) { return std::string(table.param.mapping); });

TEST(Mapping, mistakes_on_the_command_line_are_named) {
  const test::TempFolder folder;
  const auto ran = [&](std::vector<std::string> more) {
    std::vector<std::string> line = {"import", "--data", (folder / "data").string(), "--share",
                                     JINGLUE_SOURCE_DIR};
    line.insert(line.end(), more.begin(), more.end());
    line.push_back("/dev/null");
    return test::run(line);
  };
  const auto unknown = ran({"--mapping", "norway"});
  EXPECT_EQ(unknown.code, 1) << unknown.output;
  EXPECT_TRUE(test::holds(unknown.output, "beidou_table, denmark")) << unknown.output;
  const auto year = ran({"--mapping", "noaa", "--year", "24"});
  EXPECT_TRUE(test::holds(year.output, "1970 to 2099")) << year.output;
}

test::Ran run_long(std::vector<std::string> arguments, const fs::path& output) {
  arguments.insert(arguments.begin(), JINGLUE_PROGRAM);
  test::Process process(arguments, output, {});
  if (!process.wait_for(std::chrono::seconds(300))) process.kill(SIGKILL);
  return {process.code(), process.output()};
}

/// A day of the real reports through the whole chain: the table as sentences, the sentences as a
/// log. What another program counted: 24842 reports with a place, of 194 vessels.
TEST(Convert, real_beidou_tracks_replay_through_the_chain) {
  const auto table =
      fs::path(JINGLUE_SOURCE_DIR) / "../shared/data/ais/tracks/beidou_fishing_train.csv.xz";
  if (!fs::exists(table)) GTEST_SKIP() << "shared data set absent: " << table.filename();
  const test::TempFolder folder;
  for (const char* to : {"beidou", "beidou_waa", "ais"}) {
    const auto log = (folder / (std::string(to) + ".nmea")).string();
    const auto made = run_long(
        {"convert", "--mapping", "beidou_table", "--year", "2019", "--to", to, "--mmsi-from",
         "412000000", "--from", "2019-09-26T00:00:00+08:00", "--until", "2019-09-27T00:00:00+08:00",
         "--share", JINGLUE_SOURCE_DIR, table.string(), "-o", log},
        folder / "made");
    EXPECT_TRUE(test::holds(made.output, "24842 sentences, 610 bad rows")) << made.output;
    const auto played = run_long({"replay", "--share", JINGLUE_SOURCE_DIR, log}, folder / "played");
    EXPECT_EQ(played.code, 0) << played.output;
    EXPECT_TRUE(test::holds(played.output,
                            "24842 lines, 24842 messages, 0 copies, 0 parts, 24842 positions"))
        << to << played.output;
    EXPECT_TRUE(test::holds(played.output, "194 vessels and stations")) << played.output;
  }
}

/// The last report of a vessel stands where the table says, in the unit of the table.
TEST(Convert, places_times_and_speeds_come_through_exactly) {
  const test::TempFolder folder;
  std::ofstream(folder / "t.csv") << "vessel_id,time_mmdd,lat,lon,speed_kn,course_deg,gear\n"
                                  << "20007,0926T00:15:43,24.474,118.970,3.4,50,trawl\n"
                                  << "20007,0926T00:05:42,24.469,118.960,3.29,50,trawl\n"
                                  << "20008,0926T00:05:42,0,118.960,3.29,50,trawl\n";
  const auto log = (folder / "t.nmea").string();
  const auto made = test::run({"convert", "--mapping", "beidou_table", "--year", "2019", "--share",
                               JINGLUE_SOURCE_DIR, (folder / "t.csv").string(), "-o", log});
  EXPECT_EQ(made.code, 1);
  EXPECT_TRUE(test::holds(made.output, "t.csv:4: place: the row has no place")) << made.output;
  EXPECT_TRUE(test::holds(made.output, "2 sentences, 1 bad rows")) << made.output;
  const auto played = test::run({"replay", "--json", "--share", JINGLUE_SOURCE_DIR, log});
  EXPECT_TRUE(test::holds(played.output, R"("track":"beidou:20007")")) << played.output;
  EXPECT_TRUE(test::holds(played.output, R"("time":"2019-09-25T16:15:43.000Z","lat":24.474,)"))
      << played.output;
  EXPECT_TRUE(test::holds(played.output, R"("lon":118.97,)")) << played.output;
}

TEST(Naf, every_message_of_a_file_is_answered) {
  const test::TempFolder folder;
  std::ofstream(folder / "vms.txt")
      << "//SR//FR/NOR//TM/POS//RN/1//RC/BZZZ9//LT/37.5//LG/122.1//DA/240501//TI/0400//ER//\n"
      << "//SR//FR/NOR//TM/POS//RN/2//LT/37.5//LG/122.1//DA/240501//TI/0400//ER//\n"
      << "noise\n";
  const auto ran = test::run({"naf", (folder / "vms.txt").string(), "--from", "CHN"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(test::holds(ran.output, "//SR//AD/NOR//FR/CHN//TM/RET//RS/ACK//RN/1//"));
  EXPECT_TRUE(test::holds(ran.output, "//SR//AD/NOR//FR/CHN//TM/RET//RS/NAK//RE/104//RN/2//"));
  EXPECT_TRUE(test::holds(ran.output, "//SR//FR/CHN//TM/RET//RS/NAK//RE/101//")) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "vms.txt:2: missing")) << ran.output;
}

}  // namespace
}  // namespace jinglue
