// SPDX-License-Identifier: Apache-2.0
// Rows for the tests of archive blocks: what no receiver would ever give, and what all of them do.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "model/fix.hpp"
#include "store/block/block_columns.hpp"

namespace jinglue::test {

inline model::TrackId block_track(std::uint64_t number = 412345678) {
  return {model::TerminalId::make(model::TerminalKind::kMmsi, number), 3};
}

/// Small, large and extreme values alike.
inline std::int64_t any_number(std::int64_t low, std::int64_t high) {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return low;
    case 1:
      return high;
    case 2:
      return std::clamp<std::int64_t>(*rc::gen::inRange(-3, 4), low, high);
    default:
      return *rc::gen::inRange(low, high);
  }
}

template <class T>
std::optional<T> maybe_number(std::int64_t high) {
  if (*rc::gen::inRange(0, 3) == 0) return std::nullopt;
  return static_cast<T>(any_number(0, high));
}

/// Jumps over the globe, times anywhere within the longest span, values at both ends or absent.
inline std::vector<model::Fix> adversarial_rows(std::size_t count) {
  std::vector<model::Fix> rows(count);
  const auto start = any_number(-(std::int64_t{1} << 60), std::int64_t{1} << 60);
  const bool steady = *rc::gen::inRange(0, 2) == 0;
  for (auto& row : rows) {
    row.track = block_track();
    row.time = {start + any_number(0, store::kBlockSpan.count())};
    row.arrival = {any_number(-(std::int64_t{1} << 60), std::int64_t{1} << 60)};
    row.offset = static_cast<std::uint64_t>(any_number(0, INT64_MAX));
    row.position.lat = static_cast<std::int32_t>(any_number(INT32_MIN, INT32_MAX));
    row.position.lon = static_cast<std::int32_t>(any_number(INT32_MIN, INT32_MAX));
    row.sog_ckn = maybe_number<std::uint16_t>(UINT16_MAX);
    row.cog_cdeg = maybe_number<std::uint16_t>(steady ? 35'999 : UINT16_MAX);
    row.heading_deg = maybe_number<std::uint16_t>(steady ? 359 : UINT16_MAX);
    row.nav_status = maybe_number<std::uint8_t>(UINT8_MAX);
    row.source = static_cast<model::FixSource>(any_number(0, UINT8_MAX));
    row.quality = static_cast<model::TimeQuality>(*rc::gen::inRange(0, 3));
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  return rows;
}

struct Voyage {
  double lat_deg{37.2};
  double lon_deg{122.5};
  double course_deg{45};
  double speed_kn{10};
  std::int64_t step_ms{10'000};
  std::int32_t resolution{10};  ///< of places, in 1e-5 minute
  std::uint64_t track{412345678};
};

/// A vessel under way, a report every step, the reported speed and course a little unsteady.
inline std::vector<model::Fix> under_way(std::size_t count, std::uint32_t seed,
                                         const Voyage& voyage = {}) {
  std::mt19937 random(seed);
  std::vector<model::Fix> rows(count);
  double lat = voyage.lat_deg * geo::Position::kUnitsPerDegree;
  double lon = voyage.lon_deg * geo::Position::kUnitsPerDegree;
  const double way = voyage.speed_kn * 1e5 / 3'600'000 * double(voyage.step_ms);
  const auto rounded = [&](double units) {
    return static_cast<std::int32_t>(std::lround(units / voyage.resolution)) * voyage.resolution;
  };
  for (std::size_t i = 0; i < count; ++i) {
    auto& row = rows[i];
    row.track = block_track(voyage.track);
    row.time = {1'714'536'000'000 + std::int64_t(i) * voyage.step_ms};
    row.arrival = row.time + base::Duration(random() % 1000);
    row.quality = model::TimeQuality::kDerived;
    row.offset = 1000 + i * 500 + random() % 50;
    lat += way * std::cos(voyage.course_deg * M_PI / 180);
    lon += way * std::sin(voyage.course_deg * M_PI / 180) / std::cos(voyage.lat_deg * M_PI / 180);
    row.position = {rounded(lat + double(random() % 20)), rounded(lon + double(random() % 20))};
    row.sog_ckn = static_cast<std::uint16_t>(voyage.speed_kn * 100 + double(random() % 2) * 10);
    const auto cog = std::lround(voyage.course_deg * 10) + int(random() % 5) + 3598;
    row.cog_cdeg = static_cast<std::uint16_t>(cog % 3600 * 10);
    row.heading_deg = static_cast<std::uint16_t>(voyage.course_deg);
    row.nav_status = 0;
  }
  return rows;
}

/// As a block gives them back: without reception.
inline std::vector<model::Fix> without_reception(std::vector<model::Fix> rows) {
  for (auto& row : rows) {
    row.arrival = row.time;
    row.offset = 0;
  }
  return rows;
}

inline std::vector<model::Fix> rows_of(const store::BlockColumns& columns) {
  std::vector<model::Fix> out;
  for (std::size_t i = 0; i < columns.rows; ++i) out.push_back(columns.fix_at(i));
  return out;
}

/// With a check sum that fits the (changed) bytes.
inline std::string resealed(std::string bytes) {
  const auto sum = base::crc32c(std::string_view(bytes).substr(0, bytes.size() - 4));
  std::memcpy(bytes.data() + bytes.size() - 4, &sum, 4);
  return bytes;
}

/// Some octets behind the version changed and perhaps the end cut off, with a right check sum.
inline std::string mutilated(std::string bytes) {
  for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(1, bytes.size() - 4);
    bytes[at] = static_cast<char>(*rc::gen::inRange(0, 256));
  }
  if (*rc::gen::inRange(0, 4) == 0) bytes.resize(*rc::gen::inRange<std::size_t>(6, bytes.size()));
  return resealed(std::move(bytes));
}

}  // namespace jinglue::test
