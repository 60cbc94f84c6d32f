// SPDX-License-Identifier: Apache-2.0
// MmsiKind: what a nine-digit maritime identity stands for, by its first digits (ITU-R M.585-9
// annex 1 and annex 2). Leading zeros count: 002241078 is a coast station.
#pragma once

#include <cstdint>

namespace jinglue::observe::ais {

enum class MmsiKind : std::uint8_t {
  kOther = 0,       ///< none of the forms below; fishing gear and badly set units send these
  kShip,            ///< MIDxxxxxx, MID 201..775
  kGroup,           ///< 0MIDxxxxx
  kCoastStation,    ///< 00MIDxxxx
  kAircraft,        ///< 111MIDxxx: search and rescue aircraft
  kHandheld,        ///< 8xxxxxxxx: handheld VHF
  kAuxiliaryCraft,  ///< 98MIDxxxx: craft of a mother ship
  kAton,            ///< 99MIDxxxx: aid to navigation
  kSart,            ///< 970xxxxxx: AIS-SART
  kManOverboard,    ///< 972xxxxxx
  kEpirb,           ///< 974xxxxxx
  kGearBeacon,      ///< 979xxxxxx: autonomous maritime radio device group B (net beacons)
};

constexpr MmsiKind mmsi_kind(std::uint32_t mmsi) {
  const auto is_mid = [](std::uint32_t digits) { return digits >= 201 && digits <= 775; };
  if (mmsi > 999'999'999) return MmsiKind::kOther;
  const std::uint32_t first3 = mmsi / 1'000'000;
  if (is_mid(first3)) return MmsiKind::kShip;
  if (first3 == 111) return MmsiKind::kAircraft;
  if (first3 == 970) return MmsiKind::kSart;
  if (first3 == 972) return MmsiKind::kManOverboard;
  if (first3 == 974) return MmsiKind::kEpirb;
  if (first3 == 979) return MmsiKind::kGearBeacon;
  if (first3 / 10 == 98) return MmsiKind::kAuxiliaryCraft;
  if (first3 / 10 == 99) return MmsiKind::kAton;
  if (first3 / 100 == 8) return MmsiKind::kHandheld;
  if (mmsi < 10'000'000 && is_mid(mmsi / 10'000)) return MmsiKind::kCoastStation;
  if (mmsi < 100'000'000 && is_mid(mmsi / 100'000)) return MmsiKind::kGroup;
  return MmsiKind::kOther;
}

}  // namespace jinglue::observe::ais
