// SPDX-License-Identifier: Apache-2.0
// RMC and GGA of a receiver on the own hull or mast (IEC 61162-1, NMEA 0183), of any talker: GP GN
// BD GB GL GA. They do not say whose they are: the input's settings name the terminal.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/instant.hpp"
#include "geo/point.hpp"
#include "observe/nmea/sentence.hpp"

namespace jinglue::observe::gnss {

enum class Cause : std::uint8_t {
  kNone = 0,
  kForm,   ///< fields are missing or cannot be
  kNoFix,  ///< the receiver says that it has no position
  kCount,
};
std::string_view to_key(Cause cause);

struct Position {
  base::Instant time;
  bool whole_time{false};  ///< RMC states the date; GGA's day is the one nearest to `now`
  geo::Position at;
  std::optional<std::uint16_t> sog_ckn, cog_cdeg;
};

inline constexpr std::string_view kFormatters[] = {"RMC", "GGA"};

Cause read_sentence(const nmea::Sentence& sentence, base::Instant now, Position& out);

}  // namespace jinglue::observe::gnss
