// SPDX-License-Identifier: Apache-2.0
// Rates of a station, measured by its watch once a second from counters that only grow.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "app/station.hpp"

namespace jinglue::app {

struct Station::Rates {
  std::atomic<std::int64_t> lines_per_s{0}, positions_per_s{0}, rejects_per_s{0};
  std::atomic<std::int64_t> inputs_silent{0};
  std::uint64_t lines{0}, positions{0}, rejects{0};
  std::int64_t steady_ms{0};
  std::set<std::string> silent;    // inputs that are raised in Health
  std::set<std::string> stations;  // codes of stations that are
  std::int64_t stations_at_ms{0};  // steady, when they were looked at
};

}  // namespace jinglue::app
