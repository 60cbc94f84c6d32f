// SPDX-License-Identifier: Apache-2.0
// Meetings against the simple way: every place of every track, every pair, every step.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <tuple>

#include "base/log.hpp"
#include "geo/geodesic.hpp"
#include "picture/archive/archive.hpp"
#include "picture/archive/near.hpp"
#include "support/cold_archive.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using model::Fix;
using picture::Archive;
using picture::Meeting;
using picture::NearQuestion;

namespace {

[[maybe_unused]] const bool kQuiet = (base::set_log_level(base::Level::kWarn), true);

constexpr base::Instant kStart{1'714'536'000'000};
constexpr std::int64_t kMinute_ms = 60'000;

struct Place {
  float lat{0}, lon{0};
};
using Places = std::map<std::int64_t, Place>;  ///< by step

std::int64_t step_of(const NearQuestion& q) {
  return std::clamp<std::int64_t>(q.least.count() / 12, kMinute_ms, 10 * kMinute_ms);
}

Place carried_on(const Fix& fix, std::int64_t ms) {
  auto at = fix.position.degrees();
  const double minutes = fix.sog_ckn.value_or(0) / 100.0 * double(ms) / 3'600'000;
  if (fix.sog_ckn && fix.cog_cdeg && minutes != 0) {
    const double course = *fix.cog_cdeg / 100.0 * M_PI / 180;
    const double lat = at.lat_deg;
    at.lat_deg += minutes / 60 * std::cos(course);
    at.lon_deg += minutes / 60 * std::sin(course) / std::cos(lat * M_PI / 180);
    if (at.lon_deg > 180) at.lon_deg -= 360;
    if (at.lon_deg < -180) at.lon_deg += 360;
  }
  return {float(at.lat_deg), float(at.lon_deg)};
}

/// `rows`: of one track in order of time.
Places places_of(const std::vector<Fix>& rows, const NearQuestion& q) {
  const auto step_ms = step_of(q);
  std::map<std::int64_t, std::pair<std::int64_t, Fix>> best;
  geo::Position low{INT32_MAX, INT32_MAX}, high{INT32_MIN, INT32_MIN};
  for (const auto& fix : rows) {
    if (fix.time < q.from || fix.time >= q.to) continue;
    low = {std::min(low.lat, fix.position.lat), std::min(low.lon, fix.position.lon)};
    high = {std::max(high.lat, fix.position.lat), std::max(high.lon, fix.position.lon)};
    const auto step = (fix.time - q.from).count() / step_ms;
    const auto to_middle = (step + 1) * step_ms - step_ms / 2 - (fix.time - q.from).count();
    const auto known = best.find(step);
    if (known != best.end() && std::abs(known->second.first) <= std::abs(to_middle)) continue;
    best[step] = {to_middle, fix};
  }
  Places out;
  if (best.empty() || geo::distance_m(low.degrees(), high.degrees()) < q.least_way_m) return out;
  for (const auto& [step, found] : best) out[step] = carried_on(found.second, found.first);
  return out;
}

void add_chains(model::TrackId a, model::TrackId b, const std::map<std::int64_t, double>& together,
                const Places& of_a, const NearQuestion& q, std::vector<Meeting>& out) {
  for (auto at = together.begin(); at != together.end();) {
    const auto first = at->first;
    auto last = first;
    auto closest = at;
    for (; at != together.end() && at->first <= last + 2; ++at) {
      last = at->first;
      if (at->second < closest->second) closest = at;
    }
    const auto& p = of_a.at(closest->first);
    const Meeting meeting{a,
                          b,
                          q.from + base::Duration(first * step_of(q)),
                          q.from + base::Duration((last + 1) * step_of(q)),
                          closest->second,
                          {double(p.lat), double(p.lon)}};
    if (meeting.to - meeting.from >= q.least) out.push_back(meeting);
  }
}

std::vector<Meeting> expected(const std::vector<Fix>& rows, const NearQuestion& q) {
  std::map<model::TrackId, std::vector<Fix>> by_track;
  for (const auto& fix : rows) by_track[fix.track].push_back(fix);
  std::map<model::TrackId, Places> places;
  for (auto& [track, of_track] : by_track) {
    std::stable_sort(of_track.begin(), of_track.end(),
                     [](const Fix& x, const Fix& y) { return x.time < y.time; });
    places[track] = places_of(of_track, q);
  }
  std::vector<Meeting> out;
  for (auto a = places.begin(); a != places.end(); ++a) {
    for (auto b = std::next(a); b != places.end(); ++b) {
      std::map<std::int64_t, double> together;
      for (const auto& [step, p] : a->second) {
        const auto found = b->second.find(step);
        if (found == b->second.end()) continue;
        const double m = geo::distance_m({double(p.lat), double(p.lon)},
                                         {double(found->second.lat), double(found->second.lon)});
        if (m <= q.distance_m) together[step] = m;
      }
      add_chains(a->first, b->first, together, a->second, q, out);
    }
  }
  std::sort(out.begin(), out.end(), [](const Meeting& x, const Meeting& y) {
    return std::tie(x.to, x.a, x.b, x.from) < std::tie(y.to, y.a, y.b, y.from);
  });
  return out;
}

/// Vessels that wander about one another, some lying still, with silences and reports that come
/// late.
std::vector<Fix> wanderers(std::mt19937& random, int vessels, std::int64_t interval_ms,
                           double west_deg) {
  std::uniform_real_distribution<double> unit(0, 1);
  std::vector<Fix> rows;
  for (int v = 0; v < vessels; ++v) {
    geo::LatLon at{36.5 + unit(random) * 0.05, west_deg + unit(random) * 0.05};
    double course = unit(random) * 360;
    const double speed = v % 4 == 0 ? 0 : unit(random) * 4;
    for (std::int64_t t = 0; t < 9 * 3'600'000; t += interval_ms) {
      if (unit(random) < 0.01) t += std::int64_t(unit(random) * 40) * kMinute_ms;
      course = std::fmod(course + unit(random) * 30 - 15 + 360, 360);
      at = geo::destination(at, course,
                            speed * double(interval_ms) / 3'600'000 * geo::kMetresPerNauticalMile);
      Fix fix;
      fix.track = {
          model::TerminalId::make(model::TerminalKind::kMmsi, 412'000'000 + std::uint64_t(v)), 0};
      fix.time = fix.arrival = kStart + base::Duration(t + std::int64_t(unit(random) * 20) * 1000);
      if (unit(random) < 0.02) fix.arrival = fix.arrival + base::Duration(2 * 3'600'000);
      fix.position = geo::to_position(at);
      if (unit(random) < 0.9) fix.sog_ckn = static_cast<std::uint16_t>(speed * 100);
      if (unit(random) < 0.9) fix.cog_cdeg = static_cast<std::uint16_t>(course * 100) % 36'000;
      rows.push_back(fix);
    }
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Fix& a, const Fix& b) { return a.arrival < b.arrival; });
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].offset = i + 1;
  return rows;
}

