// SPDX-License-Identifier: Apache-2.0
// Questions about areas against testing every row, from memory, blocks and pools alike.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <random>
#include <set>

#include "base/log.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/area_mask.hpp"
#include "picture/archive/polygon.hpp"
#include "support/cold_archive.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kWarn), true);

constexpr base::Instant kStart{1'714'536'000'000};
constexpr std::int64_t kMinute = 60'000;

model::TrackId vessel(std::uint64_t number) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, 412000000 + number), 0};
}

Fix fix_at(std::uint64_t number, std::int64_t ms, double lat, double lon) {
  Fix fix;
  fix.track = vessel(number);
  fix.time = fix.arrival = kStart + base::Duration(ms);
  fix.position = geo::to_position({lat, lon});
  return fix;
}

void fill(Archive& archive, std::vector<Fix> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Fix& a, const Fix& b) { return a.time < b.time; });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].offset = i + 1;
    archive.append(rows[i]);
  }
}

/// A star with a hole, of random size: concave, with slanting edges.
geo::Area star(std::mt19937& random, double lat, double lon, double size) {
  geo::Ring outer, hole;
  constexpr int kPoints = 11;
  for (int i = 0; i <= kPoints; ++i) {
    const double angle = 2 * std::numbers::pi * (i % kPoints) / kPoints;
    const double far = i == kPoints ? 0 : size * (0.4 + double(random() % 60) / 100);
    outer.push_back(i == kPoints
                        ? outer.front()
                        : geo::LatLon{lat + far * std::sin(angle), lon + far * std::cos(angle)});
    hole.push_back({lat + size * 0.1 * std::sin(angle), lon + size * 0.1 * std::cos(angle)});
  }
  auto area = geo::Area::from_polygons({{outer, hole}});
  EXPECT_TRUE(area) << area.error().text();
  return std::move(*area);
}

std::vector<Fix> wandering(std::mt19937& random, double lat, double lon, double size) {
  std::vector<Fix> rows;
  for (std::uint64_t v = 0; v < 20; ++v) {
    double y = lat + size * (double(random() % 200) / 100 - 1);
    double x = lon + size * (double(random() % 200) / 100 - 1);
    for (std::int64_t i = 0; i < 300; ++i) {
      y += size * (double(random() % 100) - 49.5) / 2000;
      x += size * (double(random() % 100) - 49.5) / 2000;
      rows.push_back(fix_at(v, i * kMinute, y, x));
    }
  }
  return rows;
}

}  // namespace

