// SPDX-License-Identifier: Apache-2.0
// History: how the rules read past fixes when a late one makes them repeat.
#pragma once

#include <functional>

#include "base/instant.hpp"
#include "model/fix.hpp"

namespace jinglue::detect {

/// Fixes of a terminal's track in event-time order in [from, to), those just given included.
using History = std::function<void(model::TrackId, base::Instant from, base::Instant to,
                                   const std::function<bool(const model::Fix&)>&)>;

}  // namespace jinglue::detect
