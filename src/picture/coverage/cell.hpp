// SPDX-License-Identifier: Apache-2.0
// CoverageCell: what one station has heard in one cell of 0.05 degree within the last 168 hours of
// the feed's time. That edge is 3 nm of latitude: a station that hears 40 nm has some 700 cells, a
// ship of 12 kn stays in one for a quarter of an hour, so that a lane is whole even with reports
// every ten minutes, and the shadow of a headland is still seen. Times are arrivals.
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "geo/point.hpp"

namespace jinglue::picture {

/// Row and column of a cell, counted from 90 S 180 W.
struct CellPlace {
  static constexpr std::int32_t kUnits = geo::Position::kUnitsPerDegree / 20;  ///< its edge
  static constexpr double kEdge_deg = 0.05;
  static constexpr std::int32_t kRows = 3600, kColumns = 7200;

  std::int32_t row{0}, column{0};

  static constexpr CellPlace of(geo::Position at) {
    const auto place = [](std::int64_t units, std::int32_t most) {
      return static_cast<std::int32_t>(units / kUnits < most ? units / kUnits : most - 1);
    };
    return {place(std::int64_t{at.lat} + 90LL * geo::Position::kUnitsPerDegree, kRows),
            place(std::int64_t{at.lon} + 180LL * geo::Position::kUnitsPerDegree, kColumns)};
  }
  constexpr std::uint32_t key() const {
    return static_cast<std::uint32_t>(row) * kColumns + static_cast<std::uint32_t>(column);
  }
  static constexpr CellPlace of_key(std::uint32_t key) {
    return {static_cast<std::int32_t>(key / kColumns), static_cast<std::int32_t>(key % kColumns)};
  }
  geo::LatLon middle() const {
    return {(row + 0.5) * kEdge_deg - 90, (column + 0.5) * kEdge_deg - 180};
  }
};

class CoverageCell {
 public:
  static constexpr std::int64_t kHour_ms = 3'600'000;
  static constexpr std::int64_t kHours = 168;
  static constexpr std::int64_t kDays = kHours / 24;
  static constexpr std::int16_t kNoSignal = INT16_MIN;

  void take(base::Instant arrival, std::int16_t signal_dbm);
  /// As it stands at `now`: what is older than the window is gone.
  void advance(base::Instant now);

  /// Receptions of this UTC day and the six before.
  std::uint32_t count() const;
  /// Hours of the last 168 in which something was heard.
  int hours() const;
  base::Instant first() const { return m_first; }
  base::Instant last() const { return m_last; }
  /// Since `first`; kNoSignal while no line carried one.
  std::int16_t strongest_dbm() const { return m_strongest; }
  std::int16_t weakest_dbm() const { return m_weakest; }

  void save(base::ByteWriter& out) const;
  static CoverageCell load(base::ByteReader& in);

 private:
  std::int64_t m_hour{INT64_MIN};               ///< the newest of the ring, since 1970
  std::array<std::uint64_t, 3> m_heard{};       ///< a bit per hour, at hour modulo 168
  std::array<std::uint32_t, kDays> m_counts{};  ///< per UTC day, at day modulo 7
  base::Instant m_first, m_last;
  std::int16_t m_strongest{kNoSignal}, m_weakest{kNoSignal};
};

}  // namespace jinglue::picture
