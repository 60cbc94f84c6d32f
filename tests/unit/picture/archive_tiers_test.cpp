// SPDX-License-Identifier: Apache-2.0
// What the archive does with its rows behind the query verbs: chunks of an older program, late
// rows, rows that wait, silent tracks, cold days, dropped receptions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <thread>
#include <tuple>
#include <utility>

#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/block_table.hpp"
#include "picture/archive/chunk_codec.hpp"
#include "store/database.hpp"
#include "support/cold_archive.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kWarn), true);

constexpr base::Instant kStart{1'714'536'000'000};

/// A fleet at 10 s, one row in twenty up to a day late.
std::vector<Fix> fleet(std::size_t count, std::uint64_t vessels) {
  std::vector<Fix> rows(count);
  std::mt19937 random(11);
  for (std::size_t i = 0; i < count; ++i) {
    auto& fix = rows[i];
    fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000000 + i % vessels), 0};
    fix.offset = i + 1;
    fix.arrival = kStart + base::Duration(std::int64_t(i / vessels) * 10'000 + 400);
    fix.time = fix.arrival - base::Duration(400);
    if (random() % 20 == 0) fix.time = fix.time - base::Duration(random() % 86'400'000);
    fix.position = {222'000'000 + std::int32_t(i / vessels) * 1600,
                    735'000'000 + std::int32_t(i % vessels) * 90'000};
    fix.sog_ckn = 1000;
    fix.cog_cdeg = 0;
    fix.nav_status = 0;
  }
  return rows;
}

bool by_track_and_time(const Fix& a, const Fix& b) {
  return std::tie(a.track, a.time, a.offset) < std::tie(b.track, b.time, b.offset);
}

/// Without arrival and offset.
std::vector<Fix> said(std::vector<Fix> rows) {
  for (auto& row : rows) {
    row.arrival = row.time;
    row.offset = 0;
  }
  return rows;
}

std::vector<Fix> all_of(const Archive& archive) {
  std::vector<Fix> out;
  archive.all(base::kDistantPast, base::kDistantFuture, [&](const Fix& fix) {
    out.push_back(fix);
    return true;
  });
  return out;
}

/// Every row of the box that holds the whole fleet: by track and time.
std::vector<Fix> everywhere(const Archive& archive) {
  std::vector<Fix> out;
  archive.box({-180, -90, 180, 90}, base::kDistantPast, base::kDistantFuture, SIZE_MAX,
              [&](const Fix& fix) {
                out.push_back(fix);
                return true;
              });
  return out;
}

void append(Archive& archive, const std::vector<Fix>& rows, std::size_t each) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    archive.append(rows[i]);
    if ((i + 1) % each != 0 && i + 1 != rows.size()) continue;
    archive.advance(rows[i].offset, true);
    ASSERT_TRUE(archive.wait_applied(rows[i].offset, base::Duration(60'000)));
  }
}

void expect_all(const Archive& archive, std::vector<Fix> rows) {
  EXPECT_EQ(all_of(archive), rows);
  std::sort(rows.begin(), rows.end(), by_track_and_time);
  EXPECT_EQ(everywhere(archive), said(rows));
  EXPECT_EQ(archive.counts().positions, rows.size());
}

std::int64_t number(const std::filesystem::path& file, const std::string& sql) {
  const store::Database database({.path = file});
  return database.read([&](store::Db& db) {
    auto query = db.prepare(sql);
    return query.step() ? query.integer(0) : -1;
  });
}

/// As the program of version 1 left it.
void write_chunks(const std::filesystem::path& file, std::vector<Fix> rows) {
  store::Database database({.path = file});
  database.migrate("picture", picture::detail::BlockTable::migrations().first(1));
  const auto last = rows.back().offset;
  std::sort(rows.begin(), rows.end(), by_track_and_time);
  database.write([&](store::Db& db) {
    db.prepare("UPDATE archive_state SET applied_offset = ?, positions = ?")
        .bind(1, last)
        .bind(2, std::int64_t(rows.size()))
        .run();
    std::int64_t track = 0;
    for (std::size_t begin = 0; begin < rows.size();) {
      std::size_t end = begin;
      while (end < rows.size() && end - begin < 256 && rows[end].track == rows[begin].track) ++end;
      if (begin == 0 || rows[begin - 1].track != rows[begin].track) {
        db.prepare("INSERT INTO archive_track VALUES (?, ?, 0, ?, 0, 0)")
            .bind(1, ++track)
            .bind(2, std::int64_t(rows[begin].track.terminal.value))
            .bind(3, base::kDistantFuture.ms)
            .run();
      }
      db.prepare("INSERT INTO archive_chunk VALUES (NULL, ?, 2, 0, 0, 0, 0, 0, 0, 0, ?, ?)")
          .bind(1, track)
          .bind(2, std::int64_t(end - begin))
          .bind_blob(3, picture::encode_chunk(std::span(rows).subspan(begin, end - begin),
                                              picture::ChunkPacking::kFull))
          .run();
      begin = end;
    }
  });
}

/// One vessel at 10 s; some hours of it come later, and every second row of others.
std::vector<Fix> track_with_late_hours() {
  const auto rows = fleet(9000, 1);
  std::vector<Fix> out;
  std::vector<Fix> later;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto row = rows[i];
    row.time = {kStart.ms + std::int64_t(i) * 10'000};
    const bool late = (i >= 2000 && i < 2700) || (i >= 3000 && i < 4500 && i % 2 == 0);
    (late ? later : out).push_back(row);
    if (i == 6000) out.insert(out.end(), later.begin(), later.end());
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i].offset = i + 1;
  return out;
}

std::vector<Fix> of_track(const Archive& archive, model::TrackId track, base::Instant from,
                          base::Instant to) {
  std::vector<Fix> out;
  archive.track(track, from, to, [&](const Fix& fix) {
    out.push_back(fix);
    return true;
  });
  return out;
}

}  // namespace

