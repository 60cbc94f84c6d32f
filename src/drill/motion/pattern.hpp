// SPDX-License-Identifier: Apache-2.0
// How the trades move on their ground: hauls of a trawl, shooting, soaking and hauling of gillnets,
// drifts of hook-and-line, the round of a farm boat, a patrol, a free drift. Every leg stays inside
// the ground's polygon. Speeds and lengths are habits of the trades, not measurements.
#pragma once

#include <cstdint>
#include <optional>

#include "drill/chance/random.hpp"
#include "drill/motion/track.hpp"
#include "drill/script/scenario.hpp"
#include "drill/sea/sea_map.hpp"

namespace jinglue::drill::motion {

struct Work {
  script::Pattern pattern{script::Pattern::kTrawl};
  const sea::Ground* ground{nullptr};  ///< null: a free drift
  std::optional<script::Range> speed_kn;
  std::int64_t until_ms{0};
  bool silent{false};
};

/// Appends points and spans from the track's last point until work.until_ms.
void do_work(Track& track, const Work& work, chance::Random& random);

}  // namespace jinglue::drill::motion
