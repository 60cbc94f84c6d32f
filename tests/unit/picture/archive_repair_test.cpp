// SPDX-License-Identifier: Apache-2.0
// Check, repair and backup of the archive: a flipped byte anywhere is found and named, the rest is
// kept, and nothing comes twice.
#include <gtest/gtest.h>

#include <set>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>
#include <tuple>

#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/archive_backup.hpp"
#include "picture/archive/archive_check.hpp"
#include "picture/archive/archive_repair.hpp"
#include "picture/archive/block_table.hpp"
#include "store/database.hpp"
#include "support/cold_archive.hpp"
#include "support/long_run.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kError), true);

constexpr base::Instant kStart{1'714'536'000'000};

/// 20 vessels at 10 s, one row in twenty up to a day late.
std::vector<Fix> fleet(std::size_t count) {
  constexpr std::uint64_t kVessels = 20;
  std::vector<Fix> rows(count);
  std::mt19937 random(7);
  for (std::size_t i = 0; i < count; ++i) {
    auto& fix = rows[i];
    fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000000 + i % kVessels), 0};
    fix.offset = i + 1;
    fix.arrival = kStart + base::Duration(std::int64_t(i / kVessels) * 10'000 + 400);
    fix.time = fix.arrival - base::Duration(400);
    if (random() % 20 == 0) fix.time = fix.time - base::Duration(random() % 86'400'000);
    fix.position = {222'000'000 + std::int32_t(i / kVessels) * 1600,
                    735'000'000 + std::int32_t(i % kVessels) * 90'000 + std::int32_t(random() % 9)};
    fix.sog_ckn = 1000;
  }
  return rows;
}

