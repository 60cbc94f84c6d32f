// SPDX-License-Identifier: Apache-2.0
#include "base/large_pages.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cstdint>

namespace jinglue::base {
namespace {

std::size_t whole_pages(std::size_t bytes) {
  return (bytes + kLargePage - 1) / kLargePage * kLargePage;
}

/// Large pages that are nearly full are worth it.
bool is_large(std::size_t bytes) {
  constexpr std::size_t kSmallPage = 4096;
  return bytes + kSmallPage > kLargePage;
}

std::atomic<std::size_t> held{0};

}  // namespace

std::size_t large_pages_held() {
  return held;
}

void* take_pages(std::size_t bytes) {
  if (!is_large(bytes)) return ::operator new(bytes, std::align_val_t{kCacheLine});
  const auto wanted = whole_pages(bytes);
  const auto mapped = wanted + kLargePage;  // a mapping begins at any small page
  void* begin = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (begin == MAP_FAILED) throw std::bad_alloc();
  const auto from = reinterpret_cast<std::uintptr_t>(begin);
  const std::size_t before = whole_pages(from) - from;
  char* const out = static_cast<char*>(begin) + before;
  if (before != 0) munmap(begin, before);
  if (before != kLargePage) munmap(out + wanted, kLargePage - before);
  madvise(out, wanted, MADV_HUGEPAGE);  // refused by a kernel without them, which is no fault
  held += wanted;
  return out;
}

void give_pages_back(void* begin, std::size_t bytes) noexcept {
  if (!is_large(bytes)) {
    ::operator delete(begin, std::align_val_t{kCacheLine});
  } else {
    munmap(begin, whole_pages(bytes));
    held -= whole_pages(bytes);
  }
}

}  // namespace jinglue::base
