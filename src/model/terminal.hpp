// SPDX-License-Identifier: Apache-2.0
// TerminalId: what transmits. TrackId: one continuous physical track of it; two hulls on one MMSI
// are two segments, never merged. Everything in the picture and the archive is keyed by TrackId.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace jinglue::model {

enum class TerminalKind : std::uint8_t { kNone = 0, kMmsi = 1, kBeidou = 2, kNaf = 3, kRadar = 4 };

/// Kind in the top 8 bits, number in the lower 56.
struct TerminalId {
  std::uint64_t value{0};

  static constexpr TerminalId make(TerminalKind kind, std::uint64_t number) {
    return {(std::uint64_t(kind) << 56) | (number & ((std::uint64_t{1} << 56) - 1))};
  }
  constexpr TerminalKind kind() const { return static_cast<TerminalKind>(value >> 56); }
  constexpr std::uint64_t number() const { return value & ((std::uint64_t{1} << 56) - 1); }
  friend constexpr auto operator<=>(TerminalId, TerminalId) = default;
};

/// "mmsi:412345678", "beidou:123456", "naf:BZZZ9" (its number is a packed call sign,
/// model/call_sign.hpp). MMSIs are written with nine digits.
std::string to_text(TerminalId id);
base::Result<TerminalId> parse_terminal(std::string_view text);

struct TrackId {
  TerminalId terminal;
  std::uint16_t segment{0};
  friend constexpr auto operator<=>(TrackId, TrackId) = default;
};

/// "mmsi:412345678" for segment 0, "mmsi:412345678/1" for others.
std::string to_text(TrackId id);
base::Result<TrackId> parse_track(std::string_view text);

}  // namespace jinglue::model

template <>
struct std::hash<jinglue::model::TrackId> {
  std::size_t operator()(const jinglue::model::TrackId& id) const noexcept {
    const std::uint64_t mixed =
        (id.terminal.value ^ (std::uint64_t{id.segment} << 40)) * 0x9E3779B97F4A7C15ULL;
    return static_cast<std::size_t>(mixed ^ (mixed >> 32));
  }
};
template <>
struct std::hash<jinglue::model::TerminalId> {
  std::size_t operator()(const jinglue::model::TerminalId& id) const noexcept {
    return std::hash<jinglue::model::TrackId>{}({id, 0});
  }
};
