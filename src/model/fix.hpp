// SPDX-License-Identifier: Apache-2.0
// Fix: one position of one track, as received. Integers in the units of the contracts; a value
// that the sender does not have is absent, never a number such as 102.3 kn.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "geo/point.hpp"
#include "model/terminal.hpp"

namespace jinglue::model {

/// Where the event time comes from: stated with the message (tag block, RMC), derived (arrival and
/// the message's own second), or only the arrival.
enum class TimeQuality : std::uint8_t { kStated = 0, kDerived = 1, kArrival = 2 };
std::string_view to_key(TimeQuality quality);

/// Which kind of report gave the fix.
enum class FixSource : std::uint8_t {
  kAisA = 1,          ///< types 1, 2, 3
  kAisB = 2,          ///< types 18, 19
  kAisLongRange = 3,  ///< type 27
  kAisBase = 4,       ///< type 4
  kAisAircraft = 5,   ///< type 9
  kAisAton = 6,       ///< type 21
  kBeidou = 7,        ///< short messages and reports of position of BeiDou
  kGnss = 8,          ///< RMC and GGA of an own receiver
  kNaf = 9,           ///< a message of a vessel monitoring system
};
std::string_view to_key(FixSource source);

struct Fix {
  TrackId track;
  base::Instant time;     ///< event time
  base::Instant arrival;  ///< when it reached us
  TimeQuality quality{TimeQuality::kArrival};
  FixSource source{FixSource::kAisA};
  geo::Position position;
  std::optional<std::uint16_t> sog_ckn;      ///< speed over ground, 0.01 knot
  std::optional<std::uint16_t> cog_cdeg;     ///< course over ground, 0.01 degree true, < 36000
  std::optional<std::uint16_t> heading_deg;  ///< true heading, degrees, < 360
  std::optional<std::uint8_t> nav_status;    ///< ITU-R M.1371 table 45, 0..15
  std::uint64_t offset{0};                   ///< journal offset of the line that completed it

  friend bool operator==(const Fix&, const Fix&) = default;
};

/// Ship dimensions from the reference point, metres (M.1371 figure 41).
struct Dimensions {
  std::uint16_t to_bow_m{0};
  std::uint16_t to_stern_m{0};
  std::uint8_t to_port_m{0};
  std::uint8_t to_starboard_m{0};

  double length_m() const { return double(to_bow_m) + double(to_stern_m); }
  friend bool operator==(const Dimensions&, const Dimensions&) = default;
};

/// What a terminal says of itself (types 5, 19, 21, 24, NAF). Only the fields of that message are
/// set; the picture merges them.
struct StaticReport {
  TrackId track;
  base::Instant time;
  std::optional<std::string> name;
  std::optional<std::string> call_sign;
  std::optional<std::uint32_t> imo;
  std::optional<std::uint8_t> ship_type;  ///< M.1371 table 53
  std::optional<Dimensions> dimensions;
  std::optional<std::uint8_t> draught_dm;  ///< 0.1 m
  std::optional<std::string> destination;
  std::optional<std::uint32_t> eta;  ///< raw 20 bits: month, day, hour, minute
  std::optional<std::uint32_t> mothership_mmsi;
  std::optional<std::uint8_t> aton_type;
  std::optional<std::string> side_number;  ///< 船名号, as painted on the hull (NAF XR)
  std::optional<std::string> flag;         ///< as stated: NAF FS is ISO 3166 alpha-3
  std::uint64_t offset{0};

  friend bool operator==(const StaticReport&, const StaticReport&) = default;
};

}  // namespace jinglue::model
