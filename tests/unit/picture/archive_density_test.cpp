// SPDX-License-Identifier: Apache-2.0
// Rasters from the kept counts of days: equal to counting every row, whatever the period and the
// cells, with late rows, in every tier, after a restart, and when counts are damaged or absent.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/archive_check.hpp"
#include "picture/archive/density_table.hpp"
#include "picture/archive/raster.hpp"
#include "store/database.hpp"
#include "support/cold_archive.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;
using picture::detail::TileCount;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kError), true);

constexpr std::int64_t kDay_ms = 86'400'000;
constexpr base::Instant kStart{19'844 * kDay_ms};  // 2024-05-01T00:00Z
constexpr std::int32_t kCell = 60'000;

/// Vessels that drift about where four tiles and the quarters of the globe meet, some rows a day
/// late.
std::vector<Fix> drifting(std::size_t count, std::uint32_t seed, std::int64_t step_ms) {
  std::mt19937 random(seed);
  constexpr std::uint64_t kVessels = 6;
  std::vector<geo::Position> at(kVessels, {-20'000, 30'000});
  std::vector<Fix> rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto& place = at[i % kVessels];
    place.lat += static_cast<std::int32_t>(random() % 20'001) - 10'000;
    place.lon += static_cast<std::int32_t>(random() % 20'001) - 10'000;
    auto& fix = rows[i];
    fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000000 + i % kVessels), 0};
    fix.offset = i + 1;
    fix.arrival = kStart + base::Duration(std::int64_t(i / kVessels) * step_ms);
    fix.time = fix.arrival;
    if (random() % 20 == 0) fix.time = fix.time - base::Duration(random() % kDay_ms);
    fix.position = place;
  }
  return rows;
}

