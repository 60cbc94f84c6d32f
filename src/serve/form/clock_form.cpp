// SPDX-License-Identifier: Apache-2.0
#include "serve/form/clock_form.hpp"

#include "picture/archive/archive.hpp"

namespace jinglue::serve {

base::Json clock_json(const Services& services) {
  const Clock clock = services.clock();
  base::Json out = base::Json::object({{"now", base::to_iso(clock.now)},
                                       {"mode", clock.feed ? "feed" : "wall"},
                                       {"drill", clock.drill},
                                       {"speed", clock.speed},
                                       {"paused", clock.paused},
                                       {"ended", clock.scenario_ended}});
  if (clock.last_arrival.ms != 0) out.set("last_arrival", base::to_iso(clock.last_arrival));
  const auto first = services.archive->counts().first;
  if (first) out.set("archive_from", base::to_iso(*first));
  return out;
}

}  // namespace jinglue::serve
