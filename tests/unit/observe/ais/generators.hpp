// SPDX-License-Identifier: Apache-2.0
// RapidCheck generators of messages whose values the standard allows, absent ones included.
#pragma once

#include <rapidcheck.h>

#include "observe/ais/encoder.hpp"
#include "observe/ais/mmsi.hpp"

namespace jinglue::tests {

using namespace jinglue::observe::ais;

template <class T>
rc::Gen<std::optional<T>> maybe(std::int64_t low, std::int64_t high) {
  return rc::gen::apply(
      [](bool present, std::int64_t value) {
        return present ? std::optional<T>(static_cast<T>(value)) : std::nullopt;
      },
      rc::gen::weightedElement<bool>({{4, true}, {1, false}}),
      rc::gen::inRange<std::int64_t>(low, high + 1));
}

/// Text as it comes back: no '@', no trailing space, upper case.
inline rc::Gen<std::string> six_bit_text(std::size_t at_most) {
  return rc::gen::map(
      rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, at_most + 1),
                      [](std::size_t size) {
                        return rc::gen::container<std::string>(
                            size, rc::gen::suchThat(rc::gen::inRange<char>(' ', '`'),
                                                    [](char c) { return c != '@'; }));
                      }),
      [](std::string text) { return text.substr(0, text.find_last_not_of(' ') + 1); });
}

template <std::size_t kMost>
std::optional<FixedText<kMost>> maybe_text() {
  const std::string text = *six_bit_text(kMost);
  if (text.empty()) return std::nullopt;
  return FixedText<kMost>(text);
}

inline std::optional<model::Dimensions> any_dimensions() {
  model::Dimensions d;
  d.to_bow_m = *rc::gen::inRange<std::uint16_t>(0, 512);
  d.to_stern_m = *rc::gen::inRange<std::uint16_t>(0, 512);
  d.to_port_m = *rc::gen::inRange<std::uint8_t>(0, 64);
  d.to_starboard_m = *rc::gen::inRange<std::uint8_t>(0, 64);
  if (d == model::Dimensions{}) return std::nullopt;
  return d;
}

