// SPDX-License-Identifier: Apache-2.0
// Raster, meetings and crossings against plain counting, from memory, blocks and pools alike.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "base/log.hpp"
#include "geo/geodesic.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/line_crossings.hpp"
#include "picture/archive/near.hpp"
#include "picture/archive/piece.hpp"
#include "picture/archive/raster.hpp"
#include "store/database.hpp"
#include "support/cold_archive.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kWarn), true);

constexpr base::Instant kStart{1'714'536'000'000};
constexpr base::Duration kHour{3'600'000};

model::TrackId vessel(std::uint64_t number) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, 412000000 + number), 0};
}

/// A vessel on a straight course, a report every 30 s.
void sail(std::vector<Fix>& rows, std::uint64_t number, geo::LatLon from, double course_deg,
          double speed_kn, base::Duration begin, base::Duration end) {
  for (auto t = begin; t < end; t += base::Duration(30'000)) {
    const double hours = double((t - begin).count()) / 3'600'000;
    Fix fix;
    fix.track = vessel(number);
    fix.time = fix.arrival = kStart + t;
    fix.position = geo::to_position(
        geo::destination(from, course_deg, speed_kn * hours * geo::kMetresPerNauticalMile));
    fix.sog_ckn = static_cast<std::uint16_t>(speed_kn * 100);
    fix.cog_cdeg = static_cast<std::uint16_t>(course_deg * 100);
    rows.push_back(fix);
  }
}

void fill(Archive& archive, std::vector<Fix>& rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Fix& a, const Fix& b) { return a.time < b.time; });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].offset = i + 1;
    archive.append(rows[i]);
  }
}