void append(Archive& archive, const std::vector<Fix>& rows, std::size_t each) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    archive.append(rows[i]);
    archive.advance(rows[i].offset, (i + 1) % each == 0);
  }
  archive.advance(rows.back().offset, true);
  ASSERT_TRUE(archive.wait_applied(rows.back().offset, base::Duration(60'000)));
}

struct Question {
  geo::Box box{-1.5, -1, 1.25, 1.5};
  base::Instant from, to;
  double cell_deg{0.01};
};

Question any_question() {
  Question q;
  const auto whole = *rc::gen::inRange(0, 2) == 0;
  q.cell_deg = *rc::gen::element(0.01, 0.02, 0.05, 0.25, 0.015, 0.1);
  if (!whole) q.box.west_deg += *rc::gen::element(0.005, 0.01, 0.75);
  const auto first = *rc::gen::inRange(-2, 4);
  const auto days = *rc::gen::inRange(0, 5);
  const auto off = [] { return *rc::gen::element<std::int64_t>(0, 0, 1, 3'000, 30'000'000, -1); };
  q.from = kStart + base::Duration(first * kDay_ms + off());
  q.to = kStart + base::Duration((first + days) * kDay_ms + off());
  if (*rc::gen::inRange(0, 8) == 0) q.from = base::kDistantPast;
  if (*rc::gen::inRange(0, 8) == 0) q.to = base::kDistantFuture;
  return q;
}

void expect_as_counted(const Archive& archive, const std::vector<Fix>& rows, const Question& q) {
  const auto made = picture::raster(archive, q.box, q.from, q.to, q.cell_deg);
  ASSERT_TRUE(made) << made.error().text();
  std::vector<std::uint32_t> expected(made->counts.size(), 0);
  std::uint64_t sum = 0;
  for (const auto& row : rows) {
    if (row.time < q.from || row.time >= q.to) continue;
    const auto y = std::int64_t{row.position.lat} - made->corner.lat;
    const auto x = std::int64_t{row.position.lon} - made->corner.lon;
    if (x < 0 || y < 0 || x / made->cell >= std::int64_t(made->width) ||
        y / made->cell >= std::int64_t(made->height)) {
      continue;
    }
    ++expected[std::size_t(y / made->cell) * made->width + std::size_t(x / made->cell)];
    ++sum;
  }
  EXPECT_EQ(made->counts, expected);
  EXPECT_EQ(made->positions, sum);
  auto plain = *made;
  plain.counts.assign(plain.counts.size(), 0);
  plain.positions = 0;
  picture::count_rows(archive, plain, q.from, q.to, {}, {});
  EXPECT_EQ(plain.counts, expected);
  EXPECT_EQ(plain.positions, sum);
}

std::int64_t number(const std::filesystem::path& file, const std::string& sql) {
  const store::Database database({.path = file});
  return database.read([&](store::Db& db) {
    auto query = db.prepare(sql);
    return query.step() ? query.integer(0) : -1;
  });
}

void change(const std::filesystem::path& file, const std::string& sql) {
  store::Database database({.path = file});
  database.write([&](store::Db& db) { db.exec(sql); });
}

const Question kWhole{.from = kStart, .to = kStart + base::Duration(kDay_ms)};

void expect_sound(const std::filesystem::path& file) {
  const auto report = picture::check_archive(file, {});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->sound()) << report->problems.front();
}

}  // namespace

RC_GTEST_PROP(ArchiveDensity, ATileGivesBackItsCountsAndNothingElse, ()) {
  std::map<std::uint32_t, std::uint64_t> some;
  const auto size = *rc::gen::inRange(0, 60);
  for (int i = 0; i < size; ++i) {
    const auto cell = *rc::gen::inRange<std::uint32_t>(0, 10'000);
    some[cell] = *rc::gen::element<std::uint64_t>(1, 5, 127, 128, UINT32_MAX, INT64_MAX);
  }
  std::vector<TileCount> counts;
  for (const auto& [cell, count] : some) counts.push_back({cell, count});
  const auto bytes = picture::detail::encode_tile(counts);
  const auto again = picture::detail::decode_tile(bytes);
  RC_ASSERT(again.has_value());
  RC_ASSERT(*again == counts);
  auto damaged = bytes;
  const auto bit = *rc::gen::inRange<std::size_t>(0, bytes.size() * 8);
  damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
  RC_ASSERT(!picture::detail::decode_tile(damaged).has_value());
}

RC_GTEST_PROP(ArchiveDensity, ARasterOfAnyPeriodCountsEachRowOnce, ()) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto seed = *rc::gen::arbitrary<std::uint32_t>();
  // From reports every 10 s, of which days are kept, to every 20 minutes, of which none is.
  const auto step_ms = *rc::gen::element<std::int64_t>(10'000, 60'000, 1'200'000);
  const auto rows = drifting(*rc::gen::element<std::size_t>(900, 9'000, 20'000), seed, step_ms);
  {
    Archive archive({file, {}});
    append(archive, rows, *rc::gen::element<std::size_t>(700, 5'000, 50'000));
    for (int i = 0; i < 3; ++i) expect_as_counted(archive, rows, any_question());
    RC_ASSERT(test::make_cold(file) == 0u);
    expect_as_counted(archive, rows, any_question());
  }
  expect_sound(file);
  const Archive again({file, {}});
  for (int i = 0; i < 3; ++i) expect_as_counted(again, rows, any_question());
  RC_ASSERT(!testing::Test::HasFailure());
}

TEST(ArchiveDensity, TheExampleOfTheDocumentIsWhatIsWritten) {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/docs/format/archive.md");
  std::ostringstream text;
  text << in.rdbuf();
  const auto document = text.str();
  const auto begin = document.find("```hex-tile\n");
  ASSERT_NE(begin, std::string::npos);
  std::string stated;
  for (std::size_t i = begin + 12; document.compare(i, 3, "```") != 0; ++i) {
    if (document[i] == '#') i = document.find('\n', i);
    if (std::isxdigit(static_cast<unsigned char>(document[i])) != 0) stated += document[i];
  }
  const std::vector<TileCount> counts{{100, 5}, {105, 300}};
  EXPECT_EQ(base::to_hex(picture::detail::encode_tile(counts)), stated);
}

TEST(ArchiveDensity, ADayOfDenseTrafficIsKept) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto rows = drifting(20'000, 1, 10'000);
  Archive archive({file, {}});
  append(archive, rows, 3'000);
  EXPECT_GT(number(file, "SELECT sum(positions) FROM archive_day WHERE kept = 1"), 15'000);
  EXPECT_GT(number(file, "SELECT count(*) FROM archive_density"), 3);
  expect_as_counted(archive, rows, kWhole);
}

TEST(ArchiveDensity, DaysOfScatteredReportsAreNot) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  auto rows = drifting(9'000, 1, 1'200'000);
  for (auto& row : rows) row.position.lon += static_cast<std::int32_t>(row.offset) * kCell;
  Archive archive({file, {}});
  append(archive, rows, 3'000);
  EXPECT_GT(number(file, "SELECT count(*) FROM archive_day WHERE kept = 0"), 5);
  expect_as_counted(archive, rows, kWhole);
}

TEST(ArchiveDensity, AFileWithoutCountsIsCountedWhenItIsOpened) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto rows = drifting(20'000, 2, 10'000);
  {
    Archive archive({file, {}});
    append(archive, rows, 3'000);
  }
  const auto sum = number(file, "SELECT sum(positions) FROM archive_day");
  change(file,
         "DROP TABLE archive_seal; DELETE FROM schema_migration WHERE version = 6;"
         "UPDATE archive_state SET days_counted = 0; DELETE FROM archive_day;"
         "UPDATE archive_density SET bytes = x'00'");
  const Archive archive({file, {}});
  EXPECT_EQ(number(file, "SELECT sum(positions) FROM archive_day"), sum);
  expect_as_counted(archive, rows, kWhole);
  expect_sound(file);
}

TEST(ArchiveDensity, DamagedCountsAreNamedAndNotUsed) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto rows = drifting(20'000, 3, 10'000);
  Archive archive({file, {}});
  append(archive, {rows.begin(), rows.begin() + 15'000}, 3'000);
  change(file, "UPDATE archive_density SET bytes = substr(bytes, 1, length(bytes) - 1) || x'55'");
  expect_as_counted(archive, {rows.begin(), rows.begin() + 15'000}, kWhole);
  const auto report = picture::check_archive(file, {});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->sound());
  append(archive, rows, 3'000);  // a day of damaged counts is given up
  EXPECT_GT(number(file, "SELECT count(*) FROM archive_day WHERE kept = 0"), 0);
  expect_as_counted(archive, rows, kWhole);
}
