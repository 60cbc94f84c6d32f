// SPDX-License-Identifier: Apache-2.0
// for_each_line: walks the lines of a block of memory. Line ends are found 64 octets at a time, as
// a word with one bit per octet; a call of memchr per line costs more than the decoding of a
// sentence.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace jinglue::base {

/// Bit i is set when octet i of the 64 at `at` is `wanted`.
inline std::uint64_t octets_equal(const char* at, char wanted) {
#ifdef __SSE2__
  const __m128i same = _mm_set1_epi8(wanted);
  const auto sixteen = [&](int i) {
    const auto* from = reinterpret_cast<const __m128i*>(at + 16 * i);
    const int bits = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(from), same));
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(bits)) << (16 * i);
  };
  return sixteen(0) | sixteen(1) | sixteen(2) | sixteen(3);
#else
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 64; ++i) bits |= std::uint64_t{at[i] == wanted} << i;
  return bits;
#endif
}

/// Calls work(line) for each line that ends in `bytes`, without its '\n'. Returns what stands
/// behind the last line end.
template <class Work>
std::string_view for_each_line(std::string_view bytes, Work&& work) {
  const char* const data = bytes.data();
  std::size_t begin = 0;
  const auto end_at = [&](std::size_t end) {
    work(std::string_view(data + begin, end - begin));
    begin = end + 1;
  };
  std::size_t block = 0;
  for (; block + 64 <= bytes.size(); block += 64) {
    for (std::uint64_t ends = octets_equal(data + block, '\n'); ends != 0; ends &= ends - 1) {
      end_at(block + static_cast<std::size_t>(std::countr_zero(ends)));
    }
  }
  for (; block < bytes.size(); ++block) {
    if (data[block] == '\n') end_at(block);
  }
  return bytes.substr(begin);
}

}  // namespace jinglue::base
