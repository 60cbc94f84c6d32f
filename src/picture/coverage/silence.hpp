// SPDX-License-Identifier: Apache-2.0
// Silence: how long all stations that cover a place were silent together. Times are arrivals.
#pragma once

#include <string>
#include <vector>

#include "base/instant.hpp"

namespace jinglue::picture {

struct Silence {
  base::Duration together{0};
  base::Instant from, to;  ///< begin of the first, end of the last of these times
  std::vector<std::string> stations;
};

}  // namespace jinglue::picture