void commit(Archive& archive, const std::vector<Fix>& rows) {
  archive.advance(rows.back().offset, true);
  ASSERT_TRUE(archive.wait_applied(rows.back().offset, base::Duration(60'000)));
}

/// Asks while rows are in memory, in blocks and in pools; the answers are checked by `check`.
void in_every_tier(std::vector<Fix> rows, const std::function<void(const Archive&)>& check) {
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  fill(archive, rows);
  check(archive);
  commit(archive, rows);
  check(archive);
  EXPECT_EQ(test::make_cold(folder / "tracks.db"), 0u);
  check(archive);
}

std::vector<picture::Meeting> meetings(const Archive& archive, const picture::NearQuestion& q) {
  std::vector<picture::Meeting> out;
  EXPECT_TRUE(picture::near(archive, q, [&](const picture::Meeting& m) {
    out.push_back(m);
    return true;
  }));
  return out;
}

std::vector<picture::Crossing> crossed(const Archive& archive, std::vector<geo::LatLon> line) {
  std::vector<picture::Crossing> out;
  EXPECT_TRUE(picture::crossings(archive, {std::move(line), kStart, kStart + 48 * kHour},
                                 [&](const picture::Crossing& c) {
                                   out.push_back(c);
                                   return true;
                                 }));
  return out;
}

std::vector<Fix> some_traffic() {
  std::vector<Fix> rows;
  std::mt19937 random(3);
  for (std::uint64_t i = 0; i < 30; ++i) {
    sail(rows, i, {36.5 + double(random() % 100) / 100, 122 + double(random() % 100) / 100},
         double(random() % 360), double(random() % 12), base::Duration(0), 6 * kHour);
  }
  return rows;
}

}  // namespace

TEST(ArchiveQuestions, TheRasterCountsEachPositionInItsCell) {
  const auto rows = some_traffic();
  const geo::Box box{122.1, 36.6, 122.83, 37.3};
  const auto from = kStart + kHour;
  const auto to = kStart + 5 * kHour;
  std::map<std::pair<std::int64_t, std::int64_t>, std::uint32_t> expected;
  for (const auto& row : rows) {
    if (row.time < from || row.time >= to) continue;
    const auto x = std::int64_t{row.position.lon} - 732'600'000;
    const auto y = std::int64_t{row.position.lat} - 219'600'000;
    if (x >= 0 && y >= 0 && x / 300'000 < 15 && y / 300'000 < 14)
      ++expected[{x / 300'000, y / 300'000}];
  }
  in_every_tier(rows, [&](const Archive& archive) {
    const auto made = picture::raster(archive, box, from, to, 0.05);
    ASSERT_TRUE(made) << made.error().text();
    ASSERT_EQ(made->width, 15u);
    ASSERT_EQ(made->height, 14u);
    std::uint64_t sum = 0;
    for (std::size_t y = 0; y < made->height; ++y) {
      for (std::size_t x = 0; x < made->width; ++x) {
        EXPECT_EQ(made->at(x, y), (expected[{std::int64_t(x), std::int64_t(y)}])) << x << ' ' << y;
        sum += made->at(x, y);
      }
    }
    EXPECT_GT(sum, 1000u);
    EXPECT_EQ(made->positions, sum);
    const auto ended =
        picture::raster(archive, {-180, -90, 180, 90}, from, to, 0.5, [] { return false; });
    ASSERT_TRUE(ended);
    EXPECT_TRUE(ended->whole || ended->positions < rows.size());
  });
}

TEST(ArchiveQuestions, ARasterWithoutCellsIsRefused) {
  const test::TempFolder folder;
  const Archive archive({folder / "tracks.db", {}});
  for (const double cell : {0.0, -1.0, 1e-9, 0.00001, 1e300}) {
    EXPECT_FALSE(picture::raster(archive, {-180, -90, 180, 90}, kStart, kStart, cell)) << cell;
  }
  EXPECT_FALSE(picture::raster(archive, {10, 10, 5, 5}, kStart, kStart, 1));
}

TEST(ArchiveQuestions, AMeetingIsFoundWithItsTimesAndNothingElseIs) {
  std::vector<Fix> rows;
  // 1 and 2 sail side by side 300 m apart for three hours; 3 follows 2 km behind; 4 crosses them.
  sail(rows, 1, {37.0, 122.5}, 90, 6, 1 * kHour, 4 * kHour);
  sail(rows, 2, geo::destination({37.0, 122.5}, 180, 300), 90, 6, 1 * kHour, 4 * kHour);
  sail(rows, 3, geo::destination({37.0, 122.5}, 270, 2000), 90, 6, 1 * kHour, 4 * kHour);
  sail(rows, 4, {36.9, 122.6}, 0, 10, 1 * kHour, 4 * kHour);
  // 5 and 6 lie at one quay all day.
  sail(rows, 5, {37.4, 122.4}, 0, 0, 0 * kHour, 6 * kHour);
  sail(rows, 6, {37.4005, 122.4}, 0, 0, 0 * kHour, 6 * kHour);
  in_every_tier(rows, [](const Archive& archive) {
    picture::NearQuestion q;
    q.from = kStart;
    q.to = kStart + 6 * kHour;
    const auto found = meetings(archive, q);
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].a, vessel(1));
    EXPECT_EQ(found[0].b, vessel(2));
    EXPECT_EQ(found[0].from, kStart + kHour);
    EXPECT_EQ(found[0].to, kStart + 4 * kHour);
    EXPECT_NEAR(found[0].closest_m, 300, 15);
    EXPECT_NEAR(found[0].place.lat_deg, 37, 0.01);
    q.least_way_m = 0;
    EXPECT_EQ(meetings(archive, q).size(), 2u) << "the quay, when asked for";
    q.least = 4 * kHour;
    q.least_way_m = 1000;
    EXPECT_TRUE(meetings(archive, q).empty()) << "three hours are less than four";
  });
}

RC_GTEST_PROP(ArchiveQuestions, NearFindsThePairsThatComparingAllPlacesFinds, ()) {
  std::vector<Fix> rows;
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  const double lat = *rc::gen::element(0.0, 37.0, -60.0, 84.0);
  constexpr std::uint64_t kVessels = 40;
  for (std::uint64_t i = 0; i < kVessels; ++i) {  // one report each, in one step
    Fix fix;
    fix.track = vessel(i);
    fix.time = fix.arrival = kStart + base::Duration(30'000);
    fix.position = geo::to_position(
        {lat + double(random() % 1000) / 40'000, 122 + double(random() % 1000) / 20'000});
    rows.push_back(fix);
  }
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  fill(archive, rows);
  picture::NearQuestion q;
  q.from = kStart;
  q.to = kStart + base::Duration(60'000);
  q.least = base::Duration(60'000);
  q.least_way_m = 0;
  q.distance_m = *rc::gen::element(50.0, 400.0, 3000.0);
  std::size_t least = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = i + 1; j < rows.size(); ++j) {
      const double m = geo::distance_m(rows[i].position.degrees(), rows[j].position.degrees());
      least += m <= q.distance_m - 3 ? 1 : 0;  // places are good to a metre
      most += m <= q.distance_m + 3 ? 1 : 0;
    }
  }
  const auto found = meetings(archive, q).size();
  RC_ASSERT(found >= least);
  RC_ASSERT(found <= most);
}

TEST(ArchiveQuestions, CrossingsTellTimePlaceAndDirection) {
  std::vector<Fix> rows;
  sail(rows, 1, {37.0, 122.0}, 90, 12, base::Duration(0), 4 * kHour);   // eastwards over 122.5
  sail(rows, 2, {37.2, 123.0}, 270, 12, base::Duration(0), 4 * kHour);  // westwards
  sail(rows, 3, {37.1, 122.0}, 0, 12, base::Duration(0), 4 * kHour);    // beside it
  sail(rows, 4, {38.5, 122.0}, 90, 12, base::Duration(0), 4 * kHour);   // beyond its end
  in_every_tier(rows, [](const Archive& archive) {
    const auto found = crossed(archive, {{36.5, 122.5}, {37.9, 122.5}});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].track, vessel(1));
    EXPECT_TRUE(found[0].to_right) << "the line runs north, the right side is the east";
    EXPECT_NEAR(found[0].place.lat_deg, 37.0, 0.01);
    EXPECT_NEAR(found[0].place.lon_deg, 122.5, 1e-6);
    const double hours = double((found[0].time - kStart).count()) / 3'600'000;
    EXPECT_NEAR(hours, 0.5 * 60 * std::cos(37.0 * 0.0174533) / 12, 0.02);
    EXPECT_EQ(found[1].track, vessel(2));
    EXPECT_FALSE(found[1].to_right);
    EXPECT_EQ(crossed(archive, {{36.5, 122.5}, {37.1, 122.5}, {37.9, 122.6}}).size(), 2u);
  });
}

