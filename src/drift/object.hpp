// SPDX-License-Identifier: Apache-2.0
// DriftObject: what drifts, and how the wind moves it: leeway (motion against the water) as
// straight lines over the 10 m wind, downwind and crosswind, the crosswind one for objects that go
// right and for those that go left (Allen and Plourde 1999; Allen 2005; Breivik and Allen 2008).
// What simply goes with a part of the wind (oil, containers, green tide, ice) is the same with
// crosswind zero.
#pragma once

#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"

namespace jinglue::drift {

/// slope_pct of the wind speed and an offset, with the deviation of what was measured about it.
struct LeewayLine {
  double slope_pct{0};    ///< percent
  double offset_cm_s{0};  ///< cm/s
  double sd_cm_s{0};      ///< cm/s
  friend bool operator==(const LeewayLine&, const LeewayLine&) = default;
};

struct DriftObject {
  int number{0};  ///< of the list that it is from
  std::string key;
  std::string zh, en;
  std::string kind;  ///< "leeway", or "windage": Stokes drift is not in the coefficients then
  LeewayLine downwind, crosswind_right, crosswind_left;
  std::string source;
  std::string confidence;

  bool holds_waves() const { return kind == "leeway"; }
};

/// data/drift/objects.toml (docs/format/drift.md). Errors name file, line and key.
base::Result<std::vector<DriftObject>> read_objects(const base::ConfigNode& document);

}  // namespace jinglue::drift
