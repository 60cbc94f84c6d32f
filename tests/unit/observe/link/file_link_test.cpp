// SPDX-License-Identifier: Apache-2.0
// File replay: plain and gzip, at full speed and paced, and what is wrong with a file.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zlib.h>

#include <fstream>

#include "observe/ais/encoder.hpp"
#include "observe/link/replay_pace.hpp"
#include "support/temp_folder.hpp"
#include "unit/observe/link/peer.hpp"
#include "unit/observe/shared_data.hpp"

using namespace jinglue;
using namespace jinglue::observe::link;

namespace {

Settings of_file(const std::filesystem::path& file, double speed = 0) {
  Settings settings;
  settings.name = "replay";
  settings.kind = Kind::kFile;
  settings.file = file.string();
  settings.speed = speed;
  settings.queue_lines = 1000;
  return settings;
}

std::unique_ptr<Link> started(const Settings& settings) {
  auto link = Link::open(settings, [] { return base::Instant{1000}; });
  link->start();
  return link;
}

void write_gzip(const std::filesystem::path& file, const std::string& bytes) {
  gzFile out = gzopen(file.c_str(), "wb");
  gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(out);
}

void write_plain(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

std::string timed_line(std::int64_t ms) {
  observe::ais::Envelope envelope;
  envelope.at = base::Instant{ms};
  envelope.at_in_ms = true;
  return encode(observe::ais::Message(observe::ais::PositionReport{}), envelope)[0];
}

}  // namespace

TEST(FileLink, PlainAndGzipFilesGiveTheSameLinesAndEnd) {
  const test::TempFolder folder;
  std::string bytes;
  for (int i = 0; i < 5000; ++i) bytes += fmt::format("line {}\r\n", i);
  bytes += "last";
  write_plain(folder / "log.nmea", bytes);
  write_gzip(folder / "log.nmea.gz", bytes);
  for (const char* name : {"log.nmea", "log.nmea.gz"}) {
    const auto link = started(of_file(folder / name));
    const auto lines = test::take(*link, 5001);
    ASSERT_EQ(lines.size(), 5001u) << name;
    EXPECT_EQ(lines[4999].text, "line 4999");
    EXPECT_EQ(lines[5000].text, "last");
    EXPECT_EQ(lines[0].station, name);
    EXPECT_TRUE(test::eventually([&] { return link->counters().finished.load(); }));
    EXPECT_EQ(link->counters().bytes, bytes.size());
    EXPECT_EQ(link->counters().lines, 5001u);
    EXPECT_EQ(link->last_error(), "");
  }
}

TEST(FileLink, AFileThatCannotBeReadIsRefusedWithItsName) {
  const test::TempFolder folder;
  for (const auto& file : {folder / "absent.nmea", folder.path()}) {
    try {
      Link::open(of_file(file), [] { return base::Instant{}; });
      ADD_FAILURE() << file;
    } catch (const base::WorldError& failure) {
      EXPECT_NE(std::string(failure.what()).find(file.string()), std::string::npos);
    }
  }
}

TEST(FileLink, ATruncatedArchiveGivesWhatItHoldsAndSaysWhatIsWrong) {
  const test::TempFolder folder;
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes += fmt::format("line {}\n", i * 7919 % 100'003);
  write_gzip(folder / "log.gz", bytes);
  std::filesystem::resize_file(folder / "log.gz",
                               std::filesystem::file_size(folder / "log.gz") / 2);
  const auto link = started(of_file(folder / "log.gz"));
  std::size_t lines = 0;
  EXPECT_TRUE(test::eventually([&] {
    lines += link->queue().take_all(std::chrono::milliseconds(5)).size();
    return !link->last_error().empty();
  }));
  EXPECT_GT(lines, 10'000u);
  EXPECT_NE(link->last_error().find("log.gz"), std::string::npos) << link->last_error();
  EXPECT_FALSE(link->counters().finished);
}

TEST(FileLink, StopEndsAReplayThatWaitsForItsTime) {
  const test::TempFolder folder;
  write_plain(folder / "log", timed_line(1'700'000'000'000) + "\n" + timed_line(1'700'000'200'000));
  const auto link = started(of_file(folder / "log", 1));
  EXPECT_EQ(test::take(*link, 1).size(), 1u);
  link->stop();
  EXPECT_EQ(link->counters().lines, 1u);
  EXPECT_FALSE(link->counters().finished);
}

TEST(FileLink, APacedReplayTakesTheRecordedTimeOverItsSpeed) {
  const test::TempFolder folder;
  std::string bytes;
  for (int i = 0; i <= 10; ++i) bytes += timed_line(1'700'000'000'000 + 3000 * i) + "\n";
  write_plain(folder / "log", bytes);
  const auto before = std::chrono::steady_clock::now();
  const auto link = started(of_file(folder / "log", 100));  // 30 s in 0.3 s
  EXPECT_EQ(test::take(*link, 11).size(), 11u);
  const auto took = std::chrono::steady_clock::now() - before;
  EXPECT_GE(took, std::chrono::milliseconds(290)) << "never early; how late depends on the machine";
}

TEST(ReplayPace, TimedLinesAreSpacedAsRecordedAndOthersFollowAtOnce) {
  ReplayPace pace(true);
  const base::Instant t{1'700'000'000'000};
  EXPECT_EQ(pace.next(std::nullopt).count(), 0);
  EXPECT_EQ(pace.next(t).count(), 0);
  EXPECT_EQ(pace.next(t + base::Duration(1500)).count(), 1500);
  EXPECT_EQ(pace.next(std::nullopt).count(), 1500);
  EXPECT_EQ(pace.next(t + base::Duration(500)).count(), 1500) << "another station's clock";
  EXPECT_EQ(pace.next(t + base::Duration(2500)).count(), 2500);
  EXPECT_EQ(pace.next(t + base::Duration(86'400'000)).count(), 2500) << "a pause of the recording";
  EXPECT_EQ(pace.next(t + base::Duration(86'401'000)).count(), 3500);
}

TEST(ReplayPace, AFileWithoutTimesRunsEvenly) {
  ReplayPace pace(false);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(pace.next(std::nullopt).count(), 1000 * i / ReplayPace::kEvenRate);
  }
}

RC_GTEST_PROP(ReplayPace, NeverRunsBackwards, (const std::vector<std::uint16_t>& steps)) {
  ReplayPace pace(true);
  base::Duration last{0};
  for (const auto step : steps) {
    const auto due = pace.next(base::Instant{1'700'000'000'000 + 50 * std::int64_t{step}});
    RC_ASSERT(due >= last);
    last = due;
  }
}

TEST(ReplayPace, TheTimeOfALineComesFromAnyOfItsWrappers) {
  const auto folder = tests::shared_ais() / "nmea";
  JINGLUE_NEEDS_SHARED(folder);
  const std::pair<const char*, const char*> first_times[] = {
      {"aisdb_tagblock_20211101.nm4.gz", "2021-11-01T01:58:09.000Z"},
      {"aislib_gatehouse_pghp_2010.nmea.gz", "2010-06-11T11:46:11.390Z"},
      {"goais_nanosecond_prefix_2019.nmea.gz", "2019-02-16T07:52:46.167Z"},
      {"openskipper_uscg_suffix_2006_part1.nmea.gz", "2006-11-15T17:47:35.000Z"}};
  for (const auto& [name, time] : first_times) {
    const auto lines = tests::read_lines(folder / name);
    ASSERT_FALSE(lines.empty());
    const auto stated = stated_time(lines[0]);
    ASSERT_TRUE(stated) << name;
    EXPECT_EQ(base::to_iso(*stated), time) << name;
  }
}
