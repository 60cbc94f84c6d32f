// SPDX-License-Identifier: Apache-2.0
// Old positions go or are thinned by policy; what is younger stays to the row, and indexes, counts
// and rasters stay true.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/archive_check.hpp"
#include "picture/archive/raster.hpp"
#include "support/cold_archive.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;
using picture::Retention;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kWarn), true);

constexpr base::Instant kStart{1'704'067'200'000};  // 2024-01-01T00:00Z
constexpr base::Duration kDay{86'400'000};

/// Six vessels at 10 minutes for 120 days, each on its own small circle.
std::vector<Fix> season() {
  std::vector<Fix> rows;
  std::mt19937 random(5);
  for (int step = 0; step < 120 * 144; ++step) {
    for (std::uint64_t vessel = 0; vessel < 6; ++vessel) {
      Fix fix;
      fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, 412000001 + vessel), 0};
      fix.arrival = kStart + base::Duration(std::int64_t{step} * 600'000 + std::int64_t(vessel));
      fix.time = fix.arrival - base::Duration(random() % 20 == 0 ? random() % 3'600'000 : 0);
      fix.position = {222'000'000 + std::int32_t(vessel) * 70'000 + std::int32_t(random() % 3000),
                      732'000'000 + std::int32_t(random() % 3000)};
      fix.offset = rows.size() + 1;
      rows.push_back(fix);
    }
  }
  return rows;
}

