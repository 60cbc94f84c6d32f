// SPDX-License-Identifier: Apache-2.0
#include "picture/live/chunk_pages.hpp"

#include <algorithm>

namespace jinglue::picture {
namespace {

/// Blocks of as many places as there are, up to a few: then a whole large page at once.
constexpr std::size_t kSmallPicture = 4;

}  // namespace

void* ChunkPlaces::take() {
  const std::lock_guard lock(m_mutex);
  if (m_free.empty()) {
    const auto whole_page = std::max<std::size_t>(1, base::kLargePage / m_bytes);
    const auto count = m_made < kSmallPicture ? std::max<std::size_t>(1, m_made) : whole_page;
    m_free.reserve(m_made + count);  // giving back must not fail
    const auto bytes = m_made < kSmallPicture ? count * m_bytes : base::kLargePage;
    auto* const block = static_cast<char*>(base::take_pages(std::max(bytes, count * m_bytes)));
    for (auto i = count; i > 0; --i) m_free.push_back(block + (i - 1) * m_bytes);
    m_made += count;
  }
  void* const out = m_free.back();
  m_free.pop_back();
  return out;
}

void ChunkPlaces::give_back(void* place) noexcept {
  const std::lock_guard lock(m_mutex);
  m_free.push_back(place);
}

}  // namespace jinglue::picture
