// SPDX-License-Identifier: Apache-2.0
// Silence: how long all stations that cover a place were silent together; SilentStation: one that
// is silent now. Times are arrivals.
#pragma once

#include <string>
#include <vector>

#include "base/instant.hpp"
#include "geo/point.hpp"

namespace jinglue::picture {

struct Silence {
  base::Duration together{0};
  base::Instant from, to;  ///< begin of the first, end of the last of these times
  std::vector<std::string> stations;
};

/// A station that is silent now, and what that leaves unheard.
struct SilentStation {
  std::string input, name;
  base::Instant since;       ///< arrival of what it brought last
  std::size_t cells{0};      ///< heard by it within 168 hours
  std::size_t elsewhere{0};  ///< of these, heard by another station within the last hour
  geo::LatLon middle;        ///< of these
};

}  // namespace jinglue::picture