void append(Archive& archive, const std::vector<Fix>& rows) {
  for (const auto& row : rows) {
    archive.append(row);
    if (row.offset % 20'000 == 0) archive.advance(row.offset, true);
  }
  archive.advance(rows.back().offset, true);
  ASSERT_TRUE(archive.wait_applied(rows.back().offset, base::Duration(60'000)));
}

/// Rows removed.
std::uint64_t retain(const std::filesystem::path& file, const Retention& policy,
                     base::Instant now) {
  namespace detail = picture::detail;
  std::atomic<std::uint64_t> damaged{0};
  store::Database database({.path = file});
  detail::ReceptionStore receptions(file.parent_path() / "receptions.db", {});
  detail::RetentionPass pass(now, policy, damaged);
  std::uint64_t removed = 0;
  for (bool more = true; more; removed += pass.removed()) {
    more = database.write([&](store::Db& db) {
      detail::Receptions said;
      const bool left = receptions.read([&](store::Db& r) { return pass.step(db, r, said); });
      receptions.put(said);
      return left;
    });
  }
  EXPECT_EQ(damaged, 0u);
  return removed;
}

std::vector<Fix> track_of(const Archive& archive, model::TrackId track) {
  std::vector<Fix> out;
  archive.track(track, base::kDistantPast, base::kDistantFuture, [&](const Fix& fix) {
    out.push_back(fix);
    return true;
  });
  return out;
}

Fix said(Fix row) {
  row.arrival = row.time;
  row.offset = 0;
  return row;
}

std::map<model::TrackId, std::vector<Fix>> by_track(const std::vector<Fix>& rows) {
  std::map<model::TrackId, std::vector<Fix>> out;
  for (const auto& row : rows) out[row.track].push_back(said(row));
  for (auto& [track, all] : out) {
    std::stable_sort(all.begin(), all.end(),
                     [](const Fix& a, const Fix& b) { return a.time < b.time; });
  }
  return out;
}

std::vector<Fix> from_on(std::vector<Fix> rows, base::Instant t) {
  std::erase_if(rows, [&](const Fix& row) { return row.time < t; });
  return rows;
}

void expect_sound(const std::filesystem::path& file) {
  const auto report = picture::check_archive(file, {}).value();
  EXPECT_TRUE(report.sound()) << report.problems.front();
}

/// The raster that is made with kept counts, and rows counted one by one.
void expect_true_raster(const Archive& archive) {
  const geo::Box box{121, 36, 124, 39};
  const auto raster = picture::raster(archive, box, base::kDistantPast, base::kDistantFuture, 0.01);
  ASSERT_TRUE(raster) << raster.error().text();
  std::uint64_t rows = 0;
  archive.box(box, base::kDistantPast, base::kDistantFuture, SIZE_MAX, [&](const Fix&) {
    ++rows;
    return true;
  });
  EXPECT_EQ(raster->positions, rows);
}

TEST(Retention, OldPositionsGoAndTheOthersStayToTheRow) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto rows = season();
  {
    Archive archive({file, {}, {}});
    append(archive, rows);
  }
  test::make_cold(file);
  const auto now = rows.back().time;
  const auto removed = retain(file, {.keep = 60 * kDay, .thin_after = {}}, now);
  EXPECT_GT(removed, rows.size() * 2 / 5);
  expect_sound(file);
  const Archive archive({file, {}, {}});
  EXPECT_EQ(archive.counts().positions, rows.size() - removed);
  EXPECT_GE(*archive.counts().first, now - 60 * kDay);
  for (const auto& [track, all] : by_track(rows)) {
    const auto left = track_of(archive, track);
    EXPECT_EQ(from_on(left, now - 60 * kDay), from_on(all, now - 60 * kDay));
    // A run that reaches into the time that is kept goes with the next pass.
    EXPECT_GE(left.front().time, now - 63 * kDay);
  }
  expect_true_raster(archive);
  EXPECT_EQ(retain(file, {.keep = 60 * kDay, .thin_after = {}}, now), 0u) << "once is enough";
}

TEST(Retention, ThinningKeepsTheFirstOfEachSlotAndAllYoungerRows) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto rows = season();
  {
    Archive archive({file, {}, {}});
    append(archive, rows);
  }
  test::make_cold(file);
  const auto now = rows.back().time;
  const Retention policy{.keep = {}, .thin_after = 40 * kDay, .thin_to = base::Duration(3'600'000)};
  const auto removed = retain(file, policy, now);
  expect_sound(file);
  const Archive archive({file, {}, {}});
  EXPECT_EQ(archive.counts().positions, rows.size() - removed);
  const auto old = now - 43 * kDay;  // whole runs only
  const auto slot = [](const Fix& row) { return row.time.ms / 3'600'000; };
  for (const auto& [track, all] : by_track(rows)) {
    const auto left = track_of(archive, track);
    EXPECT_EQ(from_on(left, now - 40 * kDay), from_on(all, now - 40 * kDay));
    std::set<std::int64_t> slots_before, slots_after;
    std::size_t old_rows = 0;
    for (const auto& row : all) {
      if (row.time < old) slots_before.insert(slot(row));
    }
    for (const auto& row : left) {
      EXPECT_TRUE(std::binary_search(all.begin(), all.end(), row,
                                     [](const Fix& a, const Fix& b) { return a.time < b.time; }));
      if (row.time >= old) continue;
      slots_after.insert(slot(row));
      ++old_rows;
    }
    EXPECT_EQ(slots_after, slots_before);
    EXPECT_LE(old_rows, slots_before.size() + 40) << "a slot may be cut by the end of a pool";
  }
  expect_true_raster(archive);
  EXPECT_EQ(retain(file, policy, now), 0u) << "what is thinned is not read again";
}

TEST(Retention, TheStationDoesItByItself) {
  const test::TempFolder folder;
  const auto file = folder / "tracks.db";
  const auto rows = season();
  Archive archive({file, {}, {.keep = 60 * kDay, .thin_after = {}}});
  append(archive, rows);
  const auto most = rows.size() * 3 / 5;
  for (int i = 0; i < 600 && archive.counts().positions > most; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_LE(archive.counts().positions, most);
  Fix next = rows.back();
  next.offset += 1;
  next.time = next.time + base::Duration(1000);
  archive.append(next);
  archive.advance(next.offset, true);
  ASSERT_TRUE(archive.wait_applied(next.offset, base::Duration(60'000)));
  const auto counts = archive.counts();
  expect_sound(file);
  EXPECT_EQ(picture::check_archive(file, {}).value().positions, counts.positions);
  expect_true_raster(archive);
}

TEST(Retention, ARowFromTheFutureMakesNothingOld) {
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}, {.keep = 60 * kDay, .thin_after = {}}});
  auto rows = season();
  const auto shift = base::wall_now() - rows.back().time - kDay;  // up to yesterday
  for (auto& row : rows) {
    row.time = row.time + shift;
    row.arrival = row.arrival + shift;
  }
  std::erase_if(rows, [&](const Fix& row) { return row.time < rows.back().time - 20 * kDay; });
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].offset = i + 1;
  Fix wrong = rows.back();
  wrong.offset += 1;
  wrong.time = wrong.time + 4000 * kDay;
  rows.push_back(wrong);
  append(archive, rows);
  std::this_thread::sleep_for(std::chrono::seconds(2));  // as long as the passes of the others take
  EXPECT_EQ(archive.counts().positions, rows.size());
  EXPECT_EQ(picture::check_archive(folder / "tracks.db", {}).value().positions, rows.size());
}

}  // namespace
