// SPDX-License-Identifier: Apache-2.0
// The archive on a disk that loses power (writes that were not synced are gone, torn or in another
// order) and on one that is full: what was called durable is there, every row once, and the fault
// is named.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/archive_check.hpp"
#include "support/file_size_limit.hpp"
#include "support/long_run.hpp"
#include "support/power_cut.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;

namespace {

constexpr std::uint64_t kRows = 9000;

/// The row of an offset: the same whenever it is asked for; one in twenty is up to a day late.
Fix row_of(std::uint64_t offset) {
  std::minstd_rand random(static_cast<unsigned>(offset));
  random.discard(3);
  Fix fix;
  fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000000 + random() % 12), 0};
  fix.arrival = {1'714'536'000'000 + std::int64_t(offset) * 400};
  fix.time = fix.arrival;
  if (random() % 20 == 0) fix.time = fix.time - base::Duration(random() % 86'400'000);
  fix.position = {static_cast<std::int32_t>(222'000'000 + random() % 100'000),
                  static_cast<std::int32_t>(735'000'000 + random() % 100'000)};
  fix.sog_ckn = static_cast<std::uint16_t>(random() % 1500);
  fix.offset = offset;
  return fix;
}

std::vector<Fix> rows(const Archive& archive) {
  std::vector<Fix> out;
  archive.all(base::kDistantPast, base::kDistantFuture, [&](const Fix& fix) {
    out.push_back(fix);
    return true;
  });
  return out;
}

/// Rows 1 to `last` and no other, each once, as they were.
void expect_rows(const Archive& archive, std::uint64_t last) {
  const auto found = rows(archive);
  ASSERT_EQ(found.size(), last);
  for (std::uint64_t offset = 1; offset <= last; ++offset) {
    ASSERT_EQ(found[offset - 1], row_of(offset)) << "row " << offset;
  }
}

void append(Archive& archive, std::uint64_t from, std::uint64_t to) {
  for (auto offset = from; offset <= to; ++offset) archive.append(row_of(offset));
}

void run_under(test::PowerCut& power, const std::filesystem::path& file) {
  std::mt19937 random(7);
  Archive archive({file, power.vfs()});
  for (std::uint64_t offset = 1; offset <= kRows;) {
    const auto to = std::min<std::uint64_t>(kRows, offset + random() % 900);
    append(archive, offset, to);
    archive.advance(to, true);
    ASSERT_TRUE(archive.wait_applied(to, base::Duration(60'000)));
    power.acknowledge(std::to_string(to));
    offset = to + 1;
  }
}

}  // namespace

TEST(ArchivePowerCut, WhatWasCalledDurableIsThereAndTheRestComesOnceFromTheJournal) {
  base::set_log_level(base::Level::kError);
  const test::TempFolder folder;
  test::PowerCut power(folder.path());
  ASSERT_NO_FATAL_FAILURE(run_under(power, folder / "tracks.db"));
  ASSERT_GT(power.moments(), 100u);
  std::mt19937 random(3);
  for (int cut = 0; cut < test::repeats(25, 400); ++cut) {
    const std::size_t moment = random() % power.moments();
    const test::TempFolder after;
    const auto told = power.cut(moment, static_cast<std::uint32_t>(random()), after.path());
    SCOPED_TRACE("cut before moment " + std::to_string(moment));
    Archive archive({after / "tracks.db", {}});
    const auto applied = archive.applied_offset();
    ASSERT_GE(applied, told.empty() ? 0 : std::stoull(told.back())) << "acknowledged and lost";
    ASSERT_EQ(archive.counts().damaged, 0u);
    ASSERT_NO_FATAL_FAILURE(expect_rows(archive, applied));
    append(archive, std::max<std::uint64_t>(1, applied / 2), kRows);  // a replay begins earlier
    archive.advance(kRows, true);
    ASSERT_TRUE(archive.wait_applied(kRows, base::Duration(60'000)));
    ASSERT_NO_FATAL_FAILURE(expect_rows(archive, kRows));
  }
}

TEST(ArchiveFullDisk, IsNamedAnswersAllRowsAndGoesOnWhenThereIsRoom) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  Archive archive({file, {}});
  append(archive, 1, 3000);
  archive.advance(3000, true);
  ASSERT_TRUE(archive.wait_applied(3000, base::Duration(60'000)));
  {
    const test::FileSizeLimit limit(16'384);
    append(archive, 3001, kRows);
    archive.advance(kRows, true);
    EXPECT_FALSE(archive.wait_applied(kRows, base::Duration(60'000)));
    const auto counts = archive.counts();
    EXPECT_NE(counts.problem, "") << "a full disk is said";
    EXPECT_LT(counts.applied_offset, kRows);
    expect_rows(archive, kRows);  // from the file and from memory
  }
  archive.advance(kRows, true);
  ASSERT_TRUE(archive.wait_applied(kRows, base::Duration(60'000)));
  EXPECT_EQ(archive.counts().problem, "");
  expect_rows(archive, kRows);
  const auto report = picture::check_archive(file, [](auto, auto) { return true; });
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->sound()) << report->problems.front();
}

TEST(ArchiveFullDisk, AStationThatEndsOnAFullDiskLosesOnlyWhatTheJournalHolds) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  {
    Archive archive({file, {}});
    append(archive, 1, 3000);
    archive.advance(3000, true);
    ASSERT_TRUE(archive.wait_applied(3000, base::Duration(60'000)));
    const test::FileSizeLimit limit(16'384);
    append(archive, 3001, kRows);
    archive.advance(kRows, true);
    EXPECT_FALSE(archive.wait_applied(kRows, base::Duration(60'000)));
  }
  Archive archive({file, {}});
  const auto applied = archive.applied_offset();
  EXPECT_GE(applied, 3000u);
  expect_rows(archive, applied);
  append(archive, applied + 1, kRows);
  archive.advance(kRows, true);
  ASSERT_TRUE(archive.wait_applied(kRows, base::Duration(60'000)));
  expect_rows(archive, kRows);
}
