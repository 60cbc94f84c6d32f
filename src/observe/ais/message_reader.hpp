// SPDX-License-Identifier: Apache-2.0
// Message reader: the bits of one complete message to a Message (ITU-R M.1371-5 annex 8, tables 48
// to 101). Values that mean "not available" or that the standard forbids come out absent; a message
// that is longer than the standard says is read as far as the standard goes, one that ends early as
// far as it goes, from least_bits() on.
#pragma once

#include "observe/ais/armour.hpp"
#include "observe/ais/decoder.hpp"
#include "observe/ais/message.hpp"

namespace jinglue::observe::ais {

constexpr std::size_t kHeadBits = 38;  ///< type, repeat indicator, MMSI
constexpr unsigned kLastType = 27;

/// kNone and a message, or kTooShort, kTypeUnknown, kValue and none. `lenient`: no kValue.
Cause read_message(const BitReader& bits, bool lenient, std::optional<Message>& out);
inline Cause read_message(const BitReader& bits, std::optional<Message>& out) {
  return read_message(bits, false, out);
}

/// Below so many bits a message of the type is refused: nothing of what it is for is left, or, for
/// position reports, it was cut on its way.
std::size_t least_bits(unsigned type);

/// Whether the length is one that the standard gives to the type. Stations that pad to whole slots
/// exist; a length that is no whole number of octets says that the end is missing.
bool is_standard_length(unsigned type, std::size_t bits);

// By kind; the type has been checked, and that the least bits are there.
Cause read_static(const BitReader& bits, unsigned type, bool lenient, std::optional<Message>& out);
Cause read_binary(const BitReader& bits, unsigned type, std::optional<Message>& out);
Cause read_control(const BitReader& bits, unsigned type, std::optional<Message>& out);

/// Makes `out` an M in its place, without another message before it.
template <class M>
M& become(std::optional<Message>& out) {
  return *std::get_if<M>(&out.emplace(std::in_place_type<M>));
}

}  // namespace jinglue::observe::ais
