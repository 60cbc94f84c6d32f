// SPDX-License-Identifier: Apache-2.0
// Days in the authority's zone, as texts: due dates have no time of the day.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace jinglue::act::task {

/// "2024-05-01" of an instant, in Asia/Shanghai.
std::string local_day(base::Instant instant);
/// Days from `from` to `to`, both "2024-05-01"; nothing when one is no date.
std::optional<std::int64_t> days_between(std::string_view from, std::string_view to);

}  // namespace jinglue::act::task
