// SPDX-License-Identifier: Apache-2.0
// ITU-R M.1371-5 annex 8, tables 48 to 101, one row per field.
#include "observe/ais/fields.hpp"

#include "observe/ais/message_reader.hpp"
#include "observe/ais/mmsi.hpp"

namespace jinglue::observe::ais {
namespace {

using Kind = FieldKind;
using Name = std::string_view;

constexpr Field number(Name name, unsigned first, unsigned width) {
  Field out;
  out.set_name(name);
  out.first = static_cast<std::uint16_t>(first);
  out.width = static_cast<std::uint16_t>(width);
  return out;
}
constexpr Field of(Kind kind, Name name, unsigned first, unsigned width) {
  Field out = number(name, first, width);
  out.kind = kind;
  return out;
}
constexpr Field flag(Name name, unsigned first) {
  return of(Kind::kFlag, name, first, 1);
}
constexpr Field spare(unsigned first, unsigned width) {
  return of(Kind::kSpare, "spare", first, width);
}
constexpr Field text(Name name, unsigned first, unsigned characters) {
  return of(Kind::kText, name, first, 6 * characters);
}
constexpr Field place(Kind kind, Name name, unsigned first, unsigned width, unsigned per_minute) {
  Field out = of(kind, name, first, width);
  out.per_minute = static_cast<std::uint16_t>(per_minute);
  return out;
}
constexpr Field lon(unsigned first) {
  return place(Kind::kLongitude, "longitude", first, 28, 10'000);
}
constexpr Field lat(unsigned first) {
  return place(Kind::kLatitude, "latitude", first, 27, 10'000);
}
constexpr Field coarse_lon(Name name, unsigned first) {
  return place(Kind::kLongitude, name, first, 18, 10);
}
constexpr Field coarse_lat(Name name, unsigned first) {
  return place(Kind::kLatitude, name, first, 17, 10);
}
constexpr Field dimension(Name name, unsigned first, unsigned width, unsigned group) {
  Field out = of(Kind::kDimension, name, first, width);
  out.group = static_cast<std::uint16_t>(group);
  return out;
}

constexpr Field sog(unsigned first) {
  return number("sog", first, 10).tenths().without(1023);
}
constexpr Field cog(unsigned first) {
  return number("cog", first, 12).tenths().without_from(3600);
}
constexpr Field heading(unsigned first) {
  return number("true_heading", first, 9).without_from(360);
}
constexpr Field stamp(unsigned first) {
  return number("time_stamp", first, 6).without(60);
}
constexpr Field fixing(unsigned first) {
  return number("type_of_position_fixing_device", first, 4).without(0);
}
constexpr Field ship_type(unsigned first) {
  return number("type_of_ship_and_cargo", first, 8).without(0);
}
constexpr Field state(Kind kind, unsigned first) {
  return of(kind, "communication_state", first, 19);
}

constexpr Field kClassA[] = {
    number("navigational_status", 38, 4),
    of(Kind::kTurn, "rate_of_turn", 42, 8),
    sog(50),
    flag("position_accuracy", 60),
    lon(61),
    lat(89),
    cog(116),
    heading(128),
    stamp(137),
    number("special_manoeuvre_indicator", 143, 2).without(0),
    spare(145, 3),
    flag("raim_flag", 148),
    state(Kind::kSotdma, 149),
};
constexpr auto itdma(const Field (&fields)[13]) {
  std::array<Field, 13> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = fields[i];
  out[12].kind = Kind::kItdma;
  return out;
}
constexpr auto kType3 = itdma(kClassA);

constexpr Field kBaseStation[] = {
    number("utc_year", 38, 14).without(0),
    number("utc_month", 52, 4).without(0),
    number("utc_day", 56, 5).without(0),
    number("utc_hour", 61, 5).without_from(24),
    number("utc_minute", 66, 6).without_from(60),
    number("utc_second", 72, 6).without_from(60),
    flag("position_accuracy", 78),
    lon(79),
    lat(107),
    fixing(134),
    flag("transmission_control_for_long_range", 138),
    spare(139, 9),
    flag("raim_flag", 148),
    state(Kind::kSotdma, 149),
};

constexpr Field kVoyage[] = {
    number("ais_version_indicator", 38, 2),
    number("imo_number", 40, 30).without(0),
    text("call_sign", 70, 7),
    text("name", 112, 20),
    ship_type(232),
    dimension("dimension_a", 240, 9, 240),
    dimension("dimension_b", 249, 9, 240),
    dimension("dimension_c", 258, 6, 240),
    dimension("dimension_d", 264, 6, 240),
    fixing(270),
    number("eta_month", 274, 4).without(0),
    number("eta_day", 278, 5).without(0),
    number("eta_hour", 283, 5).without_from(24),
    number("eta_minute", 288, 6).without_from(60),
    number("maximum_present_static_draught", 294, 8).tenths().without(0),
    text("destination", 302, 20),
    flag("dte", 422),
    spare(423, 1),
};

constexpr Field kAddressedBinary[] = {
    number("sequence_number", 38, 2),
    number("destination_id", 40, 30),
    flag("retransmit_flag", 70),
    spare(71, 1),
    number("dac", 72, 10),
    number("fi", 82, 6),
    of(Kind::kHex, "data", 88, 0),
};

constexpr Field kBroadcastBinary[] = {
    spare(38, 2),
    number("dac", 40, 10),
    number("fi", 50, 6),
    of(Kind::kHex, "data", 56, 0),
};

constexpr Field kAcknowledgement[] = {
    spare(38, 2),
    number("destination_id_1", 40, 30),
    number("sequence_number_1", 70, 2),
    number("destination_id_2", 72, 30),
    number("sequence_number_2", 102, 2),
    number("destination_id_3", 104, 30),
    number("sequence_number_3", 134, 2),
    number("destination_id_4", 136, 30),
    number("sequence_number_4", 166, 2),
};

constexpr Field kAircraft[] = {
    number("altitude", 38, 12).without(4095),
    number("sog", 50, 10).without(1023),
    flag("position_accuracy", 60),
    lon(61),
    lat(89),
    cog(116),
    stamp(128),
    number("altitude_sensor", 134, 1),
    spare(135, 7),
    flag("dte", 142),
    spare(143, 3),
    flag("assigned_mode_flag", 146),
    flag("raim_flag", 147),
    flag("communication_state_selector_flag", 148),
    state(Kind::kSelected, 149),
};

constexpr Field kInquiry[] = {
    spare(38, 2),
    number("destination_id", 40, 30),
    spare(70, 2),
};

constexpr Field kAddressedText[] = {
    number("sequence_number", 38, 2),   number("destination_id", 40, 30),
    flag("retransmit_flag", 70),        spare(71, 1),
    text("safety_related_text", 72, 0),
};

constexpr Field kBroadcastText[] = {
    spare(38, 2),
    text("safety_related_text", 40, 0),
};

constexpr Field kInterrogation[] = {
    spare(38, 2),
    number("destination_id_1", 40, 30),
    number("message_id_1_1", 70, 6),
    number("slot_offset_1_1", 76, 12),
    spare(88, 2),
    number("message_id_1_2", 90, 6),
    number("slot_offset_1_2", 96, 12),
    spare(108, 2),
    number("destination_id_2", 110, 30),
    number("message_id_2_1", 140, 6),
    number("slot_offset_2_1", 146, 12),
    spare(158, 2),
};

constexpr Field kAssignment[] = {
    spare(38, 2),
    number("destination_id_a", 40, 30),
    number("offset_a", 70, 12),
    number("increment_a", 82, 10),
    number("destination_id_b", 92, 30),
    number("offset_b", 122, 12),
    number("increment_b", 134, 10),
};

constexpr Field kDgnss[] = {
    spare(38, 2),
    coarse_lon("longitude", 40),
    coarse_lat("latitude", 58),
    spare(75, 5),
    number("dgnss_message_type", 80, 6),
    number("dgnss_station_id", 86, 10),
    number("dgnss_z_count", 96, 13),
    number("dgnss_sequence_number", 109, 3),
    number("dgnss_number_of_words", 112, 5),
    number("dgnss_health", 117, 3),
    of(Kind::kHex, "data", 80, 0),
};

constexpr Field kClassB[] = {
    number("reserved_1", 38, 8).without_from(0),
    sog(46),
    flag("position_accuracy", 56),
    lon(57),
    lat(85),
    cog(112),
    heading(124),
    stamp(133),
    number("reserved_2", 139, 2).without_from(0),
    flag("class_b_unit_flag", 141),
    flag("class_b_display_flag", 142),
    flag("class_b_dsc_flag", 143),
    flag("class_b_band_flag", 144),
    flag("class_b_message_22_flag", 145),
    flag("mode_flag", 146),
    flag("raim_flag", 147),
    flag("communication_state_selector_flag", 148),
    state(Kind::kSelected, 149),
};

constexpr Field kClassBExtended[] = {
    number("reserved_1", 38, 8).without_from(0),
    sog(46),
    flag("position_accuracy", 56),
    lon(57),
    lat(85),
    cog(112),
    heading(124),
    stamp(133),
    number("reserved_2", 139, 4).without_from(0),
    text("name", 143, 20),
    ship_type(263),
    dimension("dimension_a", 271, 9, 271),
    dimension("dimension_b", 280, 9, 271),
    dimension("dimension_c", 289, 6, 271),
    dimension("dimension_d", 295, 6, 271),
    fixing(301),
    flag("raim_flag", 305),
    flag("dte", 306),
    flag("assigned_mode_flag", 307),
    spare(308, 4),
};

constexpr Field kReservations[] = {
    spare(38, 2),
    number("offset_number_1", 40, 12),
    number("number_of_slots_1", 52, 4),
    number("time_out_1", 56, 3),
    number("increment_1", 59, 11),
    number("offset_number_2", 70, 12),
    number("number_of_slots_2", 82, 4),
    number("time_out_2", 86, 3),
    number("increment_2", 89, 11),
    number("offset_number_3", 100, 12),
    number("number_of_slots_3", 112, 4),
    number("time_out_3", 116, 3),
    number("increment_3", 119, 11),
    number("offset_number_4", 130, 12),
    number("number_of_slots_4", 142, 4),
    number("time_out_4", 146, 3),
    number("increment_4", 149, 11),
};

constexpr Field kAton[] = {
    number("type_of_aids_to_navigation", 38, 5),
    text("name", 43, 20),
    flag("position_accuracy", 163),
    lon(164),
    lat(192),
    dimension("dimension_a", 219, 9, 219),
    dimension("dimension_b", 228, 9, 219),
    dimension("dimension_c", 237, 6, 219),
    dimension("dimension_d", 243, 6, 219),
    fixing(249),
    stamp(253),
    flag("off_position_indicator", 259),
    number("aton_status", 260, 8),
    flag("raim_flag", 268),
    flag("virtual_aton_flag", 269),
    flag("assigned_mode_flag", 270),
    spare(271, 1),
    text("name_extension", 272, 0),
};

constexpr Field kChannelsOfArea[] = {
    spare(38, 2),
    number("channel_a", 40, 12),
    number("channel_b", 52, 12),
    number("tx_rx_mode", 64, 4),
    flag("low_power", 68),
    coarse_lon("longitude_1", 69),
    coarse_lat("latitude_1", 87),
    coarse_lon("longitude_2", 104),
    coarse_lat("latitude_2", 122),
    flag("addressed", 139),
    flag("channel_a_bandwidth", 140),
    flag("channel_b_bandwidth", 141),
    number("transitional_zone_size", 142, 3),
    spare(145, 23),
};

constexpr Field kChannelsOfShips[] = {
    spare(38, 2),
    number("channel_a", 40, 12),
    number("channel_b", 52, 12),
    number("tx_rx_mode", 64, 4),
    flag("low_power", 68),
    number("destination_id_1", 69, 30),
    spare(99, 5),
    number("destination_id_2", 104, 30),
    spare(134, 5),
    flag("addressed", 139),
    flag("channel_a_bandwidth", 140),
    flag("channel_b_bandwidth", 141),
    number("transitional_zone_size", 142, 3),
    spare(145, 23),
};

constexpr Field kGroup[] = {
    spare(38, 2),
    coarse_lon("longitude_1", 40),
    coarse_lat("latitude_1", 58),
    coarse_lon("longitude_2", 75),
    coarse_lat("latitude_2", 93),
    number("station_type", 110, 4),
    ship_type(114),
    spare(122, 22),
    number("tx_rx_mode", 144, 2),
    number("reporting_interval", 146, 4),
    number("quiet_time", 150, 4),
    spare(154, 6),
};

constexpr Field kPartA[] = {
    number("part_number", 38, 2),
    text("name", 40, 20),
    spare(160, 8),
};

constexpr Field kPartUnknown[] = {
    number("part_number", 38, 2),
    of(Kind::kHex, "data", 40, 0),
};

constexpr Field kPartB[] = {
    number("part_number", 38, 2),
    ship_type(40),
    text("vendor_id", 48, 3),
    number("unit_model_code", 66, 4),
    number("unit_serial_number", 70, 20),
    text("call_sign", 90, 7),
    dimension("dimension_a", 132, 9, 132),
    dimension("dimension_b", 141, 9, 132),
    dimension("dimension_c", 150, 6, 132),
    dimension("dimension_d", 156, 6, 132),
    fixing(162),
    spare(166, 2),
};

constexpr Field kPartBOfCraft[] = {
    number("part_number", 38, 2),
    ship_type(40),
    text("vendor_id", 48, 3),
    number("unit_model_code", 66, 4),
    number("unit_serial_number", 70, 20),
    text("call_sign", 90, 7),
    number("mothership_mmsi", 132, 30).without(0),
    fixing(162),
    spare(166, 2),
};

constexpr Field kFlags25[] = {
    flag("destination_indicator", 38),
    flag("binary_data_flag", 39),
};
// By the two flags; the data and what follows them are written by the caller of application_of().
constexpr Field kBroadcast25[] = {kFlags25[0], kFlags25[1], of(Kind::kHex, "data", 40, 0)};
constexpr Field kBroadcast25Id[] = {kFlags25[0], kFlags25[1], number("dac", 40, 10),
                                    number("fi", 50, 6), of(Kind::kHex, "data", 56, 0)};
constexpr Field kAddressed25[] = {kFlags25[0], kFlags25[1], number("destination_id", 40, 30),
                                  of(Kind::kHex, "data", 70, 0)};
constexpr Field kAddressed25Id[] = {
    kFlags25[0],           kFlags25[1],         number("destination_id", 40, 30),
    number("dac", 70, 10), number("fi", 80, 6), of(Kind::kHex, "data", 86, 0)};

constexpr Field kLongRange[] = {
    flag("position_accuracy", 38),
    flag("raim_flag", 39),
    number("navigational_status", 40, 4),
    coarse_lon("longitude", 44),
    coarse_lat("latitude", 62),
    number("sog", 79, 6).without(63),
    number("cog", 85, 9).without_from(360),
    flag("position_latency", 94),
    spare(95, 1),
};

using Table = std::span<const Field>;
constexpr Table kByType[kLastType + 1] = {{},
                                          kClassA,
                                          kClassA,
                                          kType3,
                                          kBaseStation,
                                          kVoyage,
                                          kAddressedBinary,
                                          kAcknowledgement,
                                          kBroadcastBinary,
                                          kAircraft,
                                          kInquiry,
                                          kBaseStation,
                                          kAddressedText,
                                          kAcknowledgement,
                                          kBroadcastText,
                                          kInterrogation,
                                          kAssignment,
                                          kDgnss,
                                          kClassB,
                                          kClassBExtended,
                                          kReservations,
                                          kAton,
                                          kChannelsOfArea,
                                          kGroup,
                                          kPartA,
                                          kBroadcast25,
                                          kBroadcast25,
                                          kLongRange};

constexpr Table kAll[] = {
    kClassA,          kBaseStation, kVoyage,         kAddressedBinary, kAcknowledgement,
    kBroadcastBinary, kAircraft,    kInquiry,        kAddressedText,   kBroadcastText,
    kInterrogation,   kAssignment,  kDgnss,          kClassB,          kClassBExtended,
    kReservations,    kAton,        kChannelsOfArea, kChannelsOfShips, kGroup,
    kPartA,           kPartB,       kPartBOfCraft,   kAddressed25Id,   kLongRange};

Table unconfirmed(const BitReader& bits) {
  const bool addressed = bits.flag(38);
  if (bits.flag(39)) return addressed ? Table(kAddressed25Id) : Table(kBroadcast25Id);
  return addressed ? Table(kAddressed25) : Table(kBroadcast25);
}

Table part_of_24(const BitReader& bits) {
  if (bits.get(38, 2) == 0) return kPartA;
  if (bits.get(38, 2) > 1) return kPartUnknown;
  const auto mmsi = static_cast<std::uint32_t>(bits.get(8, 30));
  return mmsi_kind(mmsi) == MmsiKind::kAuxiliaryCraft ? Table(kPartBOfCraft) : Table(kPartB);
}

}  // namespace

std::span<const Field> fields_of(const BitReader& bits) {
  const auto type = bits.get(0, 6);
  switch (type) {
    case 22:
      return bits.flag(139) ? Table(kChannelsOfShips) : Table(kChannelsOfArea);
    case 24:
      return part_of_24(bits);
    case 25:
    case 26:
      return unconfirmed(bits);
    default:
      return type > kLastType ? Table{} : kByType[type];
  }
}

std::span<const std::span<const Field>> all_fields() {
  return kAll;
}

ApplicationPlace application_of(const BitReader& bits) {
  const auto type = bits.get(0, 6);
  if (type == 6) return {72, 88, bits.bits()};
  if (type == 8) return {40, 56, bits.bits()};
  if (type != 25 && type != 26) return {};
  const std::size_t at = bits.flag(38) ? 70 : 40;
  std::size_t end = bits.bits();
  // The last twenty bits of type 26 are its communication state.
  if (type == 26 && end >= at + 20) end -= 20;
  if (!bits.flag(39) || at + 16 > end) return {0, at, end};
  return {at, at + 16, end};
}

}  // namespace jinglue::observe::ais
