// SPDX-License-Identifier: Apache-2.0
// jinglue export and import through the program: round trips, packed files, refusals, Ctrl-C,
// SIGKILL at random moments, and a station that starts on what was imported.
#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "support/exchange_rows.hpp"
#include "support/long_run.hpp"
#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

namespace fs = std::filesystem;
using picture::exchange::Format;

/// Without the exact duplicates that an import leaves out (their time quality may differ).
std::vector<model::Fix> rows_of(std::size_t count, std::uint32_t seed) {
  auto rows = test::exchange_rows(count, seed);
  const auto key = [](const model::Fix& f) { return std::tie(f.track, f.time); };
  rows.erase(std::unique(rows.begin(), rows.end(),
                         [&](const auto& a, const auto& b) { return key(a) == key(b); }),
             rows.end());
  return rows;
}

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}
std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Data {
  test::TempFolder folder;
  std::string data = (folder / "data").string();

  test::Ran import(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"import", "--data", data, "--share", JINGLUE_SOURCE_DIR});
    return test::run(arguments);
  }
  std::string exported(const std::string& format) const {
    const auto file = (folder / ("out." + format)).string();
    const auto ran = test::run({"export", "--format", format, "-o", file, "--data", data});
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_FALSE(fs::exists(file + ".unfinished"));
    return content(file);
  }
};

