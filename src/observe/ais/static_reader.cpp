// SPDX-License-Identifier: Apache-2.0
// Types 5, 24 (static and voyage data) and 21 (aids to navigation).
#include "observe/ais/field_values.hpp"
#include "observe/ais/message_reader.hpp"
#include "observe/ais/mmsi.hpp"

namespace jinglue::observe::ais {
namespace {

void read_voyage(const BitReader& bits, StaticData& m) {
  m.version = static_cast<std::uint8_t>(bits.get(38, 2));
  m.imo = unless_zero<std::uint32_t>(bits.get(40, 30));
  read_text(bits, 70, 7, m.call_sign);
  read_text(bits, 112, 20, m.name);
  m.ship_type = unless_zero<std::uint8_t>(bits.get(232, 8));
  m.dimensions = read_dimensions(bits, 240);
  m.epfd = unless_zero<std::uint8_t>(bits.get(270, 4));
  const auto eta = static_cast<std::uint32_t>(bits.get(274, 20));
  if ((eta >> 16) != 0 && ((eta >> 11) & 31) != 0) m.eta = eta;  // without a date it says nothing
  m.draught_dm = unless_zero<std::uint8_t>(bits.get(294, 8));
  read_text(bits, 302, 20, m.destination);
  m.terminal_not_ready = !bits.holds(422, 1) || bits.flag(422);
}

void read_part_b(const BitReader& bits, StaticData& m) {
  m.ship_type = unless_zero<std::uint8_t>(bits.get(40, 8));
  read_text(bits, 48, 3, m.vendor);
  m.unit_model = static_cast<std::uint8_t>(bits.get(66, 4));
  m.unit_serial = static_cast<std::uint32_t>(bits.get(70, 20));
  read_text(bits, 90, 7, m.call_sign);
  if (mmsi_kind(m.mmsi) == MmsiKind::kAuxiliaryCraft) {
    m.mothership_mmsi = unless_zero<std::uint32_t>(bits.get(132, 30));
  } else {
    m.dimensions = read_dimensions(bits, 132);
  }
  if (bits.holds(162, 4)) m.epfd = unless_zero<std::uint8_t>(bits.get(162, 4));
}

/// Parts 2 and 3 exist on the air and in no standard: lenient, their number alone is read.
Cause read_class_b_static(const BitReader& bits, bool lenient, StaticData& m) {
  m.part = static_cast<std::uint8_t>(bits.get(38, 2));
  if (m.part > 1) return lenient ? Cause::kNone : Cause::kValue;
  if (m.part == 0) {
    if (!bits.holds(0, 160)) return Cause::kTooShort;
    read_text(bits, 40, 20, m.name);
    return Cause::kNone;
  }
  if (!bits.holds(0, 162)) return Cause::kTooShort;
  read_part_b(bits, m);
  return Cause::kNone;
}

void read_aton(const BitReader& bits, AtonReport& m) {
  m.aton_type = static_cast<std::uint8_t>(bits.get(38, 5));
  bits.append_text(43, 20, m.name);
  m.accurate = bits.flag(163);
  read_place(bits, 164, m);
  m.dimensions = read_dimensions(bits, 219);
  m.epfd = unless_zero<std::uint8_t>(bits.get(249, 4));
  m.utc_second = below<std::uint8_t>(bits.get(253, 6), 60);
  m.off_position = bits.flag(259);
  m.status = static_cast<std::uint8_t>(bits.get(260, 8));
  m.raim = bits.flag(268);
  m.is_virtual = bits.flag(269);
  m.assigned = bits.flag(270);
  if (m.name.size() == 20) bits.append_text(272, 14, m.name);
  m.name.trim_end();
}

}  // namespace

Cause read_static(const BitReader& bits, unsigned type, bool lenient, std::optional<Message>& out) {
  const auto repeat = static_cast<std::uint8_t>(bits.get(6, 2));
  const auto mmsi = static_cast<std::uint32_t>(bits.get(8, 30));
  if (type == 21) {
    auto& m = become<AtonReport>(out);
    m.repeat = repeat;
    m.mmsi = mmsi;
    read_aton(bits, m);
    return Cause::kNone;
  }
  auto& m = become<StaticData>(out);
  m.type = static_cast<std::uint8_t>(type);
  m.repeat = repeat;
  m.mmsi = mmsi;
  if (type == 24) return read_class_b_static(bits, lenient, m);
  read_voyage(bits, m);
  return Cause::kNone;
}

}  // namespace jinglue::observe::ais
