// SPDX-License-Identifier: Apache-2.0
// The middle of a few values (at place kCount / 2 of their order, as std::nth_element gives it),
// quickly when they come nearly in order, as stamps of a feed do: a value is tried by counting who
// is below it, which the processor does for many at once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace jinglue::observe::reception {

template <std::size_t kCount, class T>
T middle_of(const T* values) {
  constexpr int kTries = 6;
  constexpr auto kWanted = static_cast<T>(kCount / 2);
  std::size_t at = kCount / 2;
  for (int i = 0; i < kTries; ++i) {
    const T tried = values[at];
    T below = 0, not_above = 0;
    for (std::size_t k = 0; k < kCount; ++k) {
      below = static_cast<T>(below + (values[k] < tried ? 1 : 0));
      not_above = static_cast<T>(not_above + (values[k] <= tried ? 1 : 0));
    }
    if (below <= kWanted && kWanted < not_above) return tried;
    // In order, the wanted one stands as many places on as are missing.
    const T missing = below > kWanted ? kWanted - below : kWanted - not_above + 1;
    const auto next = static_cast<std::ptrdiff_t>(at) + static_cast<std::ptrdiff_t>(missing);
    at = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(next, 0, kCount - 1));
  }
  std::array<T, kCount> part;
  std::copy(values, values + kCount, part.begin());
  const auto middle = part.begin() + kCount / 2;
  std::nth_element(part.begin(), middle, part.end());
  return *middle;
}

}  // namespace jinglue::observe::reception
