// SPDX-License-Identifier: Apache-2.0
// The kind of a sender that no register record describes: from the message (base station, aircraft,
// aid to navigation), the form of the MMSI (ITU-R M.585: 970, 972, 974 beacons; 99 aids; 111
// aircraft; 00 coast stations) and the AIS ship type (ITU-R M.1371 table 53).
// Net beacons of Chinese fishing gear use irregular nine-digit numbers without a MID (practice, not
// a rule; confidence low). Such a number is gear while it lies or drifts, and an unknown vessel
// when it makes way under its own number or states a ship type other than fishing.
#pragma once

#include <cstdint>
#include <optional>

#include "model/fix.hpp"
#include "model/vessel.hpp"

namespace jinglue::picture {

/// kUnknown for a ship's number; kGear for one that has no form of M.585.
model::VesselKind kind_of_mmsi(std::uint64_t mmsi);
model::VesselKind kind_of_ship_type(std::uint8_t ship_type);

/// `before` is the kind after the last fix (kGear at the first): gear stays gear up to 3 kn, a
/// vessel becomes gear only below 1 kn, so that the symbol does not flicker.
model::VesselKind kind_of_sender(const model::Fix& fix, std::optional<std::uint8_t> ship_type,
                                 model::VesselKind before);

}  // namespace jinglue::picture
