// SPDX-License-Identifier: Apache-2.0
// The inverse of control_reader.cpp.
#include <algorithm>

#include "observe/ais/encoder.hpp"

namespace jinglue::observe::ais {
namespace {

constexpr std::int64_t kNoLon = std::int64_t{181} * 600;
constexpr std::int64_t kNoLat = std::int64_t{91} * 600;

void put_area(BitWriter& bits, const CoarseArea& area) {
  bits.put_signed(area.ne_lon.value_or(kNoLon), 18);
  bits.put_signed(area.ne_lat.value_or(kNoLat), 17);
  bits.put_signed(area.sw_lon.value_or(kNoLon), 18);
  bits.put_signed(area.sw_lat.value_or(kNoLat), 17);
}

void put(BitWriter& bits, const Acknowledgement& m) {
  put_head(bits, m.type, m.repeat, m.mmsi);
  bits.put(0, 2);
  for (std::size_t i = 0; i < std::max<std::size_t>(1, m.count); ++i) {
    bits.put(m.of[i].mmsi, 30);
    bits.put(m.of[i].sequence, 2);
  }
}

void put(BitWriter& bits, const UtcInquiry& m) {
  put_head(bits, 10, m.repeat, m.mmsi);
  bits.put(0, 2);
  bits.put(m.destination, 30);
  bits.put(0, 2);
}

void put_asked(BitWriter& bits, const Interrogation::One& one) {
  bits.put(one.type, 6);
  bits.put(one.slot_offset, 12);
}

void put(BitWriter& bits, const Interrogation& m) {
  put_head(bits, 15, m.repeat, m.mmsi);
  bits.put(0, 2);
  bits.put(m.of[0].mmsi, 30);
  put_asked(bits, m.of[0]);
  if (m.count < 2) return;
  bits.put(0, 2);
  put_asked(bits, m.of[1]);
  bits.put(0, 2);
  if (m.count < 3) {
    bits.put(0, 2);  // to whole octets
    return;
  }
  bits.put(m.of[2].mmsi, 30);
  put_asked(bits, m.of[2]);
  bits.put(0, 2);
}

void put(BitWriter& bits, const Assignment& m) {
  put_head(bits, 16, m.repeat, m.mmsi);
  bits.put(0, 2);
  for (std::size_t i = 0; i < std::max<std::size_t>(1, m.count); ++i) {
    bits.put(m.of[i].mmsi, 30);
    bits.put(m.of[i].offset, 12);
    bits.put(m.of[i].increment, 10);
  }
  if (m.count < 2) bits.put(0, 4);
}

void put(BitWriter& bits, const DgnssBroadcast& m) {
  put_head(bits, 17, m.repeat, m.mmsi);
  bits.put(0, 2);
  bits.put_signed(m.lon.value_or(kNoLon), 18);
  bits.put_signed(m.lat.value_or(kNoLat), 17);
  bits.put(0, 5);
  bits.put_bits(m.data);
}

void put(BitWriter& bits, const SlotReservation& m) {
  put_head(bits, 20, m.repeat, m.mmsi);
  bits.put(0, 2);
  for (std::size_t i = 0; i < std::max<std::size_t>(1, m.count); ++i) {
    bits.put(m.of[i].offset, 12);
    bits.put(m.of[i].slots, 4);
    bits.put(m.of[i].timeout_min, 3);
    bits.put(m.of[i].increment, 11);
  }
  bits.put(0, static_cast<unsigned>((8 - bits.bits() % 8) % 8));
}

void put(BitWriter& bits, const ChannelManagement& m) {
  put_head(bits, 22, m.repeat, m.mmsi);
  bits.put(0, 2);
  bits.put(m.channel_a, 12);
  bits.put(m.channel_b, 12);
  bits.put(m.tx_rx_mode, 4);
  bits.put(m.low_power, 1);
  if (m.addressed) {
    for (const std::uint32_t mmsi : m.to) {
      bits.put(mmsi, 30);
      bits.put(0, 5);
    }
  } else {
    put_area(bits, m.area);
  }
  bits.put(m.addressed, 1);
  bits.put(m.reserved_a, 1);
  bits.put(m.reserved_b, 1);
  bits.put(m.zone_size, 3);
  bits.put(0, 23);
}

void put(BitWriter& bits, const GroupAssignment& m) {
  put_head(bits, 23, m.repeat, m.mmsi);
  bits.put(0, 2);
  put_area(bits, m.area);
  bits.put(m.station_type, 4);
  bits.put(m.ship_type, 8);
  bits.put(0, 22);
  bits.put(m.tx_rx_mode, 2);
  bits.put(m.interval, 4);
  bits.put(m.quiet_min, 4);
  bits.put(0, 6);
}

}  // namespace

void put_control(BitWriter& bits, const Message& message) {
  std::visit(
      [&](const auto& m) {
        if constexpr (requires { put(bits, m); }) put(bits, m);
      },
      message);
}

}  // namespace jinglue::observe::ais