void expect_equal(const Archive& archive, const NearQuestion& q,
                  const std::vector<Meeting>& wanted) {
  std::vector<Meeting> found;
  RC_ASSERT(picture::near(archive, q, [&](const Meeting& m) {
              found.push_back(m);
              return true;
            }).has_value());
  RC_ASSERT(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    RC_ASSERT(found[i].a == wanted[i].a);
    RC_ASSERT(found[i].b == wanted[i].b);
    RC_ASSERT(found[i].from == wanted[i].from);
    RC_ASSERT(found[i].to == wanted[i].to);
    RC_ASSERT(std::abs(found[i].closest_m - wanted[i].closest_m) < 1e-6);
    RC_ASSERT(found[i].place.lat_deg == wanted[i].place.lat_deg);
    RC_ASSERT(found[i].place.lon_deg == wanted[i].place.lon_deg);
  }
}

}  // namespace

RC_GTEST_PROP(Near, FindsWhatComparingAllPlacesFinds, ()) {
  std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
  const double west_deg = *rc::gen::element(122.0, 179.975);  // also about the 180th meridian
  const auto rows =
      wanderers(random, 24, *rc::gen::element(30'000, 60'000, 180'000, 600'000), west_deg);
  NearQuestion q;
  q.from = kStart + base::Duration(*rc::gen::inRange<std::int64_t>(-kMinute_ms, 90 * kMinute_ms));
  q.to = q.from + base::Duration(*rc::gen::inRange<std::int64_t>(3 * 3'600'000, 9 * 3'600'000));
  q.least =
      base::Duration(*rc::gen::element<std::int64_t>(1, 2, 5, 17, 60, 120, 121, 300) * kMinute_ms);
  q.distance_m = *rc::gen::element(60.0, 500.0, 1500.0);
  q.least_way_m = *rc::gen::element(0.0, 1000.0, 4000.0);
  const auto wanted = expected(rows, q);
  RC_TAG(wanted.size() > 10 ? "many" : wanted.empty() ? "none" : "some");

  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  const auto half = std::ptrdiff_t(rows.size() / 2);
  for (const auto& row : rows) {
    archive.append(row);
    if (row.offset == std::uint64_t(half)) archive.advance(row.offset, true);
  }
  expect_equal(archive, q, wanted);
  archive.advance(rows.back().offset, true);
  RC_ASSERT(archive.wait_applied(rows.back().offset, base::Duration(60'000)));
  expect_equal(archive, q, wanted);
  RC_ASSERT(test::make_cold(folder / "tracks.db") == 0u);
  expect_equal(archive, q, wanted);
}

TEST(Near, TwoMissingStepsEndAMeetingAndOneDoesNot) {
  std::vector<Fix> rows;
  const auto report = [&](std::uint64_t number, std::int64_t minute) {
    Fix fix;
    fix.track = {model::TerminalId::make(model::TerminalKind::kMmsi, number), 0};
    fix.time = fix.arrival = kStart + base::Duration(minute * kMinute_ms + 30'000);
    fix.position = geo::to_position({37, 122});
    fix.offset = rows.size() + 1;
    rows.push_back(fix);
  };
  for (std::int64_t minute = 0; minute < 30; ++minute) {
    report(412'000'001, minute);
    if (minute % 2 == 0 && minute != 14) report(412'000'002, minute);  // 13, 14, 15 are missing
    if (minute % 2 == 0) report(412'000'003, minute);
  }
  const test::TempFolder folder;
  Archive archive({folder / "tracks.db", {}});
  for (const auto& row : rows) archive.append(row);
  NearQuestion q;
  q.from = kStart;
  q.to = kStart + base::Duration(30 * kMinute_ms);
  q.least = base::Duration(12 * kMinute_ms);
  q.least_way_m = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> minutes;
  ASSERT_TRUE(picture::near(archive, q, [&](const Meeting& m) {
    if (m.a.terminal.number() == 412'000'001) {
      minutes.emplace_back((m.from - kStart).count() / kMinute_ms,
                           (m.to - kStart).count() / kMinute_ms);
    }
    return true;
  }));
  const std::vector<std::pair<std::int64_t, std::int64_t>> wanted{{0, 13}, {16, 29}, {0, 29}};
  EXPECT_EQ(minutes, wanted);
}
