// SPDX-License-Identifier: Apache-2.0
// A log, plain or gzip, and an archive through the pipeline: what comes in, when, and what a
// damaged log says. (Back-test equals live: tests/scenario.)
#include "app/replay.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <fstream>

#include "support/station.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::app {
namespace {

constexpr base::Instant kStart{1714536000000};  // 2024-05-01T04:00:00Z
constexpr std::uint32_t kMmsi = 412000001;

/// A position each minute, stated in its tag block.
std::string log_of(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += test::position_line(kMmsi, 37.2, 122.6, 5, kStart + std::chrono::minutes(i));
  }
  return out;
}

void write_gz(const std::filesystem::path& path, const std::string& text) {
  gzFile file = gzopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(gzwrite(file, text.data(), unsigned(text.size())), int(text.size()));
  gzclose(file);
}

TEST(Replay, TakesAPlainAndAGzipLogAtTheirStatedTimes) {
  const test::TempFolder folder;
  std::ofstream(folder / "plain.txt") << log_of(30);
  write_gz(folder / "packed.gz", log_of(30));
  for (const auto* name : {"plain.txt", "packed.gz"}) {
    Replay replay;
    replay.log(folder / name, {}, {}, {});
    EXPECT_EQ(replay.pipeline().positions(), 30u) << name;
    EXPECT_EQ(replay.pipeline().clock(), kStart + std::chrono::minutes(29)) << name;
  }
}

TEST(Replay, TakesOnlyWhatLiesBetween) {
  const test::TempFolder folder;
  std::ofstream(folder / "log.txt") << log_of(30);
  Replay replay;
  replay.log(folder / "log.txt",
             {kStart + std::chrono::minutes(10), kStart + std::chrono::minutes(15)}, {}, {});
  EXPECT_EQ(replay.pipeline().positions(), 5u);
}

TEST(Replay, SaysWhichLogIsMissingOrDamaged) {
  const test::TempFolder folder;
  write_gz(folder / "cut.gz", log_of(3000));
  std::filesystem::resize_file(folder / "cut.gz",
                               std::filesystem::file_size(folder / "cut.gz") / 2);
  for (const auto* name : {"none.txt", "cut.gz"}) {
    Replay replay;
    try {
      replay.log(folder / name, {}, {}, {});
      ADD_FAILURE() << name << " was taken";
    } catch (const base::WorldError& error) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

TEST(Replay, GivesAnArchiveWithItsOwnOffsetsHoweverManyTicksLieBetween) {
  const test::TempFolder folder;
  picture::Archive archive({folder / "tracks.db", {}});
  std::vector<std::uint64_t> offsets;
  for (int i = 0; i < 20; ++i) {
    model::Fix fix;
    fix.track.terminal = model::TerminalId::make(model::TerminalKind::kMmsi, kMmsi);
    fix.time = fix.arrival = kStart + std::chrono::minutes(i);
    fix.position = geo::to_position({37.2, 122.6});
    fix.offset = std::uint64_t(i) * 10 + 3;
    offsets.push_back(fix.offset);
    archive.append(fix);
  }
  archive.advance(offsets.back(), true);
  ASSERT_TRUE(archive.wait_applied(offsets.back(), std::chrono::seconds(20)));
  Replay replay;
  replay.archive(archive, {}, {});
  EXPECT_EQ(replay.pipeline().positions(), 20u);
  EXPECT_EQ(replay.pipeline().offset(), offsets.back());
}

}  // namespace
}  // namespace jinglue::app
