// SPDX-License-Identifier: Apache-2.0
// require(): a property that holds whatever the input of a fuzz target; says where it did not hold
// and ends the run, so that the fuzzer keeps the input.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace jinglue::fuzz {

inline void require(bool holds, std::source_location at = std::source_location::current()) {
  if (holds) return;
  std::fprintf(stderr, "%s:%u: does not hold\n", at.file_name(), unsigned(at.line()));
  std::abort();
}

}  // namespace jinglue::fuzz
