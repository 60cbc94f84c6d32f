// SPDX-License-Identifier: Apache-2.0
// The row that says how far the archive is: a flipped bit in it, or in its seal, is noticed, told
// with what to do, and put right by a repair that loses nothing.
#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/archive_check.hpp"
#include "picture/archive/archive_repair.hpp"
#include "picture/archive/block_table.hpp"
#include "store/database.hpp"
#include "support/long_run.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;
using picture::detail::BlockTable;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kError), true);

constexpr base::Instant kStart{1'714'536'000'000};
constexpr std::uint64_t kApplied = 1'000'077;

Fix row_of(std::uint64_t i) {
  Fix fix;
  fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000001 + i % 2), 0};
  fix.offset = 1000 + i;
  fix.time = fix.arrival = kStart + base::Duration(std::int64_t(i) * 10'000);
  fix.position = {222'000'000 + std::int32_t(i) * 7, 735'000'000};
  return fix;
}

constexpr std::uint64_t kRows = 700;

/// Two vessels; applied further than the last row: entries without a position follow it.
void fill(const std::filesystem::path& file) {
  Archive archive({file, {}, {}});
  for (std::uint64_t i = 0; i < kRows; ++i) archive.append(row_of(i));
  archive.advance(kApplied, true);
  ASSERT_TRUE(archive.wait_applied(kApplied, base::Duration(60'000)));
}

std::int64_t number(const std::filesystem::path& file, const std::string& sql) {
  store::Db db({.path = file});
  auto row = db.prepare(sql);
  return row.step() ? row.integer(0) : -1;
}

void sql(const std::filesystem::path& file, const std::string& text) {
  store::Db db({.path = file});
  db.exec(text);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/// Where the one row of a table lies in the file: [begin, end).
struct Place {
  std::size_t begin{0}, end{0};
};

Place place_of(const std::filesystem::path& file, const std::string& table) {
  const auto root = number(file, "SELECT rootpage FROM sqlite_schema WHERE name = '" + table + "'");
  const auto page = number(file, "PRAGMA page_size");
  std::ifstream in(file, std::ios::binary);
  in.seekg((root - 1) * page + 5);  // begin of the cells: database file format, 1.6
  const auto high = in.get();
  return {std::size_t((root - 1) * page + high * 256 + in.get()), std::size_t(root * page)};
}

void flip(const std::filesystem::path& file, std::size_t byte, unsigned bit) {
  std::fstream io(file, std::ios::binary | std::ios::in | std::ios::out);
  io.seekg(std::streamoff(byte));
  const auto was = io.get();
  io.seekp(std::streamoff(byte));
  io.put(static_cast<char>(was ^ (1 << bit)));
}

void copy_archive(const std::filesystem::path& from, const std::filesystem::path& to) {
  for (const char* name : {"tracks.db", "receptions.db"}) {
    std::filesystem::copy_file(from / name, to / name);
  }
}

void expect_as_filled(const std::filesystem::path& file) {
  const Archive archive({file, {}, {}});
  const auto counts = archive.counts();
  EXPECT_EQ(counts.applied_offset, kApplied);
  EXPECT_EQ(counts.positions, kRows);
  EXPECT_EQ(counts.first, kStart);
  std::uint64_t rows = 0;
  archive.all(base::kDistantPast, base::kDistantFuture, [&](const Fix& fix) {
    EXPECT_EQ(fix, row_of(rows));
    return ++rows < kRows;
  });
  EXPECT_EQ(rows, kRows);
}

std::string refusal(const std::filesystem::path& file) {
  try {
    const Archive archive({file, {}, {}});
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST(ArchiveState, EachFlippedBitIsNoticedAndARepairLosesNothing) {
  const test::TempFolder source;
  fill(source / "tracks.db");
  sql(source / "tracks.db", "VACUUM");
  const std::size_t step = test::repeats(5, 1);  // 5: each place within octets comes up
  int noticed = 0, harmless = 0;
  for (const std::string table : {"archive_state", "archive_seal"}) {
    const auto place = place_of(source / "tracks.db", table);
    ASSERT_LT(place.end - place.begin, 200u);
    for (std::size_t bit = 8 * place.begin; bit < 8 * place.end; bit += step) {
      SCOPED_TRACE(table + " bit " + std::to_string(bit - 8 * place.begin));
      const test::TempFolder folder;
      const auto file = folder / "tracks.db";
      copy_archive(source.path(), folder.path());
      flip(file, bit / 8, unsigned(bit % 8));
      if (picture::check_archive(file, {})->sound()) {
        ++harmless;  // the row's number, or octets that SQLite passes over
        expect_as_filled(file);
        continue;
      }
      ++noticed;
      if (noticed % 8 != 0) continue;
      // Ours, or SQLite's own when it cannot read the row at all.
      EXPECT_NE(refusal(file).find("backup"), std::string::npos) << refusal(file);
      ASSERT_TRUE(picture::repair_archive(file, {}).has_value());
      EXPECT_TRUE(picture::check_archive(file, {})->sound());
      expect_as_filled(file);
    }
  }
  std::cout << noticed << " noticed, " << harmless << " changed nothing\n";
  EXPECT_GT(noticed, 10 * harmless);
}

TEST(ArchiveState, EachValueIsGuarded) {
  for (const char* column : {"applied_offset", "positions", "first_ms", "last_ms", "generation",
                             "thinned_ms", "days_counted"}) {
    const test::TempFolder folder;
    const auto file = folder / "tracks.db";
    fill(file);
    sql(file, std::string("UPDATE archive_state SET ") + column + " = " + column + " + 1");
    const auto report = picture::check_archive(file, {}).value();
    ASSERT_FALSE(report.sound()) << column;
    EXPECT_NE(report.problems.front().find("archive_state and archive_seal differ"),
              std::string::npos)
        << report.problems.front();
    EXPECT_NE(refusal(file).find("jinglue archive repair"), std::string::npos) << refusal(file);
  }
}

TEST(ArchiveState, AStateThatIsLostIsNoticed) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  fill(file);
  sql(file, "DELETE FROM archive_state");
  EXPECT_NE(refusal(file).find("archive_state has no row"), std::string::npos);
  ASSERT_TRUE(picture::repair_archive(file, {}).has_value());
  expect_as_filled(file);
}

TEST(ArchiveState, AFileOfAnOlderProgramIsReadAndSealedWhenItIsOpened) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  fill(file);
  sql(file, "DROP TABLE archive_seal; DELETE FROM schema_migration WHERE version >= 6");
  EXPECT_TRUE(picture::check_archive(file, {})->sound());
  expect_as_filled(file);
  EXPECT_EQ(number(file, "SELECT count(*) FROM archive_seal"), 1);
  sql(file, "DROP TABLE archive_seal");
  EXPECT_FALSE(picture::check_archive(file, {})->sound()) << "a file of this program has one";
  ASSERT_TRUE(picture::repair_archive(file, {}).has_value());
  expect_as_filled(file);
}
