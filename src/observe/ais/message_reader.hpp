// SPDX-License-Identifier: Apache-2.0
// Message reader: the bits of one complete message to a Message (ITU-R M.1371-5 annex 8, tables 48
// to 101). Values that mean "not available" or that the standard forbids come out absent; a message
// that is longer than the standard says is read as far as the standard goes.
#pragma once

#include "observe/ais/armour.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/message.hpp"

namespace jinglue::observe::ais {

/// kNone and a message, or kTooShort, kTypeUnknown, kTypeUnused, kValue and none.
Cause read_message(const BitReader& bits, std::optional<Message>& out);

}  // namespace jinglue::observe::ais