RC_GTEST_PROP(ArchiveAreas, TheMaskAnswersAsTheAreaDoes, ()) {
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  const double size = *rc::gen::element(1e-5, 1e-3, 0.05, 3.0, 30.0);
  const double lat = *rc::gen::element(0.0, 37.2, -55.0);
  const auto area = star(random, lat, 122.3, size);
  const picture::AreaMask mask(area);
  const auto& box = area.box();
  for (int i = 0; i < 4000; ++i) {
    const auto share = [&] { return double(random() % 10'001) / 9'000 - 0.05; };
    const auto p = geo::to_position({box.south_deg + (box.north_deg - box.south_deg) * share(),
                                     box.west_deg + (box.east_deg - box.west_deg) * share()});
    RC_ASSERT(mask.contains(p) == area.contains(p.degrees()));
  }
  for (const auto& ring : area.polygons().front()) {  // corners and the middles of edges
    for (std::size_t i = 1; i < ring.size(); ++i) {
      for (const double s : {0.0, 0.5}) {
        const auto p =
            geo::to_position({ring[i].lat_deg + (ring[i - 1].lat_deg - ring[i].lat_deg) * s,
                              ring[i].lon_deg + (ring[i - 1].lon_deg - ring[i].lon_deg) * s});
        RC_ASSERT(mask.contains(p) == area.contains(p.degrees()));
      }
    }
  }
}

TEST(ArchiveAreas, PositionsCountsAndVisitsAreThoseOfTestingEveryRow) {
  std::mt19937 random(5);
  const auto rows = wandering(random, 37, 122.5, 0.4);
  const auto area = star(random, 37, 122.5, 0.4);
  const auto from = kStart + base::Duration(20 * kMinute);
  const auto to = kStart + base::Duration(250 * kMinute);
  std::map<model::TrackId, std::vector<const Fix*>> inside;
  std::size_t expected = 0;
  for (const auto& row : rows) {
    if (row.time < from || row.time >= to || !area.contains(row.position.degrees())) continue;
    inside[row.track].push_back(&row);
    ++expected;
  }
  ASSERT_GT(expected, 500u);
  const auto check = [&](const Archive& archive) {
    const picture::AreaQuestion question{area, from, to};
    std::size_t given = 0;
    EXPECT_FALSE(picture::polygon(archive, question, SIZE_MAX, [&](const Fix& fix) {
      EXPECT_TRUE(area.contains(fix.position.degrees()));
      ++given;
      return true;
    }));
    EXPECT_EQ(given, expected);
    EXPECT_TRUE(picture::polygon(archive, question, 3, [](const Fix&) { return true; }));
    const auto count = picture::count(archive, question);
    EXPECT_EQ(count.positions, expected);
    EXPECT_EQ(count.tracks, inside.size());
    std::size_t vessels = 0;
    EXPECT_TRUE(picture::visits(archive, question, picture::kLongSilence, [&](const auto& visit) {
      const auto& own = inside.at(visit.track);
      std::int64_t minutes = 0;
      std::uint64_t stays = 1;
      for (std::size_t i = 1; i < own.size(); ++i) {
        const bool next = own[i]->time - own[i - 1]->time == base::Duration(kMinute);
        next ? ++minutes : static_cast<std::int64_t>(++stays);
      }
      EXPECT_EQ(visit.first, own.front()->time);
      EXPECT_EQ(visit.last, own.back()->time);
      EXPECT_EQ(visit.positions, own.size());
      EXPECT_EQ(visit.stays, stays);
      EXPECT_EQ(visit.inside.count(), minutes * kMinute);
      ++vessels;
      return true;
    }));
    EXPECT_EQ(vessels, inside.size());
    picture::AreaQuestion one{area, from, to};
    one.takes = [&](model::TrackId track) { return track == inside.begin()->first; };
    EXPECT_EQ(picture::count(archive, one).positions, inside.begin()->second.size());
  };
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  fill(archive, rows);
  check(archive);
  archive.advance(rows.size(), true);
  ASSERT_TRUE(archive.wait_applied(rows.size(), base::Duration(60'000)));
  check(archive);
  EXPECT_EQ(test::make_cold(folder / "tracks.db"), 0u);
  check(archive);
}

TEST(ArchiveAreas, AnAbsenceAsLongAsABlockIsNoStay) {
  // 400 minutes inside, then a whole block of 256 reports a few seconds apart far away, then back.
  std::vector<Fix> rows;
  for (std::int64_t i = 0; i < 512; ++i) rows.push_back(fix_at(1, i * 2000, 37.0, 122.5));
  for (std::int64_t i = 512; i < 1024; ++i) rows.push_back(fix_at(1, i * 2000, 38.0, 124.5));
  for (std::int64_t i = 1024; i < 1800; ++i) rows.push_back(fix_at(1, i * 2000, 37.0, 122.5));
  const auto area = geo::Area::from_polygons(
      {{{{36.9, 122.4}, {36.9, 122.6}, {37.1, 122.6}, {37.1, 122.4}, {36.9, 122.4}}}});
  ASSERT_TRUE(area);
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  fill(archive, rows);
  archive.advance(rows.size(), true);
  ASSERT_TRUE(archive.wait_applied(rows.size(), base::Duration(60'000)));
  const picture::AreaQuestion question{*area, kStart, kStart + base::Duration(10'000'000)};
  std::size_t found = 0;
  picture::visits(archive, question, picture::kLongSilence, [&](const picture::AreaVisit& visit) {
    ++found;
    EXPECT_EQ(visit.positions, 512u + 776u);
    EXPECT_EQ(visit.stays, 2u);
    EXPECT_EQ(visit.inside.count(), (511 + 775) * 2000);
    return true;
  });
  EXPECT_EQ(found, 1u);
}
