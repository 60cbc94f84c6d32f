// SPDX-License-Identifier: Apache-2.0
// ChunkPages: the allocator of the chunks of the live picture. A whole chunk (kCount entries) takes
// a place in blocks that grow to large pages, and leaves it to the next one: the first touch of new
// memory costs more than a whole position. Everything else comes from the heap. Any thread: readers
// let go of snapshots.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "base/large_pages.hpp"

namespace jinglue::picture {

/// Places of one size; blocks of them are never given back.
class ChunkPlaces {
 public:
  explicit ChunkPlaces(std::size_t bytes) : m_bytes(bytes) {}
  ChunkPlaces(const ChunkPlaces&) = delete;
  ChunkPlaces& operator=(const ChunkPlaces&) = delete;
  void* take();
  void give_back(void* place) noexcept;

 private:
  const std::size_t m_bytes;
  std::mutex m_mutex;
  std::size_t m_made{0};
  std::vector<void*> m_free;
};

template <class T, std::size_t kCount>
struct ChunkPages {
  using value_type = T;
  template <class Other>
  struct rebind {
    using other = ChunkPages<Other, kCount>;
  };
  ChunkPages() = default;
  template <class Other>
  ChunkPages(const ChunkPages<Other, kCount>&) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) {
    if (count != kCount) return base::LargePages<T>().allocate(count);
    return static_cast<T*>(places().take());
  }
  void deallocate(T* begin, std::size_t count) noexcept {
    if (count != kCount) return base::LargePages<T>().deallocate(begin, count);
    places().give_back(begin);
  }
  friend bool operator==(const ChunkPages&, const ChunkPages&) { return true; }

 private:
  /// Never ended: a snapshot may outlive everything else.
  static ChunkPlaces& places() {
    static auto* const all = std::make_unique<ChunkPlaces>(kCount * sizeof(T)).release();
    return *all;
  }
};

}  // namespace jinglue::picture
