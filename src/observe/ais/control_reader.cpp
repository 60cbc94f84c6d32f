// SPDX-License-Identifier: Apache-2.0
// The types by which stations keep the radio channel in order: 7, 13 (acknowledgements), 10 (time
// asked for), 15 (messages asked for), 16, 20, 22, 23 (slots, channels, groups), and 17 (DGNSS).
#include "observe/ais/field_values.hpp"
#include "observe/ais/message_reader.hpp"

namespace jinglue::observe::ais {
namespace {

std::uint32_t read_mmsi(const BitReader& bits, std::size_t from) {
  return static_cast<std::uint32_t>(bits.get(from, 30));
}

std::uint16_t read_16(const BitReader& bits, std::size_t from, unsigned count) {
  return static_cast<std::uint16_t>(bits.get(from, count));
}

std::uint8_t read_8(const BitReader& bits, std::size_t from, unsigned count) {
  return static_cast<std::uint8_t>(bits.get(from, count));
}

/// A last sequence number that the sentence cuts off reads as zero.
void read(const BitReader& bits, Acknowledgement& m) {
  for (std::size_t at = 40; m.count < m.of.size() && bits.holds(at, 30); at += 32) {
    m.of[m.count++] = {read_mmsi(bits, at),
                       bits.holds(at, 32) ? read_8(bits, at + 30, 2) : std::uint8_t{0}};
  }
}

void read(const BitReader& bits, UtcInquiry& m) {
  m.destination = read_mmsi(bits, 40);
}

/// A second message asked of the first station (90) has no identity of its own; type 0 is none.
void read(const BitReader& bits, Interrogation& m) {
  m.of[m.count++] = {read_mmsi(bits, 40), read_8(bits, 70, 6), read_16(bits, 76, 12)};
  if (!bits.holds(90, 18)) return;
  const bool other = bits.holds(110, 48);
  if (read_8(bits, 90, 6) != 0 || other) {
    m.of[m.count++] = {m.of[0].mmsi, read_8(bits, 90, 6), read_16(bits, 96, 12)};
  }
  if (other) {
    m.of[m.count++] = {read_mmsi(bits, 110), read_8(bits, 140, 6), read_16(bits, 146, 12)};
  }
}

void read(const BitReader& bits, Assignment& m) {
  for (std::size_t at = 40; m.count < m.of.size() && bits.holds(at, 52); at += 52) {
    m.of[m.count++] = {read_mmsi(bits, at), read_16(bits, at + 30, 12), read_16(bits, at + 42, 10)};
  }
}

void read(const BitReader& bits, DgnssBroadcast& m) {
  m.lon = coarse_lon(bits, 40);
  m.lat = coarse_lat(bits, 58);
  if (bits.bits() > 80) bits.copy(80, bits.bits() - 80, m.data);
}

void read(const BitReader& bits, SlotReservation& m) {
  for (std::size_t at = 40; m.count < m.of.size() && bits.holds(at, 30); at += 30) {
    m.of[m.count++] = {read_16(bits, at, 12), read_8(bits, at + 12, 4), read_8(bits, at + 16, 3),
                       read_16(bits, at + 19, 11)};
  }
}

CoarseArea read_area(const BitReader& bits, std::size_t from) {
  return {coarse_lon(bits, from), coarse_lat(bits, from + 18), coarse_lon(bits, from + 35),
          coarse_lat(bits, from + 53)};
}

void read(const BitReader& bits, ChannelManagement& m) {
  m.channel_a = read_16(bits, 40, 12);
  m.channel_b = read_16(bits, 52, 12);
  m.tx_rx_mode = read_8(bits, 64, 4);
  m.low_power = bits.flag(68);
  m.addressed = bits.flag(139);
  m.reserved_a = bits.flag(140);
  m.reserved_b = bits.flag(141);
  m.zone_size = read_8(bits, 142, 3);
  if (m.addressed) {
    m.to = {read_mmsi(bits, 69), read_mmsi(bits, 104)};
  } else {
    m.area = read_area(bits, 69);
  }
}

void read(const BitReader& bits, GroupAssignment& m) {
  m.area = read_area(bits, 40);
  m.station_type = read_8(bits, 110, 4);
  m.ship_type = read_8(bits, 114, 8);
  m.tx_rx_mode = read_8(bits, 144, 2);
  m.interval = read_8(bits, 146, 4);
  m.quiet_min = read_8(bits, 150, 4);
}

template <class M>
void read_as(const BitReader& bits, unsigned type, std::optional<Message>& out) {
  M& m = become<M>(out);
  if constexpr (requires { m.type; }) m.type = static_cast<std::uint8_t>(type);
  m.repeat = read_8(bits, 6, 2);
  m.mmsi = read_mmsi(bits, 8);
  read(bits, m);
}

}  // namespace

Cause read_control(const BitReader& bits, unsigned type, std::optional<Message>& out) {
  switch (type) {
    case 10:
      read_as<UtcInquiry>(bits, type, out);
      break;
    case 15:
      read_as<Interrogation>(bits, type, out);
      break;
    case 16:
      read_as<Assignment>(bits, type, out);
      break;
    case 17:
      read_as<DgnssBroadcast>(bits, type, out);
      break;
    case 20:
      read_as<SlotReservation>(bits, type, out);
      break;
    case 22:
      read_as<ChannelManagement>(bits, type, out);
      break;
    case 23:
      read_as<GroupAssignment>(bits, type, out);
      break;
    default:
      read_as<Acknowledgement>(bits, type, out);
  }
  return Cause::kNone;
}

}  // namespace jinglue::observe::ais
