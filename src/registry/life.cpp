// SPDX-License-Identifier: Apache-2.0
#include "registry/life.hpp"

#include <algorithm>

namespace jinglue::registry {

const ClockRule* Life::clock(std::string_view key) const {
  const auto it =
      std::find_if(clocks.begin(), clocks.end(), [&](const ClockRule& c) { return c.key == key; });
  return it == clocks.end() ? nullptr : &*it;
}

const TransitionLife& Life::transition(std::string_view key) const {
  static const TransitionLife kNone;
  const auto it = transitions.find(key);
  return it == transitions.end() ? kNone : it->second;
}

const Life& life_of(const Definition& definition) {
  static const Life kNone;
  return definition.life ? *definition.life : kNone;
}

std::string zone_of(const Definition& definition) {
  return definition.number_zone.empty() ? "Asia/Shanghai" : definition.number_zone;
}

}  // namespace jinglue::registry
