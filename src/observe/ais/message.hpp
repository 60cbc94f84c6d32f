// SPDX-License-Identifier: Apache-2.0
// Message: what an AIS message says, in the exact integers of ITU-R M.1371-5 annex 8; a value that
// is "not available" in the message is absent here. Units: position 1/10000 minute, speed 0.1 kn,
// course 0.1 degree, heading degrees; type 27: position 1/10 minute, speed kn, course degrees.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "model/fix.hpp"

namespace jinglue::observe::ais {

/// Types 1, 2, 3 (class A), 18, 19 (class B), 9 (aircraft), 27 (long range).
struct PositionReport {
  std::uint8_t type{1};
  std::uint32_t mmsi{0};
  std::optional<std::uint8_t> nav_status{};   ///< 15 = undefined is kept as a value
  std::optional<std::int8_t> rate_of_turn{};  ///< the coded value, -127..127
  std::optional<std::uint16_t> sog{};         ///< type 9: kn
  std::optional<std::int32_t> lat{}, lon{};
  std::optional<std::uint16_t> cog{};
  std::optional<std::uint16_t> heading{};
  std::optional<std::uint8_t> utc_second{};   ///< 0..59
  std::optional<std::uint16_t> altitude_m{};  ///< type 9; 4094 = that or higher
  bool accurate{false};                       ///< position accuracy flag: better than 10 m
  bool raim{false};
  // Type 19 carries the static part too.
  std::string name{};
  std::optional<std::uint8_t> ship_type{};
  std::optional<model::Dimensions> dimensions{};
  friend bool operator==(const PositionReport&, const PositionReport&) = default;
};

/// Type 4.
struct BaseStationReport {
  std::uint32_t mmsi{0};
  std::optional<base::Instant> utc{};
  std::optional<std::int32_t> lat{}, lon{};
  friend bool operator==(const BaseStationReport&, const BaseStationReport&) = default;
};

/// Types 5 and 24 (part A or B: only the fields of that part are set).
struct StaticData {
  std::uint8_t type{5};
  std::uint32_t mmsi{0};
  std::optional<std::uint8_t> part{};  ///< type 24: 0 = A, 1 = B
  std::optional<std::uint32_t> imo{};
  std::optional<std::string> call_sign{};
  std::optional<std::string> name{};
  std::optional<std::uint8_t> ship_type{};
  std::optional<model::Dimensions> dimensions{};
  std::optional<std::uint32_t> eta{};        ///< raw 20 bits: month, day, hour, minute
  std::optional<std::uint8_t> draught_dm{};  ///< 0.1 m
  std::optional<std::string> destination{};
  std::optional<std::string> vendor{};
  std::optional<std::uint32_t> mothership_mmsi{};
  friend bool operator==(const StaticData&, const StaticData&) = default;
};

/// Type 21.
struct AtonReport {
  std::uint32_t mmsi{0};
  std::uint8_t aton_type{0};
  std::string name{};
  std::optional<std::int32_t> lat{}, lon{};
  std::optional<model::Dimensions> dimensions{};
  std::optional<std::uint8_t> utc_second{};
  bool off_position{false};
  bool is_virtual{false};
  friend bool operator==(const AtonReport&, const AtonReport&) = default;
};

using Message = std::variant<PositionReport, BaseStationReport, StaticData, AtonReport>;

}  // namespace jinglue::observe::ais
