// SPDX-License-Identifier: Apache-2.0
// Subscription: what a client of the stream wants, read from its JSON message
// (docs/format/stream.md, "Client to server").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "geo/point.hpp"
#include "model/vessel.hpp"

namespace jinglue::serve {

enum class Topic : std::uint8_t {
  kVessels = 1,
  kFindings = 2,
  kCounters = 4,
  kRecords = 8,
  kClock = 16
};

struct Subscription {
  std::uint8_t topics{0};
  std::optional<geo::Box> box;
  std::uint32_t kinds{0};  ///< bit per model::VesselKind; 0 = all
  std::optional<bool> at_berth;
  std::optional<base::Duration> max_age;
  std::optional<std::uint64_t> since;  ///< none: no history is wanted

  bool wants(Topic topic) const { return (topics & static_cast<std::uint8_t>(topic)) != 0; }
  bool takes_kind(model::VesselKind kind) const {
    return kinds == 0 || (kinds & (1u << static_cast<unsigned>(kind))) != 0;
  }
};
struct Pong {
  std::uint64_t sequence{0};
};
using ClientMessage = std::variant<Subscription, Pong>;

base::Result<ClientMessage> parse_client_message(std::string_view text);

}  // namespace jinglue::serve
