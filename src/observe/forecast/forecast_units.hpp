// SPDX-License-Identifier: Apache-2.0
// What the variables of a forecast file mean: by CF standard name, else by a name that models
// commonly give; their units as factors to ours; "hours since 2024-02-28 00:00".
#pragma once

#include <optional>
#include <string>

#include "base/instant.hpp"
#include "model/forecast.hpp"

namespace jinglue::observe::forecast {

struct Meaning {
  model::ForecastVariable variable{};
  bool along_axes{false};  ///< x_ and y_ of a grid, not eastward and northward
};
std::optional<Meaning> meaning_of(const std::string& standard_name, const std::string& name);

/// Ours is theirs times `factor` plus `offset`.
struct UnitFactor {
  double factor{1}, offset{0};
};
std::optional<UnitFactor> unit_factor(model::ForecastVariable variable, const std::string& units);

struct TimeUnit {
  base::Instant from;
  double ms{0};  ///< of one unit
};
std::optional<TimeUnit> read_time_unit(const std::string& units);

}  // namespace jinglue::observe::forecast