TEST(Exchange, what_was_exported_comes_back_identical) {
  const auto rows = rows_of(9'000, 11);
  const auto csv = test::exported(Format::kCsv, rows);
  for (const char* format : {"csv", "geojson", "geojsonseq", "ndjson"}) {
    const Data d;
    write(d.folder / "a.csv", csv);
    const auto first = d.import({(d.folder / "a.csv").string()});
    EXPECT_EQ(first.code, 0) << first.output;
    EXPECT_TRUE(test::holds(first.output, std::to_string(rows.size()) + " added, 0 already there"))
        << first.output;
    ASSERT_TRUE(d.exported("csv") == csv);
    const Data again;
    write(again.folder / "b", d.exported(format));
    const auto second = again.import({(again.folder / "b").string()});
    EXPECT_EQ(second.code, 0) << second.output;
    ASSERT_TRUE(again.exported("csv") == csv) << format;
  }
}

TEST(Exchange, a_row_is_added_once_whatever_file_it_comes_in) {
  const Data d;
  auto rows = rows_of(3'000, 12);
  write(d.folder / "a.csv", test::exported(Format::kCsv, rows));
  write(d.folder / "a.ndjson", test::exported(Format::kNdjson, rows));
  auto twice = rows;
  twice.insert(twice.begin() + 100, rows[99]);
  write(d.folder / "twice.csv", test::exported(Format::kCsv, twice));
  const auto a = (d.folder / "a.csv").string();
  EXPECT_TRUE(test::holds(d.import({(d.folder / "twice.csv").string()}).output, "1 already there"));
  EXPECT_TRUE(test::holds(d.import({a}).output, "0 added, " + std::to_string(rows.size())));
  EXPECT_TRUE(test::holds(d.import({a}).output, "imported before"));
  EXPECT_TRUE(test::holds(d.import({"--again", a}).output, "0 added"));
  EXPECT_TRUE(test::holds(d.import({(d.folder / "a.ndjson").string()}).output, "0 added"));
  EXPECT_TRUE(d.exported("csv") == test::exported(Format::kCsv, rows));
}

TEST(Exchange, packed_files_are_told_by_their_content) {
  const auto rows = rows_of(2'000, 13);
  const auto csv = test::exported(Format::kCsv, rows);
  const Data plain;
  write(plain.folder / "a.csv", csv);
  const auto file = (plain.folder / "a.csv").string();
  for (const std::string command : {"gzip -kf ", "xz -kf "}) {
    ASSERT_EQ(std::system((command + file).c_str()), 0);
  }
  std::string packed_csv(ZSTD_compressBound(csv.size()), '\0');
  packed_csv.resize(ZSTD_compress(packed_csv.data(), packed_csv.size(), csv.data(), csv.size(), 3));
  write(file + ".zst", packed_csv);
  for (const char* ending : {".gz", ".xz", ".zst"}) {
    const Data d;
    const auto packed = d.folder / "packed";
    fs::copy_file(file + ending, packed);
    const auto ran = d.import({packed.string()});
    EXPECT_EQ(ran.code, 0) << ran.output;
    EXPECT_TRUE(d.exported("csv") == csv) << ending;
    const Data cut;
    const auto bytes = content(packed);
    write(cut.folder / "cut", bytes.substr(0, bytes.size() / 2));
    const auto damaged = cut.import({(cut.folder / "cut").string()});
    EXPECT_EQ(damaged.code, 1);
    EXPECT_TRUE(test::holds(damaged.output, "cannot be read")) << damaged.output;
  }
}

TEST(Exchange, bad_rows_and_mistakes_are_named) {
  const Data d;
  const auto file = (d.folder / "bad.csv").string();
  write(file,
        "mmsi,time,lat,lon\n412000001,2024-05-01T00:00:00Z,37,122\nx,y,z\n"
        "412000001,2024-05-01T00:00:01Z,37,122\n412000001,2300-05-01T00:00:01Z,37,122\n");
  const auto ran = d.import({file});
  EXPECT_EQ(ran.code, 1) << "there were bad rows";
  EXPECT_TRUE(test::holds(ran.output, "bad.csv:3: ")) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "2300-05-01T00:00:01.000Z lies in the future"));
  EXPECT_TRUE(test::holds(ran.output, "2 added, 0 already there, 2 bad")) << ran.output;
  EXPECT_EQ(d.import({(d.folder / "none.csv").string()}).code, 1);
  EXPECT_EQ(d.import({d.folder.path().string()}).code, 1) << "a folder";
  EXPECT_EQ(d.import({"--map", "time", file}).code, 1);
  EXPECT_EQ(d.import({"--format", "gpx", file}).code, 1);
  EXPECT_EQ(d.import({"--terminal", "radar", file}).code, 1);
  EXPECT_EQ(d.import({}).code, 2);
  const auto odd = test::run({"export", "-o", (d.folder / "x.doc").string(), "--data", d.data});
  EXPECT_TRUE(test::holds(odd.output, "add --format")) << odd.output;
  EXPECT_EQ(test::run({"export", "--format", "xls", "--data", d.data}).code, 1);
  EXPECT_EQ(test::run({"export", "-o", "/nowhere/x.csv", "--data", d.data}).code, 1);
  const auto one = test::run(
      {"export", "--track", "mmsi:412000001", "--to", "2024-05-01T00:00:01Z", "--data", d.data});
  EXPECT_EQ(std::count(one.output.begin(), one.output.end(), '\n'), 3) << one.output;
  EXPECT_EQ(test::run({"export", "--track", "nobody", "--data", d.data}).code, 1);
}

TEST(Exchange, a_vessel_has_the_rows_of_its_terminals_while_it_carried_them) {
  const Data d;
  const auto file = (d.folder / "a.csv").string();
  write(file,
        "mmsi,time,lat,lon\n412000001,2024-05-01T00:00:00Z,37,122\n"
        "412000001,2024-05-02T00:00:00Z,37,122\n412000001,2024-05-03T00:00:00Z,37,122\n"
        "412000002,2024-05-02T00:00:00Z,37,122\n412000003,2024-05-02T00:00:00Z,37,122\n");
  ASSERT_EQ(d.import({file}).code, 0);
  const auto second = (d.folder / "b.csv").string();  // another hull on the same number
  write(second,
        "track,time_utc,latitude_deg,longitude_deg\n"
        "mmsi:412000001/1,2024-05-02T01:00:00Z,36,121\nmmsi:412000001/"
        "1,2024-05-03T01:00:00Z,36,121\n");
  ASSERT_EQ(d.import({second}).code, 0);
  write(d.folder / "v.csv",
        "name,side_number,kind,groups,terminals\n演练渔1,S1,fishing,watched,"
        "mmsi:412000001@2024-05-01T12:00:00Z/2024-05-02T12:00:00Z;mmsi:412000002\n"
        "演练渔1,S2,fishing,,mmsi:412000003\n");
  ASSERT_EQ(
      test::run({"registers", "enable", "vessel", "--data", d.data, "--share", JINGLUE_SOURCE_DIR})
          .code,
      0);
  const auto made = test::run({"registers", "import", "vessel", (d.folder / "v.csv").string(),
                               "--data", d.data, "--share", JINGLUE_SOURCE_DIR});
  ASSERT_EQ(made.code, 0) << made.output;
  const auto ask = [&](const char* vessel) {
    const auto out = (d.folder / "out.csv").string();
    const auto ran = test::run(
        {"export", "--vessel", vessel, "-o", out, "--data", d.data, "--share", JINGLUE_SOURCE_DIR});
    return ran.code == 0 ? content(out) : ran.output;
  };
  const auto rows = ask("S1");
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 4) << rows;
  EXPECT_TRUE(test::holds(rows, "mmsi:412000001,2024-05-02T00:00:00.000Z"));
  EXPECT_TRUE(test::holds(rows, "mmsi:412000001/1,2024-05-02T01:00:00.000Z"));
  EXPECT_TRUE(test::holds(rows, "mmsi:412000002,2024-05-02T00:00:00.000Z"));
  EXPECT_TRUE(test::holds(ask("演练渔1"), "several vessels are called so"));
  EXPECT_TRUE(test::holds(ask("nobody"), "there is no such vessel"));
  const auto raster = [&](const char* group) {
    return test::run({"raster", "--box", "120,35,123,38", "--cell", "1", "--group", group, "--data",
                      d.data, "--share", JINGLUE_SOURCE_DIR})
        .output;
  };
  EXPECT_TRUE(test::holds(raster("watched"), "36.000000,121.000000,1\n37.000000,122.000000,2\n"))
      << raster("watched");
  EXPECT_TRUE(test::holds(raster("nobody"), "the register has no such vessel"));
}

