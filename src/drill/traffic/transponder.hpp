// SPDX-License-Identifier: Apache-2.0
// What a terminal sends and when: reporting intervals and messages of one terminal as functions of
// the vessel's track and time. Class A and B after ITU-R M.1371-5 annex 1 tables 1 and 2; a
// BeiDou set every 3 minutes; a net beacon every 3 minutes; a man-overboard
// device eight messages in a burst each minute (annex 9). Receiver noise 10-20 m at rest, some
// metres under way.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "drill/cast/fleet.hpp"
#include "observe/ais/message.hpp"

namespace jinglue::drill::traffic {

inline constexpr std::int64_t kStaticEvery_ms = 360'000;

/// Until the next position report of a terminal that sends one at t, before the small shifts that
/// real transmitters make.
std::int64_t interval_ms(const cast::Vessel& vessel, script::Carry carry, std::int64_t t_ms);

observe::ais::Message position_report(const cast::Vessel& vessel, const cast::Terminal& terminal,
                                      std::int64_t t_ms);

/// Type 5 for class A, 24 A and B for class B and beacons, nothing for the others.
std::vector<observe::ais::Message> static_reports(const cast::Vessel& vessel,
                                                  const cast::Terminal& terminal);

}  // namespace jinglue::drill::traffic
