// SPDX-License-Identifier: Apache-2.0
// Whom a message names beside its sender (ITU-R M.1371-5 annex 8): whom it is for (types 6, 10, 12,
// 25, 26), acknowledges (7, 13), asks (15), assigns (16) or moves to other channels (22), and the
// mother ship of a craft (24). Nobody hides behind a base station that answers it.
#pragma once

#include <cstdint>
#include <vector>

#include "observe/ais/message.hpp"

namespace jinglue::observe::ais {

/// Numbers other than zero and the sender's, in the order of the message; empty for most.
std::vector<std::uint32_t> addressees_of(const Message& message);

}  // namespace jinglue::observe::ais
