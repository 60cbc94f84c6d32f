// SPDX-License-Identifier: Apache-2.0
// Civil time of a named zone (IANA), for seasons in rules and for the edges (screens, evidence).
// Zone data come from the system's tzdata. An ambiguous or non-existent local time takes the
// earlier instant; Asia/Shanghai has had neither since 1991.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace jinglue::base {

struct CivilTime {
  int year{1970};
  int month{1};
  int day{1};
  int hour{0};
  int minute{0};
  int second{0};
};

/// Error kUnknown when the zone is not in the zone data.
Result<Instant> to_instant(const CivilTime& local, std::string_view zone);
Result<CivilTime> to_civil(Instant t, std::string_view zone);

/// "2024-05-01 12:00:00" in the zone; for people, never for parsing.
std::string to_local_text(Instant t, std::string_view zone);

}  // namespace jinglue::base
