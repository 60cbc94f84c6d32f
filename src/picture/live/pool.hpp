// SPDX-License-Identifier: Apache-2.0
// Pool: values that never move, side by side in blocks that grow to large pages. What is dropped
// is used again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/large_pages.hpp"

namespace jinglue::picture {

template <class T>
class Pool {
 public:
  /// As new.
  T& make() {
    if (!m_free.empty()) {
      T* const out = m_free.back();
      m_free.pop_back();
      return *out;
    }
    if (m_blocks.empty() || m_blocks.back().size() == m_blocks.back().capacity()) add_block();
    return m_blocks.back().emplace_back();
  }
  /// Its memory is another's from now on.
  void drop(T& value) {
    value = T{};
    m_free.push_back(&value);
  }

 private:
  /// Small ones for a small picture, then whole large pages.
  void add_block() {
    constexpr std::size_t kFirst = 64, kSmall = 1024, kWhole = base::kLargePage / sizeof(T);
    const auto last = m_blocks.empty() ? 0 : m_blocks.back().capacity();
    const auto size = last >= kSmall ? kWhole : std::max(kFirst, 2 * last);
    m_blocks.emplace_back().reserve(size);
  }

  std::vector<std::vector<T, base::LargePages<T>>> m_blocks;
  std::vector<T*> m_free;
};

}  // namespace jinglue::picture