TEST(ArchiveTiers, ChunksOfAnOlderProgramBecomeBlocks) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  auto rows = fleet(20'000, 70);
  const std::vector<Fix> old(rows.begin(), rows.begin() + 15'000);
  write_chunks(file, old);
  {
    Archive archive({file, {}});
    EXPECT_EQ(archive.applied_offset(), 15'000u);
    EXPECT_EQ(all_of(archive), old);
    append(archive, rows, 5000);  // the first 15,000 are a replay
    expect_all(archive, rows);
  }
  EXPECT_EQ(number(file, "SELECT count(*) FROM archive_chunk"), 0);
  const Archive again({file, {}});
  expect_all(again, rows);
}

TEST(ArchiveTiers, ADamagedChunkOfAnOlderProgramIsCountedAndStays) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  write_chunks(file, fleet(2000, 2));
  store::Database({.path = file}).write([](store::Db& db) {
    db.exec("UPDATE archive_chunk SET bytes = x'0102' WHERE id = 2");
  });
  const Archive archive({file, {}});
  EXPECT_EQ(all_of(archive).size(), 2000u - 256u);
  EXPECT_EQ(archive.counts().damaged, 1u);
  EXPECT_EQ(number(file, "SELECT count(*) FROM archive_chunk"), 1);
}

TEST(ArchiveTiers, RowsThatWaitAreNotReadTwiceAfterTheyFilledABlock) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto rows = fleet(30'000, 10);
  {
    Archive archive({file, {}});
    append(archive, rows, 700);  // rows wait in many commits, then fill blocks
    expect_all(archive, rows);
  }
  EXPECT_GT(number(file, "SELECT count(*) FROM archive_by_track"), 100);
  EXPECT_GT(number(file, "SELECT sum(row_count) FROM archive_waiting"), 3000);
  const Archive again({file, {}});
  expect_all(again, rows);
}

TEST(ArchiveTiers, WaitingRowsAreWrittenAnewAndSilentTracksBecomeRunsOfAPool) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  auto rows = fleet(160'000, 40);
  for (auto& row : rows) {  // every fifth vessel falls silent, the others go on for a week
    const auto vessel = row.track.terminal.number() % 5;
    if (vessel != 0 || row.offset < 8000) continue;
    row.track.terminal.value += 1;
  }
  for (auto& row : rows) row.time = row.time + base::Duration(std::int64_t(row.offset) * 4000);
  {
    Archive archive({file, {}});
    append(archive, rows, 8000);
    expect_all(archive, rows);
  }
  EXPECT_LT(number(file, "SELECT sum(row_count) FROM archive_waiting"), 120'000);
  EXPECT_GE(number(file, "SELECT count(*) FROM archive_by_track WHERE id < 0"), 8);
  const Archive again({file, {}});
  expect_all(again, rows);
  EXPECT_EQ(again.counts().damaged, 0u);
}

TEST(ArchiveTiers, ATrackOfManyBlocksIsGivenInOrderOfTimeForEachPeriod) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  auto rows = track_with_late_hours();
  const auto track = rows.front().track;
  Archive archive({file, {}});
  append(archive, rows, 700);
  std::sort(rows.begin(), rows.end(), by_track_and_time);
  rows = said(std::move(rows));
  const auto expected = [&](base::Instant from, base::Instant to, base::Instant lost_from,
                            base::Instant lost_to) {
    std::vector<Fix> out;
    for (const auto& row : rows) {
      const bool lost = row.time >= lost_from && row.time <= lost_to;
      if (row.time >= from && row.time < to && !lost) out.push_back(row);
    }
    return out;
  };
  std::mt19937 random(5);
  for (int i = 0; i < 60; ++i) {
    const base::Instant from = kStart + base::Duration(std::int64_t(random() % 90'000) * 1000);
    const base::Instant to = from + base::Duration(std::int64_t(random() % 90'000) * 1000);
    EXPECT_EQ(of_track(archive, track, from, to),
              expected(from, to, base::kDistantFuture, base::kDistantPast));
  }
  // A block whose bytes are gone is left out, and those behind it are not.
  const auto id = number(file, "SELECT id FROM archive_by_track WHERE span = 0 LIMIT 1 OFFSET 4");
  const auto name = std::to_string(id);
  const base::Instant lost_to{
      number(file, "SELECT last_ms FROM archive_by_track WHERE id = " + name)};
  const base::Instant lost_from{
      number(file, "SELECT last_ms - length_ms FROM archive_by_track WHERE id = " + name)};
  store::Database({.path = file}).write([&](store::Db& db) {
    db.exec("DELETE FROM archive_bytes WHERE id = " + name);
  });
  EXPECT_EQ(of_track(archive, track, base::kDistantPast, base::kDistantFuture),
            expected(base::kDistantPast, base::kDistantFuture, lost_from, lost_to));
  EXPECT_EQ(archive.counts().damaged, 1u);
}

TEST(ArchiveTiers, ColdDaysHoldTheSameRowsInLessSpaceAndInOrder) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto rows = fleet(40'000, 8);
  Archive archive({file, {}});
  append(archive, rows, 40'000);
  const char* sizes =
      "SELECT coalesce((SELECT sum(length(bytes)) FROM archive_bytes), 0)"
      " + coalesce((SELECT sum(length(bytes)) FROM archive_pool), 0)";
  const auto before = number(file, sizes);
  EXPECT_EQ(test::make_cold(file), 0u);
  expect_all(archive, rows);
  EXPECT_EQ(number(file, "SELECT count(*) FROM archive_bytes"), 0);
  EXPECT_LT(number(file, sizes), before);
  // Late rows came to their place: the runs of a track no longer overlap.
  EXPECT_EQ(number(file,
                   "SELECT count(*) FROM archive_by_track a JOIN archive_by_track b"
                   " ON a.track = b.track AND a.id < b.id AND a.last_ms - a.length_ms < b.last_ms"
                   " AND b.last_ms - b.length_ms < a.last_ms"),
            0);
  store::Database({.path = file}).write([](store::Db& db) {
    db.exec("UPDATE archive_pool SET bytes = x'0300' WHERE id = 1024");
  });
  EXPECT_LT(all_of(archive).size(), rows.size());
  EXPECT_GT(archive.counts().damaged, 0u) << "a damaged pool is told";
}

TEST(ArchiveTiers, WithoutReceptionsTheRowsAreStillThereInOrderOfTime) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  auto rows = fleet(9000, 3);
  {
    Archive archive({file, {}});
    append(archive, {rows.begin(), rows.begin() + 5000}, 1000);
  }
  for (const char* part : {"", "-wal", "-shm"}) {
    std::filesystem::remove((folder / "receptions.db").string() + part);
  }
  Archive archive({file, {}});
  append(archive, rows, 1000);
  const auto all = all_of(archive);
  ASSERT_EQ(all.size(), rows.size());
  for (std::size_t i = 1; i < 5000; ++i) {
    ASSERT_EQ(all[i].offset, 0u);
    ASSERT_LE(all[i - 1].time, all[i].time) << i;
  }
  EXPECT_EQ(std::vector<Fix>(all.begin() + 5000, all.end()),
            std::vector<Fix>(rows.begin() + 5000, rows.end()));
  std::stable_sort(rows.begin(), rows.end(), by_track_and_time);
  EXPECT_EQ(everywhere(archive), said(rows));
}

// A backup of only one file, or a crash between the two commits.
TEST(ArchiveTiers, ReceptionsOfOtherRowsAreNotTaken) {
  const test::TempFolder folder;
  const test::TempFolder other;
  const auto rows = fleet(6000, 3);
  auto moved = rows;
  for (auto& row : moved) row.position.lat += 10;
  for (const auto* one : {&folder, &other}) {
    Archive archive({*one / "tracks.db", {}});
    append(archive, one == &folder ? rows : moved, 3000);
  }
  std::filesystem::copy_file(other / "receptions.db", folder / "receptions.db",
                             std::filesystem::copy_options::overwrite_existing);
  const Archive archive({folder / "tracks.db", {}});
  for (const auto& row : all_of(archive)) ASSERT_EQ(row.offset, 0u);
}

TEST(ArchiveTiers, ADamagedFileOfReceptionsIsSetAside) {
  const test::TempFolder folder;
  const auto rows = fleet(3000, 3);
  {
    Archive archive({folder / "tracks.db", {}});
    append(archive, {rows.begin(), rows.begin() + 2000}, 1000);
  }
  std::filesystem::resize_file(folder / "receptions.db", 5000);
  {
    std::FILE* file = std::fopen((folder / "receptions.db").c_str(), "r+");
    for (int i = 0; i < 100; ++i) std::fputs("this is not a database\n", file);
    std::fclose(file);
  }
  Archive archive({folder / "tracks.db", {}});
  append(archive, rows, 1000);
  EXPECT_EQ(all_of(archive).size(), rows.size());
  EXPECT_TRUE(std::filesystem::exists(folder / "receptions.db.damaged"));
}

TEST(ArchiveTiers, ReceptionsLiveAsLongAsTheJournal) {
  const test::TempFolder folder;
  const auto rows = fleet(8000, 3);
  Archive archive({folder / "tracks.db", {}});
  append(archive, rows, 1000);
  expect_all(archive, rows);
  archive.forget_receptions(4001);
  const auto count = [&] {
    return number(folder / "receptions.db",
                  "SELECT count(*) FROM reception WHERE last_offset < 4001");
  };
  for (int i = 0; i < 500 && count() > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(count(), 0);
  std::size_t kept = 0;
  for (const auto& row : all_of(archive)) {
    if (row.offset == 0) continue;
    ASSERT_EQ(row, rows[row.offset - 1]);
    kept += row.offset >= 4001 ? 1 : 0;
  }
  EXPECT_EQ(kept, 4000u);
}

// jinglue commands open the file of a running station: what it commits meanwhile is seen once.
TEST(ArchiveTiers, AReaderInAnotherProgramSeesEachCommittedRowOnce) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto rows = fleet(20'000, 10);
  Archive writer({file, {}});
  append(writer, {rows.begin(), rows.begin() + 2000}, 1000);
  const Archive reader({file, {}});
  std::size_t count = 2000;
  for (; count <= rows.size(); count += 3000) {
    append(writer, {rows.begin(), rows.begin() + std::ptrdiff_t(count)}, 1000);
    EXPECT_EQ(all_of(reader), std::vector<Fix>(rows.begin(), rows.begin() + std::ptrdiff_t(count)));
  }
}

TEST(ArchiveTiers, AQuestionInsideAQuestionSeesTheSameMoment) {
  const test::TempFolder folder;
  const auto rows = fleet(9000, 3);
  Archive archive({folder / "tracks.db", {}});
  append(archive, {rows.begin(), rows.begin() + 3000}, 1000);
  bool asked = false;
  archive.all(base::kDistantPast, base::kDistantFuture, [&](const Fix&) {
    if (std::exchange(asked, true)) return true;
    append(archive, rows, 3000);
    EXPECT_EQ(all_of(archive), std::vector<Fix>(rows.begin(), rows.begin() + 3000));
    return true;
  });
  EXPECT_TRUE(asked);
  EXPECT_EQ(all_of(archive), rows);
}

TEST(ArchiveTiers, ANewFileHasLargePages) {
  const test::TempFolder folder;
  {
    const Archive archive({folder / "tracks.db", {}});
  }
  EXPECT_EQ(number(folder / "tracks.db", "PRAGMA page_size"), 16384);
}
