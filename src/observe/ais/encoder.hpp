// SPDX-License-Identifier: Apache-2.0
// Encoder: a Message to one or two sentences "!AIVDM,..." with checksums and, when asked, a tag
// block; the inverse of the decoder, for exercise traffic and for tests. ITU-R M.1371-5 annex 8,
// IEC 61162-1. An absent value is written as "not available"; a value beyond what the message can
// hold is our mistake (assert), except speeds, which are capped at the highest code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "observe/ais/armour.hpp"
#include "observe/ais/message.hpp"

namespace jinglue::observe::ais {

/// What surrounds the payload on the line.
struct Envelope {
  std::string talker{"AI"};
  bool own_ship{false};               ///< VDO instead of VDM
  char channel{'A'};                  ///< 'A', 'B'; '\0' leaves the field empty
  std::uint8_t sequence{0};           ///< 0..9, joins the parts of one message; only then written
  std::string source{};               ///< tag block s:, empty = none
  std::optional<base::Instant> at{};  ///< tag block c:
  bool at_in_ms{false};               ///< c: in milliseconds, else whole seconds
  std::optional<std::uint32_t> group{};  ///< tag block g: of messages in several parts
};

/// One line per part, without line ends. At most 60 payload characters per line, so that a bare
/// sentence keeps the 82 characters of IEC 61162-1.
std::vector<std::string> encode(const Message& message, const Envelope& envelope = {});

/// The bits of the message alone.
BitWriter to_bits(const Message& message);

/// Those of the types by which stations run the radio channel (control_encoder.cpp), and the head
/// of every message.
void put_control(BitWriter& bits, const Message& message);
void put_head(BitWriter& bits, unsigned type, std::uint8_t repeat, std::uint32_t mmsi);

/// Lines around a payload that was made elsewhere (tests, other message types).
std::vector<std::string> to_lines(const BitWriter& bits, const Envelope& envelope);

/// "\s:weihai,c:1714536000*hh\"; empty when the envelope names no source, time or group.
/// `part` counts from 1.
std::string tag_block(const Envelope& envelope, std::size_t part, std::size_t parts);

}  // namespace jinglue::observe::ais
