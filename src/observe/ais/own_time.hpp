// SPDX-License-Identifier: Apache-2.0
// What a message says of its sender's own clock: the UTC second of a position (ITU-R M.1371-5, time
// stamp; 60 to 63 are absent), and the whole UTC time of a base station.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "base/instant.hpp"
#include "observe/ais/message.hpp"

namespace jinglue::observe::ais {

inline std::optional<base::Instant> own_utc(const Message& message) {
  const auto* station = std::get_if<BaseStationReport>(&message);
  return station != nullptr ? station->utc : std::nullopt;
}

inline std::optional<std::uint8_t> own_second(const Message& message) {
  if (const auto* report = std::get_if<PositionReport>(&message)) return report->utc_second;
  if (const auto utc = own_utc(message)) {
    return static_cast<std::uint8_t>((utc->ms / 1000 % 60 + 60) % 60);
  }
  return std::visit(
      [](const auto& m) -> std::optional<std::uint8_t> {
        if constexpr (requires { m.utc_second; }) return m.utc_second;
        return std::nullopt;
      },
      message);
}

}  // namespace jinglue::observe::ais
