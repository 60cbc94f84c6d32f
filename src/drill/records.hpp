// SPDX-License-Identifier: Apache-2.0
// What the registers know at the begin of an exercise, and what must be found in it.
#pragma once

#include "base/json.hpp"
#include "base/result.hpp"
#include "drill/cast/fleet.hpp"

namespace jinglue::drill {

/// [{register, key, fields, transition?}] in the order of creation; see Player::records.
base::Result<base::Json> make_records(const cast::Fleet& fleet);

/// {find, silent}; see Player::truth. Errors name the scenario's line (no such vessel, a vessel
/// that never does what is expected).
base::Result<base::Json> make_truth(const cast::Fleet& fleet, std::uint64_t seed);

}  // namespace jinglue::drill
