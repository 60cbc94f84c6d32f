// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/encoder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "base/local_time.hpp"
#include "observe/ais/mmsi.hpp"

namespace jinglue::observe::ais {
namespace {

constexpr std::int64_t kNoLon = std::int64_t{181} * 600'000;
constexpr std::int64_t kNoLat = std::int64_t{91} * 600'000;
constexpr std::int64_t kNoLonCoarse = std::int64_t{181} * 600;
constexpr std::int64_t kNoLatCoarse = std::int64_t{91} * 600;
constexpr std::uint64_t kNoSecond = 60;
constexpr std::uint64_t kNoEta = (24u << 6) | 60u;
constexpr std::size_t kPayloadPerLine = 60;
constexpr std::uint64_t kUtcDirect = 0;
constexpr std::uint64_t kCarrierSense = 0xE0006;  // fixed for carrier sense units (3.16)

template <class T>
void put_or(BitWriter& bits, const std::optional<T>& value, std::uint64_t none, unsigned count) {
  bits.put(value ? static_cast<std::uint64_t>(*value) : none, count);
}

template <std::size_t kMost>
void put_text(BitWriter& bits, const std::optional<FixedText<kMost>>& text,
              std::size_t characters) {
  bits.put_text(text ? text->view() : std::string_view{}, characters);
}

/// Longitude then latitude, as every message has them.
void put_place(BitWriter& bits, const std::optional<std::int32_t>& lat,
               const std::optional<std::int32_t>& lon) {
  assert(!lat || std::abs(*lat) <= 90 * 600'000);
  assert(!lon || std::abs(*lon) <= 180 * 600'000);
  bits.put_signed(lon.value_or(kNoLon), 28);
  bits.put_signed(lat.value_or(kNoLat), 27);
}

void put_speed(BitWriter& bits, const std::optional<std::uint16_t>& sog) {
  bits.put(sog ? std::min<std::uint64_t>(*sog, 1022) : 1023, 10);
}

void put_second(BitWriter& bits, const PositionReport& m) {
  bits.put(m.utc_second.value_or(m.time_stamp.value_or(kNoSecond)), 6);
}

void put_course_heading_second(BitWriter& bits, const PositionReport& m) {
  assert(!m.cog || *m.cog < 3600);
  assert(!m.heading || *m.heading < 360);
  put_or(bits, m.cog, 3600, 12);
  put_or(bits, m.heading, 511, 9);
  put_second(bits, m);
}

void put_dimensions(BitWriter& bits, const std::optional<model::Dimensions>& size) {
  const model::Dimensions d = size.value_or(model::Dimensions{});
  bits.put(std::min<std::uint64_t>(d.to_bow_m, 511), 9);
  bits.put(std::min<std::uint64_t>(d.to_stern_m, 511), 9);
  bits.put(std::min<std::uint64_t>(d.to_port_m, 63), 6);
  bits.put(std::min<std::uint64_t>(d.to_starboard_m, 63), 6);
}

void put_class_a(BitWriter& bits, const PositionReport& m) {
  put_or(bits, m.nav_status, 15, 4);
  bits.put_signed(m.rate_of_turn.value_or(-128), 8);
  put_speed(bits, m.sog);
  bits.put(m.accurate, 1);
  put_place(bits, m.lat, m.lon);
  put_course_heading_second(bits, m);
  bits.put(m.manoeuvre, 2);
  bits.put(0, 3);
  bits.put(m.raim, 1);
  put_or(bits, m.communication, kUtcDirect, 19);
}

void put_class_b(BitWriter& bits, const PositionReport& m) {
  bits.put(m.regional, 8);
  put_speed(bits, m.sog);
  bits.put(m.accurate, 1);
  put_place(bits, m.lat, m.lon);
  put_course_heading_second(bits, m);
  if (m.type == 18) {
    bits.put(0, 2);
    bits.put(m.class_b.carrier_sense, 1);
    bits.put(m.class_b.display, 1);
    bits.put(m.class_b.dsc, 1);
    bits.put(m.class_b.whole_band, 1);
    bits.put(m.class_b.message_22, 1);
    bits.put(m.assigned, 1);
    bits.put(m.raim, 1);
    put_or(bits, m.communication, kCarrierSense, 20);
    return;
  }
  bits.put(0, 4);
  bits.put_text(m.name, 20);
  put_or(bits, m.ship_type, 0, 8);
  put_dimensions(bits, m.dimensions);
  put_or(bits, m.epfd, 0, 4);
  bits.put(m.raim, 1);
  bits.put(m.terminal_not_ready, 1);
  bits.put(m.assigned, 1);
  bits.put(0, 4);
}

void put_aircraft(BitWriter& bits, const PositionReport& m) {
  bits.put(m.altitude_m ? std::min<std::uint64_t>(*m.altitude_m, 4094) : 4095, 12);
  put_speed(bits, m.sog);
  bits.put(m.accurate, 1);
  put_place(bits, m.lat, m.lon);
  put_or(bits, m.cog, 3600, 12);
  put_second(bits, m);
  bits.put(m.barometric, 1);
  bits.put(0, 7);
  bits.put(m.terminal_not_ready, 1);
  bits.put(0, 3);
  bits.put(m.assigned, 1);
  bits.put(m.raim, 1);
  put_or(bits, m.communication, kUtcDirect, 20);
}

void put_long_range(BitWriter& bits, const PositionReport& m) {
  assert(!m.cog || *m.cog < 360);
  bits.put(m.accurate, 1);
  bits.put(m.raim, 1);
  put_or(bits, m.nav_status, 15, 4);
  bits.put_signed(m.lon.value_or(kNoLonCoarse), 18);
  bits.put_signed(m.lat.value_or(kNoLatCoarse), 17);
  bits.put(m.sog ? std::min<std::uint64_t>(*m.sog, 62) : 63, 6);
  put_or(bits, m.cog, 511, 9);
  bits.put(m.latency, 1);
  bits.put(0, 1);
}

void put(BitWriter& bits, const PositionReport& m) {
  put_head(bits, m.type, m.repeat, m.mmsi);
  switch (m.type) {
    case 1:
    case 2:
    case 3:
      return put_class_a(bits, m);
    case 18:
    case 19:
      return put_class_b(bits, m);
    case 9:
      return put_aircraft(bits, m);
    case 27:
      return put_long_range(bits, m);
    default:
      assert(false && "not a type of position report");
  }
}

void put(BitWriter& bits, const BaseStationReport& m) {
  put_head(bits, m.type, m.repeat, m.mmsi);
  base::CivilTime t{0, 0, 0, 24, 60, 60};  // each "not available"
  if (m.utc) t = base::to_civil(*m.utc, "UTC").value_or(t);
  bits.put(static_cast<std::uint64_t>(t.year), 14);
  bits.put(static_cast<std::uint64_t>(t.month), 4);
  bits.put(static_cast<std::uint64_t>(t.day), 5);
  bits.put(static_cast<std::uint64_t>(t.hour), 5);
  bits.put(static_cast<std::uint64_t>(t.minute), 6);
  bits.put(static_cast<std::uint64_t>(t.second), 6);
  bits.put(m.accurate, 1);
  put_place(bits, m.lat, m.lon);
  put_or(bits, m.epfd, 0, 4);
  bits.put(m.relays_long_range, 1);
  bits.put(0, 9);
  bits.put(m.raim, 1);
  put_or(bits, m.communication, kUtcDirect, 19);
}

void put_voyage(BitWriter& bits, const StaticData& m) {
  bits.put(m.version, 2);
  put_or(bits, m.imo, 0, 30);
  put_text(bits, m.call_sign, 7);
  put_text(bits, m.name, 20);
  put_or(bits, m.ship_type, 0, 8);
  put_dimensions(bits, m.dimensions);
  put_or(bits, m.epfd, 0, 4);
  put_or(bits, m.eta, kNoEta, 20);
  put_or(bits, m.draught_dm, 0, 8);
  put_text(bits, m.destination, 20);
  bits.put(m.terminal_not_ready, 1);
  bits.put(0, 1);
}

void put_class_b_static(BitWriter& bits, const StaticData& m) {
  const std::uint8_t part = m.part.value_or(0);
  bits.put(part, 2);
  if (part > 1) return bits.put_text("", 21);  // of no standard; see the reader
  if (part == 0) {
    put_text(bits, m.name, 20);
    bits.put(0, 8);  // spare: 168 bits as most transponders send them
    return;
  }
  put_or(bits, m.ship_type, 0, 8);
  put_text(bits, m.vendor, 3);
  bits.put(m.unit_model, 4);
  bits.put(m.unit_serial, 20);
  put_text(bits, m.call_sign, 7);
  if (mmsi_kind(m.mmsi) == MmsiKind::kAuxiliaryCraft) {
    put_or(bits, m.mothership_mmsi, 0, 30);
  } else {
    put_dimensions(bits, m.dimensions);
  }
  put_or(bits, m.epfd, 0, 4);
  bits.put(0, 2);
}

void put(BitWriter& bits, const StaticData& m) {
  assert(m.type == 5 || m.type == 24);
  put_head(bits, m.type, m.repeat, m.mmsi);
  if (m.type == 5) return put_voyage(bits, m);
  put_class_b_static(bits, m);
}

void put(BitWriter& bits, const AtonReport& m) {
  put_head(bits, 21, m.repeat, m.mmsi);
  assert(m.aton_type < 32);
  bits.put(m.aton_type, 5);
  bits.put_text(m.name, 20);
  bits.put(m.accurate, 1);
  put_place(bits, m.lat, m.lon);
  put_dimensions(bits, m.dimensions);
  put_or(bits, m.epfd, 0, 4);
  put_or(bits, m.utc_second, kNoSecond, 6);
  bits.put(m.off_position, 1);
  bits.put(m.status, 8);
  bits.put(m.raim, 1);
  bits.put(m.is_virtual, 1);
  bits.put(m.assigned, 1);
  bits.put(0, 1);
  if (m.name.size() <= 20) return;
  const std::size_t more = m.name.size() - 20;
  bits.put_text(m.name.view().substr(20), more);
  bits.put(0, static_cast<unsigned>((8 - bits.bits() % 8) % 8));
}

void put_destination(BitWriter& bits, const BinaryMessage& m) {
  assert(m.type == 25 || m.type == 26);
  bits.put(m.destination.has_value(), 1);
  bits.put(m.dac.has_value(), 1);
  if (m.destination) bits.put(*m.destination, 30);
}

void put(BitWriter& bits, const BinaryMessage& m) {
  put_head(bits, m.type, m.repeat, m.mmsi);
  if (m.type == 6) {
    bits.put(m.sequence, 2);
    bits.put(m.destination.value_or(0), 30);
    bits.put(m.retransmitted, 1);
    bits.put(0, 1);
  } else if (m.type == 8) {
    bits.put(0, 2);
  } else {
    put_destination(bits, m);
  }
  if (m.dac || m.type < 25) {
    bits.put(m.dac.value_or(0), 10);
    bits.put(m.fi.value_or(0), 6);
  }
  bits.put_bits(m.data);
  if (m.type == 26) put_or(bits, m.communication, kUtcDirect, 20);
}

void put(BitWriter& bits, const SafetyText& m) {
  put_head(bits, m.type, m.repeat, m.mmsi);
  bits.put(m.type == 12 ? m.sequence : 0, 2);
  std::size_t most = SafetyText::kMost;
  if (m.type == 12) {
    bits.put(m.destination.value_or(0), 30);
    bits.put(m.retransmitted, 1);
    bits.put(0, 1);
    most = 156;
  }
  bits.put_text(m.text, std::min(m.text.size(), most));
  bits.put(0, static_cast<unsigned>((8 - bits.bits() % 8) % 8));
}

template <class M>
void put(BitWriter& bits, const M& m) {
  put_control(bits, m);
}

std::string sum_text(std::string_view between) {
  return fmt::format("{:02X}", nmea_checksum(between));
}

}  // namespace

void put_head(BitWriter& bits, unsigned type, std::uint8_t repeat, std::uint32_t mmsi) {
  assert(mmsi < (1U << 30) && repeat < 4);
  bits.put(type, 6);
  bits.put(repeat, 2);
  bits.put(mmsi, 30);
}

BitWriter to_bits(const Message& message) {
  BitWriter bits;
  std::visit([&](const auto& m) { put(bits, m); }, message);
  return bits;
}

std::string tag_block(const Envelope& envelope, std::size_t part, std::size_t parts) {
  std::string inside;
  const auto add = [&](const std::string& field) {
    if (!inside.empty()) inside += ',';
    inside += field;
  };
  if (envelope.group && parts > 1) {
    add(fmt::format("g:{}-{}-{}", part, parts, *envelope.group));
  }
  if (!envelope.source.empty()) add("s:" + envelope.source);
  if (envelope.at) {
    add(fmt::format("c:{}", envelope.at_in_ms ? envelope.at->ms : envelope.at->ms / 1000));
  }
  if (inside.empty()) return {};
  return "\\" + inside + "*" + sum_text(inside) + "\\";
}

std::vector<std::string> to_lines(const BitWriter& bits, const Envelope& envelope) {
  const std::string payload = bits.armoured();
  const std::size_t parts =
      std::max<std::size_t>(1, (payload.size() + kPayloadPerLine - 1) / kPayloadPerLine);
  assert(parts <= 9 && envelope.sequence <= 9);
  const std::string sequence = parts > 1 ? fmt::format("{}", envelope.sequence) : "";
  const std::string channel = envelope.channel ? std::string(1, envelope.channel) : "";
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < parts; ++i) {
    const std::string between = fmt::format(
        "{}{},{},{},{},{},{},{}", envelope.talker, envelope.own_ship ? "VDO" : "VDM", parts, i + 1,
        sequence, channel, payload.substr(i * kPayloadPerLine, kPayloadPerLine),
        i + 1 == parts ? bits.fill_bits() : 0);
    lines.push_back(tag_block(envelope, i + 1, parts) + "!" + between + "*" + sum_text(between));
  }
  return lines;
}

std::vector<std::string> encode(const Message& message, const Envelope& envelope) {
  return to_lines(to_bits(message), envelope);
}

}  // namespace jinglue::observe::ais
