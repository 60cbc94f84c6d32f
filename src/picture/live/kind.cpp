// SPDX-License-Identifier: Apache-2.0
#include "picture/live/kind.hpp"

#include "picture/identity/flag_table.hpp"

namespace jinglue::picture {
namespace {

using model::FixSource;
using model::VesselKind;

constexpr std::uint16_t kGearStill_ckn = 100;
constexpr std::uint16_t kGearDrift_ckn = 300;

}  // namespace

VesselKind kind_of_mmsi(std::uint64_t mmsi) {
  const auto first_three = mmsi / 1'000'000;
  switch (first_three) {
    case 970:  // AIS-SART
    case 972:  // man overboard
    case 974:  // EPIRB-AIS
      return VesselKind::kDistress;
    case 111:
      return VesselKind::kAircraft;
    default:
      break;
  }
  if (mmsi >= 1'000'000'000 || mid_of_mmsi(mmsi) == 0) return VesselKind::kGear;
  if (first_three / 10 == 99) return VesselKind::kAton;
  if (first_three < 10) return VesselKind::kBaseStation;
  if (first_three < 100) return VesselKind::kGear;  // a group number never transmits a position
  return VesselKind::kUnknown;
}

VesselKind kind_of_ship_type(std::uint8_t ship_type) {
  switch (ship_type) {
    case 30:
      return VesselKind::kFishing;
    case 31:  // towing
    case 32:
    case 33:  // dredging, underwater work
    case 34:  // diving
    case 50:  // pilot
    case 52:
    case 53:  // port tender
    case 54:  // anti-pollution
      return VesselKind::kTug;
    case 35:  // military
    case 51:  // search and rescue
    case 55:  // law enforcement
    case 58:  // medical transport
      return VesselKind::kOfficial;
    case 36:  // sailing
    case 37:  // pleasure
      return VesselKind::kLeisure;
    default:
      break;
  }
  switch (ship_type / 10) {
    case 4:  // high-speed craft
    case 6:
      return VesselKind::kPassenger;
    case 7:
      return VesselKind::kCargo;
    case 8:
      return VesselKind::kTanker;
    default:
      return VesselKind::kUnknown;
  }
}

VesselKind kind_of_sender(const model::Fix& fix, std::optional<std::uint8_t> ship_type,
                          VesselKind before) {
  if (fix.source == FixSource::kAisBase) return VesselKind::kBaseStation;
  if (fix.source == FixSource::kAisAircraft) return VesselKind::kAircraft;
  if (fix.source == FixSource::kAisAton) return VesselKind::kAton;
  const auto by_type = ship_type ? kind_of_ship_type(*ship_type) : VesselKind::kUnknown;
  if (fix.track.terminal.kind() != model::TerminalKind::kMmsi) return by_type;
  const auto by_number = kind_of_mmsi(fix.track.terminal.number());
  if (by_number == VesselKind::kUnknown) return by_type;
  if (by_number != VesselKind::kGear) return by_number;
  // An irregular number.
  if (by_type != VesselKind::kUnknown && by_type != VesselKind::kFishing) return by_type;
  const auto limit = before == VesselKind::kGear ? kGearDrift_ckn : kGearStill_ckn;
  return !fix.sog_ckn || *fix.sog_ckn < limit ? VesselKind::kGear : by_type;
}

}  // namespace jinglue::picture