inline std::uint32_t any_mmsi() {
  return *rc::gen::inRange<std::uint32_t>(1, 1'000'000'000);
}

inline std::uint8_t below8(int limit) {
  return static_cast<std::uint8_t>(*rc::gen::inRange(0, limit));
}
inline bool any_bool() {
  return *rc::gen::arbitrary<bool>();
}
inline std::uint32_t any_state(unsigned bits) {
  return *rc::gen::inRange<std::uint32_t>(0, 1U << bits);
}

inline void set_type_19(PositionReport& m) {
  m.name = *six_bit_text(20);
  m.ship_type = *maybe<std::uint8_t>(1, 255);
  m.dimensions = any_dimensions();
  m.epfd = *maybe<std::uint8_t>(1, 15);
  m.terminal_not_ready = any_bool();
}

inline void set_what_the_type_has(PositionReport& m) {
  const bool class_a = m.type <= 3;
  if (class_a) m.manoeuvre = below8(3);
  if (m.type == 18 || m.type == 19) m.regional = below8(256);
  if (!class_a && m.type != 27) m.assigned = any_bool();
  if (m.type == 9) {
    m.barometric = any_bool();
    m.terminal_not_ready = any_bool();
  }
  if (m.type == 18) m.class_b = {any_bool(), any_bool(), any_bool(), any_bool(), any_bool()};
  if (class_a) m.communication = any_state(19);
  if (m.type == 9 || m.type == 18) m.communication = any_state(20);
  if (m.type == 27) m.latency = any_bool();
  if (m.type == 19) set_type_19(m);
}

inline PositionReport any_position(std::uint8_t type) {
  PositionReport m;
  m.type = type;
  m.repeat = below8(4);
  m.mmsi = any_mmsi();
  const bool coarse = type == 27;
  const bool class_a = type <= 3;
  const std::int64_t unit = coarse ? 600 : 600'000;
  m.lat = *maybe<std::int32_t>(-90 * unit, 90 * unit);
  m.lon = *maybe<std::int32_t>(-180 * unit, 180 * unit);
  m.sog = *maybe<std::uint16_t>(0, coarse ? 62 : 1022);
  m.cog = *maybe<std::uint16_t>(0, coarse ? 359 : 3599);
  m.accurate = *rc::gen::arbitrary<bool>();
  m.raim = *rc::gen::arbitrary<bool>();
  if (class_a || coarse) m.nav_status = *rc::gen::inRange<std::uint8_t>(0, 16);
  if (class_a) m.rate_of_turn = *maybe<std::int8_t>(-127, 127);
  if (class_a || type == 18 || type == 19) m.heading = *maybe<std::uint16_t>(0, 359);
  if (!coarse) m.utc_second = *maybe<std::uint8_t>(0, 59);
  if (!coarse && !m.utc_second) m.time_stamp = *maybe<std::uint8_t>(61, 63);
  if (type == 9) m.altitude_m = *maybe<std::uint16_t>(0, 4094);
  set_what_the_type_has(m);
  return m;
}

inline BaseStationReport any_base_station() {
  BaseStationReport m;
  m.type = any_bool() ? 4 : 11;
  m.repeat = below8(4);
  m.accurate = any_bool();
  m.epfd = *maybe<std::uint8_t>(1, 15);
  m.relays_long_range = any_bool();
  m.raim = any_bool();
  m.communication = any_state(19);
  m.mmsi = any_mmsi();
  const auto second = *maybe<std::int64_t>(0, 4'102'444'799);
  if (second) m.utc = base::Instant{*second * 1000};
  m.lat = *maybe<std::int32_t>(-54'000'000, 54'000'000);
  m.lon = *maybe<std::int32_t>(-108'000'000, 108'000'000);
  return m;
}

inline StaticData any_voyage() {
  StaticData m;
  m.type = 5;
  m.mmsi = any_mmsi();
  m.imo = *maybe<std::uint32_t>(1, (1 << 30) - 1);
  m.call_sign = maybe_text<7>();
  m.name = maybe_text<20>();
  m.ship_type = *maybe<std::uint8_t>(1, 255);
  m.dimensions = any_dimensions();
  const auto month = *maybe<std::uint32_t>(1, 12);
  if (month) {
    m.eta = (*month << 16) | (*rc::gen::inRange<std::uint32_t>(1, 32) << 11) |
            (*rc::gen::inRange<std::uint32_t>(0, 25) << 6) |
            *rc::gen::inRange<std::uint32_t>(0, 61);
  }
  m.draught_dm = *maybe<std::uint8_t>(1, 255);
  m.destination = maybe_text<20>();
  m.repeat = below8(4);
  m.version = below8(4);
  m.epfd = *maybe<std::uint8_t>(1, 15);
  m.terminal_not_ready = any_bool();
  return m;
}

inline StaticData any_class_b_static(std::uint8_t part) {
  StaticData m;
  m.type = 24;
  m.part = part;
  m.repeat = below8(4);
  m.mmsi = *rc::gen::element<std::uint32_t>(0, 1) == 0
               ? any_mmsi()
               : *rc::gen::inRange<std::uint32_t>(980'000'000, 990'000'000);
  if (part == 0) {
    m.name = maybe_text<20>();
    return m;
  }
  m.ship_type = *maybe<std::uint8_t>(1, 255);
  m.vendor = maybe_text<3>();
  m.unit_model = below8(16);
  m.unit_serial = any_state(20);
  m.epfd = *maybe<std::uint8_t>(1, 15);
  m.call_sign = maybe_text<7>();
  if (mmsi_kind(m.mmsi) == MmsiKind::kAuxiliaryCraft) {
    m.mothership_mmsi = *maybe<std::uint32_t>(1, 999'999'999);
  } else {
    m.dimensions = any_dimensions();
  }
  return m;
}

inline AtonReport any_aton() {
  AtonReport m;
  m.mmsi = any_mmsi();
  m.aton_type = *rc::gen::inRange<std::uint8_t>(0, 32);
  m.name = *six_bit_text(34);
  m.lat = *maybe<std::int32_t>(-54'000'000, 54'000'000);
  m.lon = *maybe<std::int32_t>(-108'000'000, 108'000'000);
  m.dimensions = any_dimensions();
  m.utc_second = *maybe<std::uint8_t>(0, 59);
  m.off_position = *rc::gen::arbitrary<bool>();
  m.is_virtual = *rc::gen::arbitrary<bool>();
  m.repeat = below8(4);
  m.epfd = *maybe<std::uint8_t>(1, 15);
  m.status = below8(256);
  m.accurate = any_bool();
  m.raim = any_bool();
  m.assigned = any_bool();
  return m;
}

template <std::size_t kMost>
void fill_bits(FixedBits<kMost>& bits, std::size_t count) {
  std::uint8_t* octets = bits.resize(count);
  for (std::size_t i = 0; i < bits.octets(); ++i) octets[i] = below8(256);
  if (count % 8 != 0) octets[bits.octets() - 1] &= static_cast<std::uint8_t>(0xFF00U >> count % 8);
}

inline BinaryMessage any_binary() {
  BinaryMessage m;
  m.type = *rc::gen::element<std::uint8_t>(6, 8, 25, 26);
  m.repeat = below8(4);
  m.mmsi = any_mmsi();
  const bool addressed = m.type == 6 || (m.type > 8 && any_bool());
  if (addressed) m.destination = any_mmsi();
  if (m.type == 6) m.sequence = below8(4);
  if (m.type == 6) m.retransmitted = any_bool();
  if (m.type < 25 || any_bool()) {
    m.dac = *rc::gen::inRange<std::uint16_t>(0, 1024);
    m.fi = below8(64);
  }
  if (m.type == 26) m.communication = any_state(20);
  fill_bits(m.data, *rc::gen::inRange<std::size_t>(0, 900));
  return m;
}

inline SafetyText any_text() {
  SafetyText m;
  m.type = any_bool() ? 12 : 14;
  m.repeat = below8(4);
  m.mmsi = any_mmsi();
  m.text = *six_bit_text(m.type == 12 ? 156 : 161);
  if (m.type == 14) return m;
  m.destination = any_mmsi();
  m.sequence = below8(4);
  m.retransmitted = any_bool();
  return m;
}

inline CoarseArea any_area() {
  const auto lon = [] { return *maybe<std::int32_t>(-108'000, 108'000); };
  const auto lat = [] { return *maybe<std::int32_t>(-54'000, 54'000); };
  return {lon(), lat(), lon(), lat()};
}

inline Acknowledgement any_acknowledgement() {
  Acknowledgement m;
  m.type = any_bool() ? 7 : 13;
  m.count = static_cast<std::uint8_t>(1 + below8(4));
  for (std::size_t i = 0; i < m.count; ++i) m.of[i] = {any_mmsi(), below8(4)};
  return m;
}

inline Interrogation any_interrogation() {
  Interrogation m;
  m.count = static_cast<std::uint8_t>(1 + below8(3));
  for (std::size_t i = 0; i < m.count; ++i) {
    m.of[i] = {any_mmsi(), static_cast<std::uint8_t>(1 + below8(27)),
               *rc::gen::inRange<std::uint16_t>(0, 4096)};
  }
  if (m.count > 1) m.of[1].mmsi = m.of[0].mmsi;
  return m;
}

inline SlotReservation any_reservation() {
  SlotReservation m;
  m.count = static_cast<std::uint8_t>(1 + below8(4));
  for (std::size_t i = 0; i < m.count; ++i) {
    m.of[i] = {*rc::gen::inRange<std::uint16_t>(0, 4096), below8(16), below8(8),
               *rc::gen::inRange<std::uint16_t>(0, 2048)};
  }
  return m;
}

inline ChannelManagement any_channels() {
  ChannelManagement m;
  m.channel_a = *rc::gen::inRange<std::uint16_t>(0, 4096);
  m.channel_b = *rc::gen::inRange<std::uint16_t>(0, 4096);
  m.tx_rx_mode = below8(16);
  m.low_power = any_bool();
  m.reserved_a = any_bool();
  m.reserved_b = any_bool();
  m.zone_size = below8(8);
  m.addressed = any_bool();
  if (m.addressed) {
    m.to = {any_mmsi(), any_mmsi()};
  } else {
    m.area = any_area();
  }
  return m;
}

inline DgnssBroadcast any_dgnss() {
  DgnssBroadcast m;
  const CoarseArea at = any_area();
  m.lon = at.ne_lon;
  m.lat = at.ne_lat;
  fill_bits(m.data, 8 * *rc::gen::inRange<std::size_t>(0, 93));
  return m;
}

inline Assignment any_assignment() {
  Assignment m;
  m.count = static_cast<std::uint8_t>(1 + below8(2));
  for (std::size_t i = 0; i < m.count; ++i) {
    m.of[i] = {any_mmsi(), *rc::gen::inRange<std::uint16_t>(0, 4096),
               *rc::gen::inRange<std::uint16_t>(0, 1024)};
  }
  return m;
}

template <class M>
Message from_anyone(M m) {
  m.repeat = below8(4);
  m.mmsi = any_mmsi();
  return m;
}

/// The types by which stations run the radio channel.
inline Message any_control() {
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      return from_anyone(any_acknowledgement());
    case 1:
      return from_anyone(UtcInquiry{.destination = any_mmsi()});
    case 2:
      return from_anyone(any_interrogation());
    case 3:
      return from_anyone(any_assignment());
    case 4:
      return from_anyone(any_dgnss());
    case 5:
      return from_anyone(any_reservation());
    case 6:
      return from_anyone(any_channels());
    default:
      return from_anyone(GroupAssignment{.area = any_area(),
                                         .station_type = below8(16),
                                         .ship_type = below8(256),
                                         .tx_rx_mode = below8(4),
                                         .interval = below8(16),
                                         .quiet_min = below8(16)});
  }
}

inline Message any_message() {
  switch (*rc::gen::inRange(0, 15)) {
    case 12:
      return any_binary();
    case 13:
      return any_text();
    case 14:
      return any_control();
    case 0:
      return any_position(1);
    case 1:
      return any_position(2);
    case 2:
      return any_position(3);
    case 3:
      return any_position(9);
    case 4:
      return any_position(18);
    case 5:
      return any_position(19);
    case 6:
      return any_position(27);
    case 7:
      return any_base_station();
    case 8:
      return any_voyage();
    case 9:
      return any_class_b_static(0);
    case 10:
      return any_class_b_static(1);
    default:
      return any_aton();
  }
}

}  // namespace jinglue::tests
