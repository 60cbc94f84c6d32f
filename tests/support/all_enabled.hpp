// SPDX-License-Identifier: Apache-2.0
// Every register in use, without lines in the audit log: for tests that are not about which are.
#pragma once

#include "registry/registry.hpp"

namespace jinglue::test {

inline void use_all(const registry::Registry& registry) {
  for (const auto& definition : registry.definitions()) definition.in_use->store(true);
}

}  // namespace jinglue::test
