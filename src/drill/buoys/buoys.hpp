// SPDX-License-Identifier: Apache-2.0
// Buoys: the invented observations of an exercise: wave buoys and water quality stations that send
// payloads as data/sensors/weihai.toml reads them, at their intervals. The weather is one
// smooth function of time over the whole sea, each station a little different; a buoy may break
// loose and drift with the wind and current. Same scenario and seed, same bytes; reads no clock.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "drill/script/scenario.hpp"
#include "geo/point.hpp"

namespace jinglue::drill {

struct Observation {
  base::Instant time;  ///< when it is sent; the payload says the same, to the second
  std::string topic;
  std::string payload;
};

class Buoys {
 public:
  Buoys(std::vector<script::Buoy> buoys, base::Instant begin, std::uint64_t seed);
  /// Those with time < to that were not given yet, in time order.
  void until(base::Instant to, std::vector<Observation>& out);

 private:
  struct Next {
    script::Buoy buoy;
    base::Instant due;
    std::uint64_t seed{0};
  };
  std::string payload(const Next& one) const;

  std::vector<Next> m_buoys;
  std::uint64_t m_seed;
};

/// Where a buoy is: at its mooring in its swing, or adrift.
geo::LatLon place_of(const script::Buoy& buoy, std::uint64_t seed, base::Instant at);

}  // namespace jinglue::drill
