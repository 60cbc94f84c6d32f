// SPDX-License-Identifier: Apache-2.0
// Types 6, 8, 25, 26 (binary data) and 12, 14 (texts).
#include <algorithm>

#include "observe/ais/field_values.hpp"
#include "observe/ais/message_reader.hpp"

namespace jinglue::observe::ais {
namespace {

constexpr std::size_t kStateBits = 20;  ///< selector flag and communication state of type 26

void read_identifier(const BitReader& bits, std::size_t from, BinaryMessage& m) {
  m.dac = static_cast<std::uint16_t>(bits.get(from, 10));
  m.fi = static_cast<std::uint8_t>(bits.get(from + 10, 6));
}

void read_data(const BitReader& bits, std::size_t from, std::size_t end, BinaryMessage& m) {
  if (end > from) bits.copy(from, end - from, m.data);
}

void read_addressed(const BitReader& bits, BinaryMessage& m) {
  m.sequence = static_cast<std::uint8_t>(bits.get(38, 2));
  m.destination = static_cast<std::uint32_t>(bits.get(40, 30));
  m.retransmitted = bits.flag(70);
  read_identifier(bits, 72, m);
  read_data(bits, 88, bits.bits(), m);
}

/// Types 25 and 26: where the data begin depends on the two flags; type 26 ends with the
/// communication state.
void read_unconfirmed(const BitReader& bits, BinaryMessage& m) {
  std::size_t at = 40;
  if (bits.flag(38) && bits.holds(at, 30)) {
    m.destination = static_cast<std::uint32_t>(bits.get(at, 30));
    at += 30;
  }
  std::size_t end = bits.bits();
  if (m.type == 26 && end >= at + kStateBits) {
    end -= kStateBits;
    m.communication = static_cast<std::uint32_t>(bits.get(end, kStateBits));
  }
  if (bits.flag(39) && at + 16 <= end) {
    read_identifier(bits, at, m);
    at += 16;
  }
  read_data(bits, at, end, m);
}

void read_safety_text(const BitReader& bits, SafetyText& m) {
  std::size_t at = 40;
  if (m.type == 12) {
    m.sequence = static_cast<std::uint8_t>(bits.get(38, 2));
    m.destination = static_cast<std::uint32_t>(bits.get(40, 30));
    m.retransmitted = bits.flag(70);
    at = 72;
  }
  read_text(bits, at, SafetyText::kMost, m.text);
}

}  // namespace

Cause read_binary(const BitReader& bits, unsigned type, std::optional<Message>& out) {
  const auto repeat = static_cast<std::uint8_t>(bits.get(6, 2));
  const auto mmsi = static_cast<std::uint32_t>(bits.get(8, 30));
  if (type == 12 || type == 14) {
    auto& m = become<SafetyText>(out);
    m.type = static_cast<std::uint8_t>(type);
    m.repeat = repeat;
    m.mmsi = mmsi;
    read_safety_text(bits, m);
    return Cause::kNone;
  }
  auto& m = become<BinaryMessage>(out);
  m.type = static_cast<std::uint8_t>(type);
  m.repeat = repeat;
  m.mmsi = mmsi;
  if (type == 6) {
    read_addressed(bits, m);
  } else if (type == 8) {
    read_identifier(bits, 40, m);
    read_data(bits, 56, bits.bits(), m);
  } else {
    read_unconfirmed(bits, m);
  }
  return Cause::kNone;
}

}  // namespace jinglue::observe::ais
