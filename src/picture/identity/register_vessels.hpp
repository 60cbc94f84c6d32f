// SPDX-License-Identifier: Apache-2.0
// Vessels of the register as facts: one record, or all that a condition on their fields names
// (group, gear, home port, district). As the register is now; what is dated in a record, its
// terminals, stays dated.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/vessel.hpp"
#include "registry/registry.hpp"

namespace jinglue::picture {

/// kMalformed names the field.
base::Result<model::VesselFacts> facts_of(const registry::Record& record);

/// Field keys with a value each; all must hold. Of list fields (groups, gears) one entry is enough.
using VesselWish = std::vector<std::pair<std::string, std::string>>;

/// `districts`: of an actor that sees no others; empty = all. Records that cannot be read are left
/// out. kUnknown, kMalformed when a field or value is none of the register's.
base::Result<std::vector<model::VesselFacts>> vessels_of(const registry::Registry& registry,
                                                         const VesselWish& wish,
                                                         const std::vector<std::string>& districts);

struct VesselGroup {
  std::string key;
  std::uint64_t vessels{0};
};
/// The groups that vessels are in, by key.
std::vector<VesselGroup> vessel_groups(const registry::Registry& registry,
                                       const std::vector<std::string>& districts);

}  // namespace jinglue::picture
