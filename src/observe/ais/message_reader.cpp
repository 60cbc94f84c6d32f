// SPDX-License-Identifier: Apache-2.0
// The way by type, and the types that most sentences have: positions and base stations.
#include "observe/ais/message_reader.hpp"

#include <array>
#include <chrono>

#include "observe/ais/field_values.hpp"

namespace jinglue::observe::ais {
namespace {

void read_stamp(const BitReader& bits, std::size_t from, PositionReport& m) {
  const auto stamp = static_cast<std::uint8_t>(bits.peek(from, 6));
  if (stamp < 60) {
    m.utc_second = stamp;
  } else if (stamp > 60) {
    m.time_stamp = stamp;
  }
}

void read_class_a(const BitReader& bits, PositionReport& m) {
  m.nav_status = static_cast<std::uint8_t>(bits.peek(38, 4));
  const auto turn = static_cast<std::int8_t>(bits.peek_signed(42, 8));
  if (turn != -128) m.rate_of_turn = turn;
  m.sog = below<std::uint16_t>(bits.peek(50, 10), 1023);
  m.accurate = bits.peek(60, 1) != 0;
  read_place(bits, 61, m);
  m.cog = below<std::uint16_t>(bits.peek(116, 12), 3600);
  m.heading = below<std::uint16_t>(bits.peek(128, 9), 360);
  read_stamp(bits, 137, m);
  m.manoeuvre = static_cast<std::uint8_t>(bits.peek(143, 2));
  m.raim = bits.peek(148, 1) != 0;
  m.communication = read_communication(bits, 149, 19);
}

void read_class_b(const BitReader& bits, PositionReport& m) {
  m.regional = static_cast<std::uint8_t>(bits.peek(38, 8));
  m.sog = below<std::uint16_t>(bits.peek(46, 10), 1023);
  m.accurate = bits.peek(56, 1) != 0;
  read_place(bits, 57, m);
  m.cog = below<std::uint16_t>(bits.peek(112, 12), 3600);
  m.heading = below<std::uint16_t>(bits.peek(124, 9), 360);
  read_stamp(bits, 133, m);
}

void read_18(const BitReader& bits, PositionReport& m) {
  read_class_b(bits, m);
  m.class_b = {bits.flag(141), bits.flag(142), bits.flag(143), bits.flag(144), bits.flag(145)};
  m.assigned = bits.flag(146);
  m.raim = bits.flag(147);
  m.communication = read_communication(bits, 148, 20);
}

void read_19(const BitReader& bits, PositionReport& m) {
  read_class_b(bits, m);
  read_text(bits, 143, 20, m.name);
  m.ship_type = unless_zero<std::uint8_t>(bits.get(263, 8));
  m.dimensions = read_dimensions(bits, 271);
  m.epfd = unless_zero<std::uint8_t>(bits.get(301, 4));
  m.raim = bits.flag(305);
  m.terminal_not_ready = bits.flag(306);
  m.assigned = bits.flag(307);
}

void read_aircraft(const BitReader& bits, PositionReport& m) {
  m.altitude_m = below<std::uint16_t>(bits.peek(38, 12), 4095);
  m.sog = below<std::uint16_t>(bits.peek(50, 10), 1023);
  m.accurate = bits.flag(60);
  read_place(bits, 61, m);
  m.cog = below<std::uint16_t>(bits.peek(116, 12), 3600);
  read_stamp(bits, 128, m);
  m.barometric = bits.flag(134);
  m.terminal_not_ready = bits.flag(142);
  m.assigned = bits.flag(146);
  m.raim = bits.flag(147);
  m.communication = read_communication(bits, 148, 20);
}

void read_long_range(const BitReader& bits, PositionReport& m) {
  m.accurate = bits.flag(38);
  m.raim = bits.flag(39);
  m.nav_status = static_cast<std::uint8_t>(bits.get(40, 4));
  m.lon = coarse_lon(bits, 44);
  m.lat = coarse_lat(bits, 62);
  m.sog = below<std::uint16_t>(bits.get(79, 6), 63);
  m.cog = below<std::uint16_t>(bits.get(85, 9), 360);
  m.latency = bits.holds(94, 1) && bits.flag(94);
}

std::optional<base::Instant> read_utc(const BitReader& bits) {
  using namespace std::chrono;
  const auto day = year(static_cast<int>(bits.peek(38, 14))) /
                   month(static_cast<unsigned>(bits.peek(52, 4))) /
                   std::chrono::day(static_cast<unsigned>(bits.peek(56, 5)));
  const auto of = [&](std::size_t from, unsigned count) {
    return static_cast<std::int64_t>(bits.peek(from, count));
  };
  const std::int64_t h = of(61, 5);
  const std::int64_t min = of(66, 6);
  const std::int64_t s = of(72, 6);
  if (!day.ok() || day.year() <= year(0) || h >= 24 || min >= 60 || s >= 60) return std::nullopt;
  const std::int64_t days = sys_days(day).time_since_epoch().count();
  return base::Instant{(days * 86'400 + h * 3600 + min * 60 + s) * 1000};
}

void read_base_station(const BitReader& bits, BaseStationReport& m) {
  m.utc = read_utc(bits);
  m.accurate = bits.flag(78);
  read_place(bits, 79, m);
  m.epfd = unless_zero<std::uint8_t>(bits.peek(134, 4));
  m.relays_long_range = bits.flag(138);
  m.raim = bits.flag(148);
  m.communication = read_communication(bits, 149, 19);
}

template <class M>
M& begin(const BitReader& bits, unsigned type, std::optional<Message>& out) {
  M& m = become<M>(out);
  m.type = static_cast<std::uint8_t>(type);
  m.repeat = static_cast<std::uint8_t>(bits.peek(6, 2));
  m.mmsi = static_cast<std::uint32_t>(bits.peek(8, 30));
  return m;
}

/// Position reports are held to their nominal length less a wrongly declared fill of up to five
/// bits: a shorter one is cut. Type 24: see its parts.
constexpr std::array<std::uint16_t, kLastType + 1> kLeast = {
    0,  163, 163, 163, 163, 422, 88, 70,  56,  163, 70, 163, 72, 70,
    40, 88,  92,  80,  163, 306, 70, 272, 145, 154, 40, 40,  40, 94};

/// The shortest that the standard's tables give.
constexpr std::array<std::uint16_t, kLastType + 1> kShortest = {
    0,  168, 168, 168, 168, 424, 88, 72,  56,  168, 72,  168, 72, 72,
    40, 88,  96,  80,  168, 312, 70, 272, 168, 160, 160, 40,  60, 96};

}  // namespace

std::size_t least_bits(unsigned type) {
  return kLeast[type];
}

bool is_standard_length(unsigned type, std::size_t bits) {
  if (bits < kShortest[type]) return false;
  switch (type) {
    case 7:
    case 13:
      return (bits - 40) % 32 == 0 && bits <= 168;
    case 15:
      return bits == 88 || bits == 110 || bits == 112 || bits == 160;
    case 16:
      return bits == 96 || bits == 144;
    case 20:
      return (bits - 40) % 30 == 0 || bits == 72 || bits == 104 || bits == 136;
    default:
      // Whole octets, as senders pad; what is longer was padded to more, which loses nothing.
      return bits % 8 == 0;
  }
}

Cause read_message(const BitReader& bits, bool lenient, std::optional<Message>& out) {
  if (bits.bits() < 6) return Cause::kTooShort;
  const auto type = static_cast<unsigned>(bits.peek(0, 6));
  if (type == 0 || type > kLastType) return Cause::kTypeUnknown;
  if (bits.bits() < kLeast[type]) return Cause::kTooShort;
  if (bits.peek(8, 30) > 999'999'999 && !lenient) return Cause::kValue;
  Cause cause = Cause::kNone;
  switch (type) {
    case 1:
    case 2:
    case 3:
      read_class_a(bits, begin<PositionReport>(bits, type, out));
      break;
    case 18:
      read_18(bits, begin<PositionReport>(bits, type, out));
      break;
    case 4:
    case 11:
      read_base_station(bits, begin<BaseStationReport>(bits, type, out));
      break;
    case 9:
      read_aircraft(bits, begin<PositionReport>(bits, type, out));
      break;
    case 19:
      read_19(bits, begin<PositionReport>(bits, type, out));
      break;
    case 27:
      read_long_range(bits, begin<PositionReport>(bits, type, out));
      break;
    case 5:
    case 21:
    case 24:
      cause = read_static(bits, type, lenient, out);
      break;
    case 6:
    case 8:
    case 12:
    case 14:
    case 25:
    case 26:
      cause = read_binary(bits, type, out);
      break;
    default:
      cause = read_control(bits, type, out);
  }
  if (cause != Cause::kNone) out.reset();
  return cause;
}

std::uint32_t mmsi_of_any(const Message& message) {
  return std::visit([](const auto& m) { return m.mmsi; }, message);
}

std::uint8_t type_of(const Message& message) {
  // In the order of the variant; 0 where the message itself says it.
  constexpr std::array<std::uint8_t, std::variant_size_v<Message>> kTypes = {
      0, 0, 0, 21, 0, 0, 0, 10, 15, 16, 17, 20, 22, 23};
  if (const auto fixed = kTypes[message.index()]; fixed != 0) return fixed;
  return std::visit(
      [](const auto& m) -> std::uint8_t {
        if constexpr (requires { m.type; }) return m.type;
        return 0;
      },
      message);
}

}  // namespace jinglue::observe::ais
