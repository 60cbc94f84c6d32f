// SPDX-License-Identifier: Apache-2.0
// SIGKILL at random moments: a child appends and commits, tells its parent what is durable, and is
// killed; the file then holds exactly the rows up to its applied offset, each once; also when an
// offset brings many rows. 20 rounds on the same file, 200 with JINGLUE_LONG=1.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>
#include <tuple>
#include <vector>

#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/raster.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;

namespace {

/// One line for each file that is made would be thousands.
[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kWarn), true);

/// The row of an offset: the same in every process.
Fix row_of(std::uint64_t offset) {
  std::minstd_rand random(static_cast<unsigned>(offset));
  random.discard(3);
  Fix fix;
  fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000000 + random() % 40), 0};
  fix.time = {1'714'536'000'000 + std::int64_t(offset) * 200};
  if (random() % 20 == 0) fix.time = fix.time - base::Duration(random() % 86'400'000);
  fix.arrival = {1'714'536'000'000 + std::int64_t(offset) * 200};
  fix.position = {static_cast<std::int32_t>(222'000'000 + random() % 100'000),
                  static_cast<std::int32_t>(735'000'000 + random() % 100'000)};
  fix.sog_ckn = static_cast<std::uint16_t>(random() % 1500);
  fix.offset = offset;
  return fix;
}

using Append = void (*)(Archive&, std::uint64_t offset);

void append_row(Archive& archive, std::uint64_t offset) {
  archive.append(row_of(offset));
}

/// What an entry that brings many rows gives: of a third of the entries the arrival is not known.
std::vector<Fix> rows_of(std::uint64_t offset) {
  std::vector<Fix> out;
  const std::uint64_t rows = offset % 11 == 0 ? 900 : offset % 6;
  for (std::uint64_t i = 0; i < rows; ++i) {
    out.push_back(row_of(offset * 1000 + i));
    out.back().offset = offset;
    if (offset % 3 != 0) continue;
    out.back().offset = 0;
    out.back().arrival = out.back().time;
  }
  return out;
}

void append_entry(Archive& archive, std::uint64_t offset) {
  for (const auto& row : rows_of(offset)) archive.append(row, offset);
}

/// Never returns: appends from where the file ends, writes each durable offset to `tell`.
[[noreturn]] void run_child(const std::filesystem::path& file, Append append, int tell) {
  Archive archive({file, {}});
  std::mt19937 random(std::random_device{}());
  const unsigned each = append == append_row ? 400 : 20;
  for (std::uint64_t offset = archive.applied_offset() + 1;; ++offset) {
    append(archive, offset);
    if (random() % each != 0) continue;
    archive.advance(offset, true);
    if (random() % 2 == 0) continue;  // go on while the commit runs
    if (!archive.wait_applied(offset, base::Duration(60'000))) _exit(2);
    if (write(tell, &offset, sizeof offset) != sizeof offset) _exit(3);
  }
}

/// The last offset that the child called durable before it died.
std::uint64_t last_told(int hear) {
  std::uint64_t last = 0;
  std::uint64_t told = 0;
  while (read(hear, &told, sizeof told) == sizeof told) last = told;
  return last;
}

std::uint64_t run_and_kill(const std::filesystem::path& file, std::chrono::microseconds after,
                           Append append) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    close(pipe_ends[0]);
    run_child(file, append, pipe_ends[1]);
  }
  close(pipe_ends[1]);
  std::this_thread::sleep_for(after);
  kill(child, SIGKILL);
  const auto told = last_told(pipe_ends[0]);
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by itself";
  return told;
}

}  // namespace

TEST(ArchiveKill, EveryDurableRowIsThereExactlyOnce) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const int rounds = std::getenv("JINGLUE_LONG") != nullptr ? 200 : 20;
  std::mt19937 random(std::random_device{}());
  std::uint64_t before = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto told = run_and_kill(file, std::chrono::microseconds(random() % 150'000), append_row);
    const Archive archive({file, {}});
    const auto applied = archive.applied_offset();
    ASSERT_GE(applied, told) << "round " << round << ": acknowledged and lost";
    ASSERT_GE(applied, before);
    before = applied;
    std::uint64_t next = 1;
    archive.all(base::kDistantPast, base::kDistantFuture, [&](const Fix& fix) {
      EXPECT_EQ(fix, row_of(next));
      return fix.offset == next++;
    });
    ASSERT_EQ(next, applied + 1) << "round " << round;
    ASSERT_EQ(archive.counts().positions, applied);
    ASSERT_EQ(archive.counts().damaged, 0u);
    // The counts of days were not left behind, nor did they run ahead.
    const auto raster = picture::raster(archive, {122, 36, 123, 38}, base::kDistantPast,
                                        base::kDistantFuture, 0.01);
    ASSERT_TRUE(raster);
    ASSERT_EQ(raster->positions, applied) << "round " << round;
  }
  EXPECT_GT(before, 0u) << "no child came to its first commit";
  std::cout << "figure: archive_kill_rows " << before << " rows\n";
}

TEST(ArchiveKill, EveryRowOfADurableEntryIsThereExactlyOnce) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const int rounds = std::getenv("JINGLUE_LONG") != nullptr ? 200 : 20;
  std::mt19937 random(std::random_device{}());
  const auto order = [](const Fix& a, const Fix& b) {
    return std::tie(a.offset, a.time, a.track) < std::tie(b.offset, b.time, b.track);
  };
  std::vector<Fix> expected;
  std::uint64_t before = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto told =
        run_and_kill(file, std::chrono::microseconds(random() % 150'000), append_entry);
    const Archive archive({file, {}});
    const auto applied = archive.applied_offset();
    ASSERT_GE(applied, told) << "round " << round << ": acknowledged and lost";
    while (before < applied) {
      const auto rows = rows_of(++before);
      expected.insert(expected.end(), rows.begin(), rows.end());
    }
    std::vector<Fix> found;
    archive.all(base::kDistantPast, base::kDistantFuture, [&](const Fix& fix) {
      found.push_back(fix);
      return true;
    });
    std::sort(expected.begin(), expected.end(), order);
    ASSERT_TRUE(std::is_sorted(found.begin(), found.end(), [](const Fix& a, const Fix& b) {
      return std::tie(a.offset, a.time) < std::tie(b.offset, b.time);
    }));
    std::sort(found.begin(), found.end(), order);
    ASSERT_EQ(found.size(), expected.size()) << "round " << round;
    ASSERT_TRUE(found == expected) << "round " << round;
    ASSERT_EQ(archive.counts().positions, expected.size());
    ASSERT_EQ(archive.counts().damaged, 0u);
  }
  EXPECT_GT(before, 0u) << "no child came to its first commit";
  std::cout << "figure: archive_kill_entry_rows " << expected.size() << " rows\n";
}
