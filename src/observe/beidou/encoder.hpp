// SPDX-License-Identifier: Apache-2.0
// Encoder: BeiDou sentences, for exercise traffic, converted tables and tests (TXR, TCI, WAA as a
// receiver would give them) and for messages to boats (TXA). No line ends, no tag blocks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "geo/point.hpp"

namespace jinglue::observe::beidou {

/// "0242286": seven digits, or all that there are.
std::string card_text(std::uint64_t card);

/// "$BDTXR,1,0242286,2,,A4...*hh": an ordinary mixed message with these octets behind the A4.
std::string txr(std::uint64_t card, std::string_view octets);
/// "$BDTCI,0242286,0242287,2,012345,3,0,A4...*hh".
std::string tci(std::uint64_t card, std::uint64_t receiver, base::Instant time,
                std::string_view octets);
/// "$BDWAA,0,,0242286,012345.00,3730.12340,N,12207.56780,E,0,M*hh".
std::string waa(std::uint64_t card, base::Instant time, geo::Position position);
/// "$CCTXA,0242286,1,2,A4...*hh": ordinary, mixed.
std::string txa(std::uint64_t receiver, std::string_view octets);

}  // namespace jinglue::observe::beidou
