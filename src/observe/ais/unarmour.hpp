// SPDX-License-Identifier: Apache-2.0
// Unarmour: six-bit characters to octets (IEC 61162-1, 8.2.3), sixteen at a time where the
// processor has SSSE3, which is asked once at run time; one by one elsewhere. Both give the same
// octets, which a test compares.
#pragma once

#include <cstddef>
#include <cstdint>

namespace jinglue::observe::ais {

/// Writes 6 * size / 8 octets, rounded up, and up to two more. False when a character is outside
/// the alphabet.
using Unarmour = bool (*)(const std::uint8_t* in, std::size_t size, std::uint8_t* out);

bool unarmour_portable(const std::uint8_t* in, std::size_t size, std::uint8_t* out);
/// The fastest one that this processor runs.
Unarmour best_unarmour();

}  // namespace jinglue::observe::ais
