// SPDX-License-Identifier: Apache-2.0
// Message: what an AIS message says, in the exact integers of ITU-R M.1371-5 annex 8; a value that
// is "not available" in the message is absent here. Units: position 1/10000 minute, speed 0.1 kn,
// course 0.1 degree, heading degrees; types 17, 22, 23, 27: position 1/10 minute; type 27: speed
// kn, course degrees. Flat values without memory of their own. What a type does not have keeps its
// default. Every field with its raw integer, spare bits too, is in fields.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <variant>

#include "base/instant.hpp"
#include "model/fix.hpp"
#include "observe/ais/fixed.hpp"

namespace jinglue::observe::ais {

/// How a station says that it is in time with the others (annex 2, 3.3.7.2 and 3.3.7.3): 19 bits,
/// in types 9, 18 and 26 with the selector flag before them. Absent when the message ends before.
using CommunicationState = std::optional<std::uint32_t>;

/// Types 18 and 19: what a class B unit can do (1 bit each, table 70), in the order sent: carrier
/// sense unit, display, DSC, whole band, message 22; type 19 has none.
struct ClassBFlags {
  bool carrier_sense{true};
  bool display{false};
  bool dsc{true};
  bool whole_band{true};
  bool message_22{true};
  friend bool operator==(const ClassBFlags&, const ClassBFlags&) = default;
};

/// Types 1, 2, 3 (class A), 18, 19 (class B), 9 (aircraft), 27 (long range).
struct PositionReport {
  std::uint8_t type{1};
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::optional<std::uint8_t> nav_status{};   ///< 15 = undefined is kept as a value
  std::optional<std::int8_t> rate_of_turn{};  ///< the coded value, -127..127
  std::optional<std::uint16_t> sog{};         ///< type 9: kn
  std::optional<std::int32_t> lat{}, lon{};
  std::optional<std::uint16_t> cog{};
  std::optional<std::uint16_t> heading{};
  std::optional<std::uint8_t> utc_second{};   ///< 0..59
  std::optional<std::uint8_t> time_stamp{};   ///< 61 manual, 62 estimated, 63 inoperative
  std::optional<std::uint16_t> altitude_m{};  ///< type 9; 4094 = that or higher
  bool accurate{false};                       ///< position accuracy flag: better than 10 m
  bool raim{false};
  std::uint8_t manoeuvre{0};      ///< class A: 1 not engaged in, 2 engaged in a special one
  std::uint8_t regional{0};       ///< 8 bits that regions may use (types 18, 19)
  bool assigned{false};           ///< types 9, 18, 19: in assigned mode
  bool terminal_not_ready{true};  ///< types 9, 19: data terminal equipment
  bool barometric{false};         ///< type 9: altitude sensor
  bool latency{false};            ///< type 27: position older than 5 s
  ClassBFlags class_b{};          ///< type 18
  CommunicationState communication{};
  // Type 19 carries the static part too.
  FixedText<20> name{};
  std::optional<std::uint8_t> ship_type{};
  std::optional<model::Dimensions> dimensions{};
  std::optional<std::uint8_t> epfd{};  ///< kind of position fixing device, 1..15
  friend bool operator==(const PositionReport&, const PositionReport&) = default;
};

/// Types 4 (base station) and 11 (answer of a mobile station to type 10).
struct BaseStationReport {
  std::uint8_t type{4};
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::optional<base::Instant> utc{};
  std::optional<std::int32_t> lat{}, lon{};
  bool accurate{false};
  std::optional<std::uint8_t> epfd{};
  bool relays_long_range{false};  ///< transmission control for type 27
  bool raim{false};
  CommunicationState communication{};
  friend bool operator==(const BaseStationReport&, const BaseStationReport&) = default;
};

/// Types 5 and 24 (part A or B: only the fields of that part are set).
struct StaticData {
  std::uint8_t type{5};
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::optional<std::uint8_t> part{};  ///< type 24: 0 = A, 1 = B
  std::uint8_t version{2};             ///< type 5: edition of M.1371 the station obeys
  std::optional<std::uint32_t> imo{};
  std::optional<FixedText<7>> call_sign{};
  std::optional<FixedText<20>> name{};
  std::optional<std::uint8_t> ship_type{};
  std::optional<model::Dimensions> dimensions{};
  std::optional<std::uint8_t> epfd{};
  std::optional<std::uint32_t> eta{};        ///< raw 20 bits: month, day, hour, minute
  std::optional<std::uint8_t> draught_dm{};  ///< 0.1 m
  std::optional<FixedText<20>> destination{};
  bool terminal_not_ready{true};
  std::optional<FixedText<3>> vendor{};
  std::uint8_t unit_model{0};
  std::uint32_t unit_serial{0};
  std::optional<std::uint32_t> mothership_mmsi{};
  friend bool operator==(const StaticData&, const StaticData&) = default;
};

/// Type 21.
struct AtonReport {
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::uint8_t aton_type{0};
  FixedText<34> name{};
  std::optional<std::int32_t> lat{}, lon{};
  std::optional<model::Dimensions> dimensions{};
  std::optional<std::uint8_t> epfd{};
  std::optional<std::uint8_t> utc_second{};
  std::uint8_t status{0};  ///< of the aid: racon, light, health (IALA A-126)
  bool accurate{false};
  bool off_position{false};
  bool raim{false};
  bool is_virtual{false};
  bool assigned{false};
  friend bool operator==(const AtonReport&, const AtonReport&) = default;
};

/// Types 6 (addressed), 8 (broadcast), 25 (one slot), 26 (several slots). Without an identifier
/// (types 25 and 26 may send bare bits) dac and fi are absent and all bits are data.
struct BinaryMessage {
  static constexpr std::size_t kMostBits = 1024;
  std::uint8_t type{8};
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::optional<std::uint32_t> destination{};
  std::uint8_t sequence{0};   ///< type 6
  bool retransmitted{false};  ///< type 6
  std::optional<std::uint16_t> dac{};
  std::optional<std::uint8_t> fi{};
  FixedBits<kMostBits> data{};
  CommunicationState communication{};  ///< type 26: 20 bits
  friend bool operator==(const BinaryMessage&, const BinaryMessage&) = default;
};

/// Types 12 (addressed) and 14 (broadcast).
struct SafetyText {
  static constexpr std::size_t kMost = 161;
  std::uint8_t type{14};
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::optional<std::uint32_t> destination{};
  std::uint8_t sequence{0};
  bool retransmitted{false};
  FixedText<kMost> text{};
  friend bool operator==(const SafetyText&, const SafetyText&) = default;
};

/// Types 7 (of 6) and 13 (of 12): who got what.
struct Acknowledgement {
  struct One {
    std::uint32_t mmsi{0};
    std::uint8_t sequence{0};
    friend bool operator==(const One&, const One&) = default;
  };
  std::uint8_t type{7};
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::uint8_t count{0};
  std::array<One, 4> of{};
  friend bool operator==(const Acknowledgement&, const Acknowledgement&) = default;
};

/// Type 10.
struct UtcInquiry {
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::uint32_t destination{0};
  friend bool operator==(const UtcInquiry&, const UtcInquiry&) = default;
};

/// Type 15: up to two messages of one station and one of another are asked for.
struct Interrogation {
  struct One {
    std::uint32_t mmsi{0};
    std::uint8_t type{0};
    std::uint16_t slot_offset{0};
    friend bool operator==(const One&, const One&) = default;
  };
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::uint8_t count{0};
  std::array<One, 3> of{};
  friend bool operator==(const Interrogation&, const Interrogation&) = default;
};

/// Type 16.
struct Assignment {
  struct One {
    std::uint32_t mmsi{0};
    std::uint16_t offset{0};
    std::uint16_t increment{0};
    friend bool operator==(const One&, const One&) = default;
  };
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::uint8_t count{0};
  std::array<One, 2> of{};
  friend bool operator==(const Assignment&, const Assignment&) = default;
};

/// Type 17: corrections for satellite navigation, as ITU-R M.823 has them.
struct DgnssBroadcast {
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::optional<std::int32_t> lat{}, lon{};
  FixedBits<768> data{};
  friend bool operator==(const DgnssBroadcast&, const DgnssBroadcast&) = default;
};

/// Type 20: slots that base stations keep for themselves.
struct SlotReservation {
  struct One {
    std::uint16_t offset{0};
    std::uint8_t slots{0};
    std::uint8_t timeout_min{0};
    std::uint16_t increment{0};
    friend bool operator==(const One&, const One&) = default;
  };
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::uint8_t count{0};
  std::array<One, 4> of{};
  friend bool operator==(const SlotReservation&, const SlotReservation&) = default;
};

/// North-east and south-west corner, 1/10 minute.
struct CoarseArea {
  std::optional<std::int32_t> ne_lon{}, ne_lat{}, sw_lon{}, sw_lat{};
  friend bool operator==(const CoarseArea&, const CoarseArea&) = default;
};

/// Type 22: to the ships of an area, or to one or two ships.
struct ChannelManagement {
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  std::uint16_t channel_a{0}, channel_b{0};
  std::uint8_t tx_rx_mode{0};
  bool low_power{false};
  bool addressed{false};
  bool reserved_a{false}, reserved_b{false};  ///< bandwidth bits of M.1371-1
  std::uint8_t zone_size{0};
  CoarseArea area{};
  std::array<std::uint32_t, 2> to{};
  friend bool operator==(const ChannelManagement&, const ChannelManagement&) = default;
};

/// Type 23.
struct GroupAssignment {
  std::uint8_t repeat{0};
  std::uint32_t mmsi{0};
  CoarseArea area{};
  std::uint8_t station_type{0};
  std::uint8_t ship_type{0};
  std::uint8_t tx_rx_mode{0};
  std::uint8_t interval{0};
  std::uint8_t quiet_min{0};
  friend bool operator==(const GroupAssignment&, const GroupAssignment&) = default;
};

using Message =
    std::variant<PositionReport, BaseStationReport, StaticData, AtonReport, BinaryMessage,
                 SafetyText, Acknowledgement, UtcInquiry, Interrogation, Assignment, DgnssBroadcast,
                 SlotReservation, ChannelManagement, GroupAssignment>;

/// The message's number in the standard, 1 to 27.
std::uint8_t type_of(const Message& message);
std::uint32_t mmsi_of_any(const Message& message);
/// Of its sender. Nearly all messages are positions: they are asked first.
inline std::uint32_t mmsi_of(const Message& message) {
  const auto* report = std::get_if<PositionReport>(&message);
  return report != nullptr ? report->mmsi : mmsi_of_any(message);
}

}  // namespace jinglue::observe::ais
