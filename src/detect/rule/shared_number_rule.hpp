// SPDX-License-Identifier: Apache-2.0
// SharedNumberRule: when two hulls on one MMSI are a finding, one version, read from
// [[shared_number]] of rules/*.toml (docs/format/rules.md). Distances in nautical miles.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/text.hpp"
#include "detect/rule/season.hpp"
#include "model/finding.hpp"
#include "model/vessel.hpp"

namespace jinglue::detect {

struct SharedNumberRule {
  std::string id;
  std::int64_t version{0};
  base::Words name, title;
  TimeSpan valid;
  base::Duration window{0};        ///< both are heard within so long of each other
  double apart_nm{0};              ///< and at least so far apart
  base::Duration silence{0};       ///< closed when both were not heard together for longer
  base::Duration extend_every{0};  ///< while it lasts, one step in so long at most
  model::Severity severity{model::Severity::kLow};
  std::vector<model::VesselKind> exclude_kinds;  ///< net beacons and what is no vessel
  std::vector<std::string> sources;
  std::string confidence, review, note;
  std::string where;

  bool excludes(model::VesselKind kind) const {
    return std::find(exclude_kinds.begin(), exclude_kinds.end(), kind) != exclude_kinds.end();
  }
};

}  // namespace jinglue::detect
