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

inline std::optional<std::string> maybe_text(std::size_t at_most) {
  std::string text = *six_bit_text(at_most);
  if (text.empty()) return std::nullopt;
  return text;
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

inline PositionReport any_position(std::uint8_t type) {
  PositionReport m;
  m.type = type;
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
  if (type == 9) m.altitude_m = *maybe<std::uint16_t>(0, 4094);
  if (type != 19) return m;
  m.name = *six_bit_text(20);
  m.ship_type = *maybe<std::uint8_t>(1, 255);
  m.dimensions = any_dimensions();
  return m;
}

inline BaseStationReport any_base_station() {
  BaseStationReport m;
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
  m.call_sign = maybe_text(7);
  m.name = maybe_text(20);
  m.ship_type = *maybe<std::uint8_t>(1, 255);
  m.dimensions = any_dimensions();
  const auto month = *maybe<std::uint32_t>(1, 12);
  if (month) {
    m.eta = (*month << 16) | (*rc::gen::inRange<std::uint32_t>(1, 32) << 11) |
            (*rc::gen::inRange<std::uint32_t>(0, 25) << 6) |
            *rc::gen::inRange<std::uint32_t>(0, 61);
  }
  m.draught_dm = *maybe<std::uint8_t>(1, 255);
  m.destination = maybe_text(20);
  return m;
}

inline StaticData any_class_b_static(std::uint8_t part) {
  StaticData m;
  m.type = 24;
  m.part = part;
  m.mmsi = *rc::gen::element<std::uint32_t>(0, 1) == 0
               ? any_mmsi()
               : *rc::gen::inRange<std::uint32_t>(980'000'000, 990'000'000);
  if (part == 0) {
    m.name = maybe_text(20);
    return m;
  }
  m.ship_type = *maybe<std::uint8_t>(1, 255);
  m.vendor = maybe_text(3);
  m.call_sign = maybe_text(7);
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
  return m;
}

inline Message any_message() {
  switch (*rc::gen::inRange(0, 12)) {
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