std::filesystem::path filled(const test::TempFolder& folder, const std::vector<Fix>& rows) {
  const auto file = folder / "tracks.db";
  Archive archive({file, {}});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    archive.append(rows[i]);
    if ((i + 1) % 4000 != 0 && i + 1 != rows.size()) continue;
    archive.advance(rows[i].offset, true);
    EXPECT_TRUE(archive.wait_applied(rows[i].offset, base::Duration(60'000)));
  }
  return file;
}

void sql(const std::filesystem::path& file, const std::string& text) {
  store::Db db({.path = file});
  db.exec(text);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

bool by_all(const Fix& a, const Fix& b) {
  return std::tie(a.track, a.time, a.offset, a.position.lat, a.position.lon) <
         std::tie(b.track, b.time, b.offset, b.position.lat, b.position.lon);
}

/// With arrival and offset, in one order.
std::vector<Fix> all_of(const std::filesystem::path& file) {
  std::vector<Fix> out;
  const Archive archive({file, {}});
  archive.all(base::kDistantPast, base::kDistantFuture, [&](const Fix& fix) {
    out.push_back(fix);
    return true;
  });
  std::sort(out.begin(), out.end(), by_all);
  return out;
}

bool names(const picture::ArchiveReport& report, const std::string& part) {
  return std::any_of(report.problems.begin(), report.problems.end(),
                     [&](const auto& problem) { return problem.find(part) != std::string::npos; });
}

picture::ArchiveReport checked(const std::filesystem::path& file) {
  return picture::check_archive(file, {}).value();
}

void flip(const std::filesystem::path& file, std::uint64_t at, unsigned bit) {
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekg(std::streamoff(at));
  const auto old = bytes.get();
  bytes.seekp(std::streamoff(at));
  bytes.put(char(old ^ 1 << bit));
}

TEST(ArchiveCheck, AWholeArchiveIsSoundHotAndCold) {
  const test::TempFolder folder;
  const auto rows = fleet(30'000);
  const auto file = filled(folder, rows);
  const auto report = checked(file);
  EXPECT_TRUE(report.sound()) << report.problems.front();
  EXPECT_EQ(report.positions, rows.size());
  EXPECT_EQ(report.tracks, 20u);
  EXPECT_GT(report.blocks, 50u);
  EXPECT_EQ(report.with_reception, report.blocks);
  EXPECT_GT(report.waiting, 0u);
  test::make_cold(file);
  const auto cold = checked(file);
  EXPECT_TRUE(cold.sound()) << cold.problems.front();
  EXPECT_EQ(cold.positions, rows.size());
  EXPECT_GT(cold.pools, 0u);
}

TEST(ArchiveCheck, WorksWhileTheArchiveIsWritten) {
  const test::TempFolder folder;
  const auto rows = fleet(60'000);
  const auto file = folder / "tracks.db";
  Archive archive({file, {}});
  std::jthread writer([&](const std::stop_token& stop) {
    for (std::size_t i = 0; i < rows.size() && !stop.stop_requested(); ++i) {
      archive.append(rows[i]);
      if ((i + 1) % 500 == 0) archive.advance(rows[i].offset, true);
    }
  });
  for (int i = 0; i < 5; ++i) {
    const auto report = checked(file);
    EXPECT_TRUE(report.sound()) << report.problems.front();
    const auto into = folder / ("copy" + std::to_string(i));
    const auto copy = picture::backup_archive(file, into, {}).value();
    EXPECT_TRUE(copy.sound()) << copy.problems.front();
    EXPECT_GE(copy.positions, report.positions);
    EXPECT_EQ(all_of(into / "tracks.db").size(), copy.positions);
  }
}

TEST(ArchiveCheck, WhatIsWrongIsNamed) {
  const test::TempFolder folder;
  const auto file = filled(folder, fleet(20'000));
  sql(file, "UPDATE archive_bytes SET bytes = zeroblob(100) WHERE id = 3");
  EXPECT_TRUE(names(checked(file), "block 3 of mmsi:")) << checked(file).problems.front();
  sql(file, "DELETE FROM archive_bytes WHERE id = 4");
  EXPECT_TRUE(names(checked(file), "its bytes are not there"));
  sql(file, "UPDATE archive_by_track SET length_ms = length_ms + 1 WHERE id = 5");
  EXPECT_TRUE(names(checked(file), "archive_by_track gives other times"));
  sql(file, "UPDATE archive_area SET north = north + 1 WHERE id = 6");
  EXPECT_TRUE(names(checked(file), "archive_area says other than its rows"));
  sql(file, "DELETE FROM archive_by_track WHERE id = 7");
  EXPECT_TRUE(names(checked(file), "block 7: no index names it"));
  sql(file,
      "UPDATE archive_waiting SET bytes = zeroblob(9)"
      " WHERE id = (SELECT max(id) FROM archive_waiting)");
  EXPECT_TRUE(names(checked(file), "waiting rows "));
}

TEST(ArchiveCheck, AWrongCountIsNamed) {
  const test::TempFolder folder;
  const auto file = filled(folder, fleet(20'000));
  {
    store::Database database({.path = file});
    database.write([](store::Db& db) { picture::detail::BlockTable::take_away(db, 1); });
  }
  EXPECT_TRUE(names(checked(file), "archive_state counts"));
}

TEST(ArchiveRepair, KeepsAllButTheDamagedBlock) {
  const test::TempFolder folder;
  const auto rows = fleet(20'000);
  const auto file = filled(folder, rows);
  const auto before = all_of(file);
  sql(file, "UPDATE archive_bytes SET bytes = zeroblob(100) WHERE id = 3");
  sql(file, "DELETE FROM archive_by_track WHERE id > 10; DELETE FROM archive_area WHERE id = 2");
  const auto repaired = picture::repair_archive(file, {}).value();
  EXPECT_EQ(repaired.lost_count, 1u);
  EXPECT_NE(repaired.lost.front().find("block 3 of mmsi:"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(repaired.aside));
  EXPECT_TRUE(checked(file).sound());
  EXPECT_EQ(repaired.positions, rows.size() - 256);
  const auto after = all_of(file);
  EXPECT_EQ(after.size(), repaired.positions);
  EXPECT_TRUE(std::includes(before.begin(), before.end(), after.begin(), after.end(), by_all))
      << "with arrivals and offsets as before";
  Archive archive({file, {}});  // and it goes on
  Fix next = rows.front();
  next.offset = 20'001;
  archive.append(next);
  archive.advance(next.offset, true);
  EXPECT_TRUE(archive.wait_applied(next.offset, base::Duration(60'000)));
  EXPECT_EQ(archive.counts().positions, repaired.positions + 1);
}

TEST(ArchiveRepair, WaitingRowsComeOnceAlsoWithoutTheTracks) {
  const test::TempFolder folder;
  const auto rows = fleet(20'000);
  const auto file = filled(folder, rows);
  sql(file, "DROP TABLE archive_track");
  EXPECT_FALSE(checked(file).sound());
  const auto repaired = picture::repair_archive(file, {}).value();
  EXPECT_EQ(repaired.positions, rows.size());
  EXPECT_TRUE(checked(file).sound()) << checked(file).problems.front();
  EXPECT_EQ(all_of(file).size(), rows.size());
}

/// Bytes of the file itself, as a disk returns them: pages of every kind are hit.
TEST(ArchiveRepair, AFlippedByteAnywhereLosesLittleAndIsNeverSilent) {
  const auto rows = fleet(120'000);
  const test::TempFolder source;
  const auto whole = filled(source, rows);
  sql(whole, "VACUUM");
  const auto before = all_of(whole);
  std::mt19937 random(3);
  const int rounds = test::repeats(30, 200);
  int found = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    const test::TempFolder folder;
    const auto file = folder / "tracks.db";
    for (const char* name : {"tracks.db", "receptions.db"}) {
      std::filesystem::copy_file(source / name, folder / name);
    }
    const auto size = std::filesystem::file_size(file);
    flip(file, 16'384 + random() % (size - 16'384), random() % 8);  // the first page: see below
    if (checked(file).sound()) {                                    // a byte that holds nothing
      EXPECT_EQ(all_of(file), before);
      continue;
    }
    ++found;
    const auto repaired = picture::repair_archive(file, {}).value();
    EXPECT_GT(repaired.positions, rows.size() * 9 / 10) << "a page holds up to 16 blocks";
    EXPECT_TRUE(checked(file).sound());
    const auto after = all_of(file);
    EXPECT_EQ(after.size(), repaired.positions);
    auto said_before = before, said_after = after;
    for (auto* all : {&said_before, &said_after}) {
      for (auto& row : *all) row.offset = 0;
      std::sort(all->begin(), all->end(), by_all);
    }
    EXPECT_TRUE(std::includes(said_before.begin(), said_before.end(), said_after.begin(),
                              said_after.end(), by_all))
        << "no row that was not there, none twice";
  }
  std::cout << found << " of " << rounds << " flipped bytes hit something\n";
  EXPECT_GT(found, rounds / 3);
}

TEST(ArchiveRepair, ATruncatedFileKeepsWhatIsLeft) {
  const test::TempFolder folder;
  const auto rows = fleet(120'000);
  const auto file = filled(folder, rows);
  sql(file, "VACUUM");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) / 16'384 * 3 / 4 * 16'384);
  EXPECT_FALSE(checked(file).sound());
  const auto repaired = picture::repair_archive(file, {}).value();
  EXPECT_GT(repaired.positions, rows.size() / 5);
  EXPECT_GT(repaired.lost_count, 0u);
  EXPECT_TRUE(checked(file).sound());
  EXPECT_EQ(all_of(file).size(), repaired.positions);
}

TEST(ArchiveRepair, EachOfSeveralInASecondSetsItsFileAside) {
  const test::TempFolder folder;
  const auto file = filled(folder, fleet(300));
  std::set<std::filesystem::path> aside;
  for (int i = 0; i < 3; ++i) aside.insert(picture::repair_archive(file, {}).value().aside);
  EXPECT_EQ(aside.size(), 3u);
  for (const auto& is_there : aside) EXPECT_TRUE(std::filesystem::exists(is_there));
}

TEST(ArchiveRepair, AFileWithoutItsFirstPageIsRefusedAndLeftAlone) {
  const test::TempFolder folder;
  const auto file = filled(folder, fleet(2'000));
  sql(file, "");
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes << std::string(16'384, 'x');
  }
  const auto size = std::filesystem::file_size(file);
  EXPECT_THROW(picture::repair_archive(file, {}), store::DbError);
  EXPECT_EQ(std::filesystem::file_size(file), size);
}

TEST(ArchiveBackup, RefusesAFolderThatHoldsOneAndCanBeEnded) {
  const test::TempFolder folder;
  const auto file = filled(folder, fleet(20'000));
  EXPECT_THROW(picture::backup_archive(file, folder.path(), {}), base::WorldError);
  const auto into = folder / "copy";
  EXPECT_FALSE(picture::backup_archive(file, into, [](auto, auto) { return false; }));
  EXPECT_TRUE(std::filesystem::is_empty(into)) << "nothing of it is left";
  EXPECT_TRUE(picture::backup_archive(file, into, {}).value().sound());
  EXPECT_EQ(all_of(into / "tracks.db"), all_of(file));
}

}  // namespace
