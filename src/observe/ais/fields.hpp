// SPDX-License-Identifier: Apache-2.0
// Fields of messages: the tables of ITU-R M.1371-5 annex 8 as data, from which JSON, CSV and text
// are written. Names are the standard's parameter names in lower case with underscores; they are
// listed in docs/format/decode.md and do not change.
#pragma once

#include <span>

#include "observe/ais/field.hpp"

namespace jinglue::observe::ais {

/// The table of the message's type and variant, without the three fields that all messages begin
/// with (message_id, repeat_indicator, mmsi). In the order of the standard.
std::span<const Field> fields_of(const BitReader& bits);

/// All tables one after another, for lists of names.
std::span<const std::span<const Field>> all_fields();

/// Where the application data of a binary message lie.
struct ApplicationPlace {
  std::size_t identifier{0};  ///< first bit of DAC and FI; 0 = the message has none
  std::size_t data{0};        ///< first bit of the data, 0 = not a binary message
  std::size_t end{0};
};
ApplicationPlace application_of(const BitReader& bits);

constexpr Field named(std::string_view name) {
  Field out;
  out.set_name(name);
  return out;
}
/// What is found inside a communication state, and at the end of type 26.
inline constexpr Field kSyncState = named("sync_state");
inline constexpr Field kSlotIncrement = named("slot_increment");
inline constexpr Field kNumberOfSlots = named("number_of_slots");
inline constexpr Field kKeepFlag = named("keep_flag");
inline constexpr Field kSlotTimeOut = named("slot_time_out");
inline constexpr Field kSlotOffset = named("slot_offset");
inline constexpr Field kStateUtcHour = named("state_utc_hour");
inline constexpr Field kStateUtcMinute = named("state_utc_minute");
inline constexpr Field kSlotNumber = named("slot_number");
inline constexpr Field kReceivedStations = named("received_stations");
inline constexpr Field kSelectorFlag = named("communication_state_selector_flag");
inline constexpr Field kCommunicationState = named("communication_state");

/// The parts of a communication state, called as sink(field, number).
template <class Sink>
void read_communication_state(FieldKind kind, std::uint32_t state, const Sink& sink) {
  const auto part = [&](unsigned from, unsigned count) {
    return static_cast<std::int64_t>((state >> (19 - from - count)) & ((1U << count) - 1));
  };
  sink(kSyncState, part(0, 2));
  if (kind == FieldKind::kItdma) {
    sink(kSlotIncrement, part(2, 13));
    sink(kNumberOfSlots, part(15, 3));
    sink(kKeepFlag, part(18, 1));
    return;
  }
  const std::int64_t timeout = part(2, 3);
  sink(kSlotTimeOut, timeout);
  if (timeout == 0) {
    sink(kSlotOffset, part(5, 14));
  } else if (timeout == 1) {
    sink(kStateUtcHour, part(5, 5));
    sink(kStateUtcMinute, part(10, 7));
  } else if (timeout % 2 == 0) {
    sink(kSlotNumber, part(5, 14));
  } else {
    sink(kReceivedStations, part(5, 14));
  }
}

}  // namespace jinglue::observe::ais
