// SPDX-License-Identifier: Apache-2.0
// How often a repeated test repeats: a few times in CI, in full under `./dev test --long`.
#pragma once

#include <cstdlib>

namespace jinglue::test {

inline int repeats(int in_ci, int in_long) {
  return std::getenv("JINGLUE_LONG") != nullptr ? in_long : in_ci;
}

}  // namespace jinglue::test
