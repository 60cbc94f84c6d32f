// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/message_reader.hpp"

#include <chrono>

#include "observe/ais/mmsi.hpp"

namespace jinglue::observe::ais {
namespace {

constexpr std::size_t kHead = 38;  // type, repeat indicator, MMSI

/// A value that stands for itself below `limit` and for "not available" from there on.
template <class T>
std::optional<T> below(std::uint64_t value, std::uint64_t limit) {
  if (value >= limit) return std::nullopt;
  return static_cast<T>(value);
}

template <class T>
std::optional<T> unless_zero(std::uint64_t value) {
  if (value == 0) return std::nullopt;
  return static_cast<T>(value);
}

std::optional<std::int32_t> within(std::int64_t value, std::int64_t limit) {
  if (value > limit || value < -limit) return std::nullopt;
  return static_cast<std::int32_t>(value);
}

std::optional<std::string> unless_empty(std::string text) {
  if (text.empty()) return std::nullopt;
  return text;
}

/// Longitude (28 bits), then latitude (27), 1/10,000 minute.
template <class M>
void read_place(const BitReader& bits, std::size_t from, M& m) {
  m.lon = within(bits.get_signed(from, 28), std::int64_t{180} * 600'000);
  m.lat = within(bits.get_signed(from + 28, 27), std::int64_t{90} * 600'000);
}

std::optional<model::Dimensions> read_dimensions(const BitReader& bits, std::size_t from) {
  const std::uint64_t all = bits.get(from, 30);
  if (all == 0) return std::nullopt;
  return model::Dimensions{
      static_cast<std::uint16_t>(all >> 21), static_cast<std::uint16_t>((all >> 12) & 511),
      static_cast<std::uint8_t>((all >> 6) & 63), static_cast<std::uint8_t>(all & 63)};
}

void read_class_a(const BitReader& bits, PositionReport& m) {
  m.nav_status = static_cast<std::uint8_t>(bits.get(38, 4));
  const auto turn = static_cast<std::int8_t>(bits.get_signed(42, 8));
  if (turn != -128) m.rate_of_turn = turn;
  m.sog = below<std::uint16_t>(bits.get(50, 10), 1023);
  m.accurate = bits.flag(60);
  read_place(bits, 61, m);
  m.cog = below<std::uint16_t>(bits.get(116, 12), 3600);
  m.heading = below<std::uint16_t>(bits.get(128, 9), 360);
  m.utc_second = below<std::uint8_t>(bits.get(137, 6), 60);
  m.raim = bits.flag(148);
}

void read_class_b(const BitReader& bits, PositionReport& m) {
  m.sog = below<std::uint16_t>(bits.get(46, 10), 1023);
  m.accurate = bits.flag(56);
  read_place(bits, 57, m);
  m.cog = below<std::uint16_t>(bits.get(112, 12), 3600);
  m.heading = below<std::uint16_t>(bits.get(124, 9), 360);
  m.utc_second = below<std::uint8_t>(bits.get(133, 6), 60);
  if (m.type == 18) {
    m.raim = bits.flag(147);
    return;
  }
  m.name = bits.text(143, 20);
  m.ship_type = unless_zero<std::uint8_t>(bits.get(263, 8));
  m.dimensions = read_dimensions(bits, 271);
  m.raim = bits.flag(305);
}

void read_aircraft(const BitReader& bits, PositionReport& m) {
  m.altitude_m = below<std::uint16_t>(bits.get(38, 12), 4095);
  m.sog = below<std::uint16_t>(bits.get(50, 10), 1023);
  m.accurate = bits.flag(60);
  read_place(bits, 61, m);
  m.cog = below<std::uint16_t>(bits.get(116, 12), 3600);
  m.utc_second = below<std::uint8_t>(bits.get(128, 6), 60);
  m.raim = bits.flag(147);
}

void read_long_range(const BitReader& bits, PositionReport& m) {
  m.accurate = bits.flag(38);
  m.raim = bits.flag(39);
  m.nav_status = static_cast<std::uint8_t>(bits.get(40, 4));
  m.lon = within(bits.get_signed(44, 18), std::int64_t{180} * 600);
  m.lat = within(bits.get_signed(62, 17), std::int64_t{90} * 600);
  m.sog = below<std::uint16_t>(bits.get(79, 6), 63);
  m.cog = below<std::uint16_t>(bits.get(85, 9), 360);
}

BaseStationReport read_base_station(const BitReader& bits) {
  using namespace std::chrono;
  BaseStationReport m;
  const auto day = year(static_cast<int>(bits.get(38, 14))) /
                   month(static_cast<unsigned>(bits.get(52, 4))) /
                   std::chrono::day(static_cast<unsigned>(bits.get(56, 5)));
  const auto of = [&](std::size_t from, unsigned count) {
    return static_cast<std::int64_t>(bits.get(from, count));
  };
  const std::int64_t h = of(61, 5);
  const std::int64_t min = of(66, 6);
  const std::int64_t s = of(72, 6);
  if (day.ok() && day.year() > year(0) && h < 24 && min < 60 && s < 60) {
    const std::int64_t days = sys_days(day).time_since_epoch().count();
    m.utc = base::Instant{(days * 86'400 + h * 3600 + min * 60 + s) * 1000};
  }
  read_place(bits, 79, m);
  return m;
}

StaticData read_voyage(const BitReader& bits) {
  StaticData m;
  m.imo = unless_zero<std::uint32_t>(bits.get(40, 30));
  m.call_sign = unless_empty(bits.text(70, 7));
  m.name = unless_empty(bits.text(112, 20));
  m.ship_type = unless_zero<std::uint8_t>(bits.get(232, 8));
  m.dimensions = read_dimensions(bits, 240);
  const auto eta = static_cast<std::uint32_t>(bits.get(274, 20));
  if ((eta >> 16) != 0 && ((eta >> 11) & 31) != 0) m.eta = eta;  // without a date it says nothing
  m.draught_dm = unless_zero<std::uint8_t>(bits.get(294, 8));
  m.destination = unless_empty(bits.text(302, 20));
  return m;
}

Cause read_class_b_static(const BitReader& bits, std::uint32_t mmsi, StaticData& m) {
  m.part = static_cast<std::uint8_t>(bits.get(38, 2));
  if (m.part == 0) {
    if (!bits.holds(0, 160)) return Cause::kTooShort;
    m.name = unless_empty(bits.text(40, 20));
    return Cause::kNone;
  }
  if (m.part != 1) return Cause::kValue;
  if (!bits.holds(0, 162)) return Cause::kTooShort;
  m.ship_type = unless_zero<std::uint8_t>(bits.get(40, 8));
  m.vendor = unless_empty(bits.text(48, 3));
  m.call_sign = unless_empty(bits.text(90, 7));
  if (mmsi_kind(mmsi) == MmsiKind::kAuxiliaryCraft) {
    m.mothership_mmsi = unless_zero<std::uint32_t>(bits.get(132, 30));
  } else {
    m.dimensions = read_dimensions(bits, 132);
  }
  return Cause::kNone;
}

AtonReport read_aton(const BitReader& bits) {
  AtonReport m;
  m.aton_type = static_cast<std::uint8_t>(bits.get(38, 5));
  bits.append_text(43, 20, m.name);
  read_place(bits, 164, m);
  m.dimensions = read_dimensions(bits, 219);
  m.utc_second = below<std::uint8_t>(bits.get(253, 6), 60);
  m.off_position = bits.flag(259);
  m.is_virtual = bits.flag(269);
  if (m.name.size() == 20) bits.append_text(272, 14, m.name);
  m.name.resize(m.name.find_last_not_of(' ') + 1);
  return m;
}

/// Bits up to and with the last field that we read (24: see its parts). Position reports are held
/// to their nominal length less a wrongly declared fill of up to five bits: a shorter one is cut.
std::size_t least_bits(unsigned type) {
  switch (type) {
    case 5:
      return 422;
    case 19:
      return 306;
    case 21:
      return 272;
    case 24:
      return 40;
    case 27:
      return 94;
    default:
      return 163;
  }
}

bool is_decoded(unsigned type) {
  constexpr std::uint32_t kTypes = (1u << 1) | (1u << 2) | (1u << 3) | (1u << 4) | (1u << 5) |
                                   (1u << 9) | (1u << 18) | (1u << 19) | (1u << 21) | (1u << 24) |
                                   (1u << 27);
  return ((kTypes >> type) & 1) != 0;
}

void read_position(const BitReader& bits, PositionReport& m) {
  switch (m.type) {
    case 9:
      return read_aircraft(bits, m);
    case 18:
    case 19:
      return read_class_b(bits, m);
    case 27:
      return read_long_range(bits, m);
    default:
      return read_class_a(bits, m);
  }
}

Cause read_by_type(const BitReader& bits, unsigned type, std::uint32_t mmsi, Message& message) {
  switch (type) {
    case 4: {
      auto& m = message.emplace<BaseStationReport>(read_base_station(bits));
      m.mmsi = mmsi;
      return Cause::kNone;
    }
    case 5: {
      auto& m = message.emplace<StaticData>(read_voyage(bits));
      m.mmsi = mmsi;
      return Cause::kNone;
    }
    case 21: {
      auto& m = message.emplace<AtonReport>(read_aton(bits));
      m.mmsi = mmsi;
      return Cause::kNone;
    }
    case 24: {
      auto& m = message.emplace<StaticData>();
      m.type = 24;
      m.mmsi = mmsi;
      return read_class_b_static(bits, mmsi, m);
    }
    default: {
      auto& m = std::get<PositionReport>(message);
      m.type = static_cast<std::uint8_t>(type);
      m.mmsi = mmsi;
      read_position(bits, m);
      return Cause::kNone;
    }
  }
}

}  // namespace

Cause read_message(const BitReader& bits, std::optional<Message>& out) {
  if (!bits.holds(0, 6)) return Cause::kTooShort;
  const auto type = static_cast<unsigned>(bits.get(0, 6));
  if (type == 0 || type > 27) return Cause::kTypeUnknown;
  if (!bits.holds(0, kHead)) return Cause::kTooShort;
  if (!is_decoded(type)) return Cause::kTypeUnused;
  if (!bits.holds(0, least_bits(type))) return Cause::kTooShort;
  const auto mmsi = static_cast<std::uint32_t>(bits.get(8, 30));
  if (mmsi > 999'999'999) return Cause::kValue;
  const Cause cause = read_by_type(bits, type, mmsi, out.emplace());
  if (cause != Cause::kNone) out.reset();
  return cause;
}

}  // namespace jinglue::observe::ais
