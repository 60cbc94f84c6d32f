// SPDX-License-Identifier: Apache-2.0
// jinglue track, box, polygon, count, raster, near, crossings on an archive of two vessels that
// sail side by side.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <fstream>

#include "base/json.hpp"
#include "picture/archive/archive.hpp"
#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

/// Two vessels eastwards along 37 N, a report a minute for three hours, 185 m apart.
void fill(const std::filesystem::path& file) {
  picture::Archive archive({file, {}});
  std::uint64_t offset = 0;
  for (std::int32_t minute = 0; minute < 180; ++minute) {
    for (std::uint64_t vessel = 0; vessel < 2; ++vessel) {
      model::Fix fix;
      fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000001 + vessel), 0};
      fix.time = fix.arrival = {1'714'536'000'000 + std::int64_t{minute} * 60'000};
      fix.position = {222'000'000 + std::int32_t(vessel) * 10'000, 732'000'000 + minute * 20'000};
      fix.offset = ++offset;
      archive.append(fix);
    }
  }
  archive.advance(offset, true);
  ASSERT_TRUE(archive.wait_applied(offset, base::Duration(60'000)));
}

std::size_t lines_of(const std::string& text) {
  return std::size_t(std::count(text.begin(), text.end(), '\n'));
}

TEST(Positions, the_archive_answers_on_the_command_line) {
  const test::TempFolder folder;
  fill(folder / "tracks.db");
  const std::string data = folder.path().string();
  const auto track = test::run({"track", "mmsi:412000001", "--data", data, "--from",
                                "2024-05-01T12:00:00+08:00", "--to", "2024-05-01T05:00:00Z"});
  EXPECT_EQ(track.code, 0) << track.output;
  EXPECT_EQ(lines_of(track.output), 61u) << track.output;
  EXPECT_TRUE(
      test::holds(track.output, "mmsi:412000001,2024-05-01T04:01:00.000Z,37.0000000,122.0033333"));
  const auto feature = test::run({"track", "mmsi:412000001", "--geojson", "--data", data});
  const auto json = base::parse_json(feature.output);
  ASSERT_TRUE(json) << feature.output;
  EXPECT_EQ((*json)["geometry"]["coordinates"].items().size(), 180u);
  const auto box = test::run({"box", "--box", "122,36.9995,122.1,37.0005", "--data", data});
  EXPECT_EQ(lines_of(box.output), 32u) << box.output;
  const auto raster =
      test::run({"raster", "--box", "122,36,123,38", "--cell", "1", "--data", data});
  EXPECT_TRUE(test::holds(raster.output, "37.000000,122.000000,360")) << raster.output;
  const auto near = test::run({"near", "--data", data});
  EXPECT_EQ(lines_of(near.output), 2u) << near.output;
  EXPECT_TRUE(test::holds(near.output, "mmsi:412000001,mmsi:412000002,2024-05-01T04:00:00.000Z"));
  const auto line = test::run({"crossings", "--line", "36.9,122.25,37.1,122.25", "--data", data});
  EXPECT_EQ(lines_of(line.output), 3u) << line.output;
  EXPECT_TRUE(test::holds(line.output, ",right")) << line.output;
}

TEST(Positions, the_archive_answers_in_sql) {
  const test::TempFolder folder;
  fill(folder / "tracks.db");
  const std::string data = folder.path().string();
  const auto counts = test::run(
      {"sql", "SELECT track, count(*) AS rows FROM positions GROUP BY track", "--data", data});
  EXPECT_EQ(counts.code, 0) << counts.output;
  EXPECT_TRUE(test::holds(counts.output, "track,rows\r\nmmsi:412000001,180\r\n")) << counts.output;
  const auto wrong = test::run({"sql", "DROP TABLE positions", "--data", data});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_TRUE(test::holds(wrong.output, "jinglue: the statement was not run")) << wrong.output;
  const auto cut = test::run({"sql", "SELECT * FROM positions", "--limit", "2", "--data", data});
  EXPECT_TRUE(test::holds(cut.output, "there is more")) << cut.output;
}

TEST(Positions, areas_are_asked_by_file_or_box) {
  const test::TempFolder folder;
  fill(folder / "tracks.db");
  const std::string data = folder.path().string();
  const std::string area = (folder / "area.geojson").string();
  // A triangle with its tip at 37 N: of the southern vessel the reports between its slopes.
  std::ofstream(area)
      << R"({"type":"Polygon",)"
      << R"("coordinates":[[[122.1,36.9],[122.3,36.9],[122.2,37.1],[122.1,36.9]]]})";
  const auto rows = test::run({"polygon", "--area", area, "--data", data});
  EXPECT_EQ(rows.code, 0) << rows.output;
  const auto count = test::run({"count", "--area", area, "--data", data});
  const auto total = lines_of(rows.output) - 1;
  EXPECT_GT(total, 50u);
  EXPECT_LT(total, 70u);
  EXPECT_TRUE(test::holds(count.output, std::to_string(total) + ",2,2024-05-01T04:"))
      << count.output;
  const auto box = test::run({"count", "--box", "122,36,123,38", "--data", data});
  EXPECT_TRUE(test::holds(box.output, "360,2,2024-05-01T04:00:00.000Z,2024-05-01T06:59:00.000Z"))
      << box.output;
  const auto none = test::run({"count", "--data", data});
  EXPECT_EQ(none.code, 1);
  EXPECT_TRUE(test::holds(none.output, "--area FILE or --box EDGES")) << none.output;
  std::ofstream(area) << R"({"type":"Point","coordinates":[1,2]})";
  EXPECT_EQ(test::run({"polygon", "--area", area, "--data", data}).code, 1) << "no polygon";
  EXPECT_EQ(test::run({"polygon", "--area", area + "x", "--data", data}).code, 1) << "no file";
}

TEST(Positions, mistakes_are_named) {
  const test::TempFolder folder;
  const std::string data = folder.path().string();
  EXPECT_EQ(test::run({"box", "--box", "1,2,3,4", "--data", data}).code, 1) << "no archive there";
  fill(folder / "tracks.db");
  const auto edges = test::run({"box", "--box", "1,2,3", "--data", data});
  EXPECT_EQ(edges.code, 1);
  EXPECT_TRUE(test::holds(edges.output, "west,south,east,north")) << edges.output;
  EXPECT_EQ(test::run({"track", "nobody", "--data", data}).code, 1);
  const auto line = test::run({"crossings", "--line", "36.9,122.25,37.1", "--data", data});
  EXPECT_EQ(line.code, 1);
  EXPECT_TRUE(test::holds(line.output, "lacks its longitude")) << line.output;
  const auto cut = test::run({"track", "mmsi:412000001", "--limit", "3", "--data", data});
  EXPECT_TRUE(test::holds(cut.output, "there is more")) << cut.output;
  const auto whole = test::run({"track", "mmsi:412000001", "--limit", "180", "--data", data});
  EXPECT_FALSE(test::holds(whole.output, "there is more")) << "exactly as many as there are";
  EXPECT_EQ(test::run({"raster", "--box", "0,0,180,80", "--cell", "0", "--data", data}).code, 1);
  EXPECT_EQ(test::run({"box", "--data", data}).code, 2) << "the box is missing";
}

}  // namespace
}  // namespace jinglue