TEST(Exchange, a_drill_takes_no_other_positions) {
  const Data d;
  fs::create_directories(d.data);
  write(fs::path(d.data) / "DRILL", "");
  write(d.folder / "a.csv", "mmsi,time,lat,lon\n412000001,2024-05-01T00:00:00Z,37,122\n");
  const auto ran = d.import({(d.folder / "a.csv").string()});
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(test::holds(ran.output, "holds a drill")) << ran.output;
}

/// The import in a process of its own; killed after some time when it still runs.
int import_for(const Data& d, const fs::path& file, std::chrono::microseconds time, int signal,
               std::string& output) {
  test::Process process(
      {JINGLUE_PROGRAM, "import", file.string(), "--data", d.data, "--share", JINGLUE_SOURCE_DIR},
      d.folder / "import.out");
  std::this_thread::sleep_for(time);
  const int code = process.kill(signal);
  output = process.output();
  return code;
}

TEST(Exchange, killed_anywhere_it_goes_on_and_every_row_is_there_once) {
  const auto rows = rows_of(400'000, 14);
  const auto csv = test::exported(Format::kCsv, rows);
  std::mt19937 random(std::random_device{}());
  int kills = 0, stops = 0;
  for (int round = 0; round < test::repeats(2, 6); ++round) {
    const Data d;
    const auto file = d.folder / "a.csv";
    write(file, csv);
    for (int tries = 0; tries < 30; ++tries) {
      const int signal = random() % 3 == 0 ? SIGINT : SIGKILL;
      const std::chrono::microseconds time(random() % 1'500'000);
      std::string output;
      const int code = import_for(d, file, time, signal, output);
      if (code == 0) break;
      ASSERT_TRUE(code == 128 + SIGKILL || code == 130 || code == 128 + SIGINT) << output;
      ++(code == 130 ? stops : kills);
    }
    const auto last = d.import({file.string()});
    ASSERT_EQ(last.code, 0) << last.output;
    ASSERT_TRUE(d.exported("csv") == csv) << "round " << round;
  }
  std::cout << "figure: import_kills " << kills << " kills, " << stops << " stops\n";
}

TEST(Exchange, a_station_starts_on_it_and_an_import_beside_it_is_refused) {
  const Data d;
  const auto rows = rows_of(5'000, 15);
  const auto csv = test::exported(Format::kCsv, rows);
  const auto file = (d.folder / "a.csv").string();
  write(file, csv);
  ASSERT_EQ(d.import({file}).code, 0);
  test::Process station({JINGLUE_PROGRAM, "serve", "--data", d.data, "--bind", "127.0.0.1:0",
                         "--share", JINGLUE_SOURCE_DIR},
                        d.folder / "serve.out");
  for (int i = 0; i < 600 && !test::holds(station.output(), "Ctrl-C stops"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const auto refused = d.import({file});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(test::holds(refused.output, "in use by process")) << refused.output;
  EXPECT_TRUE(d.exported("csv") == csv) << "an export beside it";
  EXPECT_EQ(station.kill(SIGTERM), 0) << station.output();
  EXPECT_TRUE(d.exported("csv") == csv);
}

}  // namespace
}  // namespace jinglue
