// SPDX-License-Identifier: Apache-2.0
// Signal: what makes a message one of distress, and what only tests a beacon. By the number:
// AIS-SART 970, man overboard 972, EPIRB-AIS 974 (ITU-R M.585-9 annex 2); by the navigational
// status: 14 is an active beacon, 15 of a beacon a test (ITU-R M.1371-5 table 45 and annex 9: "SART
// ACTIVE", "SART TEST"); by the words of a safety related message (types 12 and 14); by the alarm
// of a BeiDou terminal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "model/finding.hpp"
#include "model/fix.hpp"

namespace jinglue::detect {

enum class Beacon : std::uint8_t { kNone = 0, kSart = 1, kManOverboard = 2, kEpirb = 3 };
Beacon beacon_of(model::TerminalId terminal);

/// What a sender may say; each is a rule of its own in the findings.
enum class Signal : std::uint8_t {
  kBeacon = 0,      ///< distress.beacon: critical
  kBeaconTest = 1,  ///< distress.beacon_test: info
  kStatus14 = 2,    ///< distress.status_14: an ordinary ship with the status of a beacon; high
  kSos = 3,         ///< distress.sos: the alarm of a terminal, or words of distress; critical
  kSafetyText = 4,  ///< safety.text: another safety related message; info
  kCount,
};
std::string_view rule_of(Signal signal);
model::Severity severity_of(Signal signal);
base::Words title_of(Signal signal, Beacon beacon);
base::Words beacon_name(Beacon beacon);

/// None for a fix that says nothing of distress.
std::optional<Signal> signal_of(const model::Fix& fix);
/// Of a safety related text. Words of distress in Chinese and English, as a person would write
/// them.
Signal signal_of_text(model::TerminalId from, std::string_view text);

}  // namespace jinglue::detect