TEST(ArchiveQuestions, ASilenceIsNoCrossing) {
  std::vector<Fix> rows;
  sail(rows, 1, {37.0, 122.0}, 90, 12, base::Duration(0), 4 * kHour);
  std::erase_if(rows, [](const Fix& fix) {
    const double lon = fix.position.degrees().lon_deg;
    return lon > 122.4 && lon < 122.6;
  });
  in_every_tier(rows, [](const Archive& archive) {
    EXPECT_TRUE(crossed(archive, {{36.5, 122.5}, {37.9, 122.5}}).empty());
  });
}

TEST(ArchiveQuestions, ABoxHoldsThePositionsOnItsEdgesAndNoneBeyond) {
  std::mt19937 random(11);
  std::vector<geo::Position> corners;
  std::vector<Fix> rows;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const auto some = [&](std::int64_t most) {
      return static_cast<std::int32_t>(std::int64_t(random()) % (2 * most) - most);
    };
    corners.push_back({some(500'000'000), some(1'000'000'000)});
    std::int64_t second = 0;
    for (const auto& [lat, lon] : {std::pair{0, 0}, {7, 9}, {-1, 0}, {0, -1}, {8, 9}, {7, 10}}) {
      Fix fix;
      fix.track = vessel(i);
      fix.time = fix.arrival = kStart + base::Duration(1000 * second++);
      fix.position = {corners.back().lat + lat, corners.back().lon + lon};
      rows.push_back(fix);
    }
  }
  in_every_tier(rows, [&](const Archive& archive) {
    for (const auto& corner : corners) {
      const auto low = corner.degrees();
      const auto high = geo::Position{corner.lat + 7, corner.lon + 9}.degrees();
      const geo::Box box{low.lon_deg, low.lat_deg, high.lon_deg, high.lat_deg};
      std::size_t inside = 0;
      archive.box(box, kStart, kStart + kHour, SIZE_MAX, [&](const Fix&) { return ++inside > 0; });
      EXPECT_EQ(inside, 2u) << corner.lat << ' ' << corner.lon;
    }
  });
}

TEST(ArchiveQuestions, ScanGivesEachRowOfThePeriodOnce) {
  const auto rows = some_traffic();
  const auto from = kStart + kHour;
  const auto to = kStart + 3 * kHour;
  const auto expected = std::count_if(
      rows.begin(), rows.end(), [&](const Fix& fix) { return fix.time >= from && fix.time < to; });
  in_every_tier(rows, [&](const Archive& archive) {
    std::int64_t count = 0;
    std::set<model::TrackId> seen;
    model::TrackId last{};
    archive.scan({-180, -90, 180, 90}, from, to, [&](const picture::Piece& piece) {
      if (piece.track() != last) {
        EXPECT_TRUE(seen.insert(piece.track()).second) << "in one go";
      }
      last = piece.track();
      count += std::int64_t(piece.end - piece.begin);
      for (auto i = piece.begin; i < piece.end; ++i) {
        EXPECT_GE(piece.columns.time_at(i), from);
        EXPECT_LT(piece.columns.time_at(i), to);
      }
      return true;
    });
    EXPECT_EQ(count, expected);
  });
}
