// SPDX-License-Identifier: Apache-2.0
// LargePages: an allocator for big tables that are read at random. From 2 MB on it asks the system
// for pages of 2 MB (transparent huge pages, madvise(2)), so that a look-up does not wait for the
// page table too; where the system has none, they are usual pages. Smaller ones come from the heap.
// Always on a line of the processor's cache (64 bytes). Throws std::bad_alloc.
#pragma once

#include <cstddef>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace jinglue::base {

inline constexpr std::size_t kLargePage = std::size_t{2} << 20;
inline constexpr std::size_t kCacheLine = 64;

/// Not initialised by us; what the system maps is zero.
void* take_pages(std::size_t bytes);
void give_pages_back(void* begin, std::size_t bytes) noexcept;
/// Bytes of large pages that are held now: the heap does not know of them.
std::size_t large_pages_held();

template <class T>
struct LargePages {
  using value_type = T;
  static_assert(alignof(T) <= kCacheLine);

  LargePages() = default;
  template <class Other>
  LargePages(const LargePages<Other>&) {}  // NOLINT(google-explicit-constructor): an allocator's

  T* allocate(std::size_t count) {
    if (count > std::size_t(-1) / 2 / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(take_pages(count * sizeof(T)));
  }
  void deallocate(T* begin, std::size_t count) noexcept {
    give_pages_back(begin, count * sizeof(T));
  }
  friend bool operator==(const LargePages&, const LargePages&) { return true; }
};

/// `count` values of zero octets. Large ones are as the system gave them, so that pages which
/// nobody has written are not in memory.
template <class T>
class LargeArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  LargeArray() = default;
  explicit LargeArray(std::size_t count)
      : m_begin(LargePages<T>().allocate(count)), m_count(count) {
    if (count * sizeof(T) < kLargePage) std::memset(m_begin, 0, count * sizeof(T));
  }
  LargeArray(LargeArray&& other) noexcept
      : m_begin(std::exchange(other.m_begin, nullptr)), m_count(std::exchange(other.m_count, 0)) {}
  LargeArray& operator=(LargeArray&& other) noexcept {
    std::swap(m_begin, other.m_begin);
    std::swap(m_count, other.m_count);
    return *this;
  }
  ~LargeArray() {
    if (m_begin != nullptr) LargePages<T>().deallocate(m_begin, m_count);
  }
  std::size_t size() const { return m_count; }
  T& operator[](std::size_t at) { return m_begin[at]; }
  const T& operator[](std::size_t at) const { return m_begin[at]; }

 private:
  T* m_begin{nullptr};
  std::size_t m_count{0};
};

/// Asks for the cache line that holds `place`, without waiting for it.
inline void fetch(const void* place) {
  __builtin_prefetch(place, 1, 3);
}

}  // namespace jinglue::base
