// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/unarmour.hpp"

#include <array>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace jinglue::observe::ais {
namespace {

/// From armour character to six bits; 0xFF where there is none.
constexpr std::array<std::uint8_t, 256> make_sixes() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool low = c >= 48 && c < 88;
    const bool high = c >= 96 && c < 120;
    table[c] = static_cast<std::uint8_t>(low ? c - 48 : high ? c - 56 : 0xFF);
  }
  return table;
}
constexpr std::array<std::uint8_t, 256> kSixes = make_sixes();

#ifdef __x86_64__

/// Sixteen characters to twelve octets; `bad` collects what is outside the alphabet.
__attribute__((target("ssse3"))) inline __m128i pack(__m128i text, __m128i& bad) {
  // 48..87 become 0..39, 96..119 become 48..71 and then 40..63.
  const __m128i low = _mm_sub_epi8(text, _mm_set1_epi8(48));
  const __m128i high = _mm_cmpgt_epi8(low, _mm_set1_epi8(47));
  const __m128i six = _mm_sub_epi8(low, _mm_and_si128(high, _mm_set1_epi8(8)));
  // Above 63 or below 0 as a signed octet; or 40..47 before the gap was closed.
  const __m128i gap = _mm_andnot_si128(high, _mm_cmpgt_epi8(low, _mm_set1_epi8(39)));
  bad = _mm_or_si128(bad, _mm_or_si128(gap, _mm_and_si128(six, _mm_set1_epi8(-64))));
  // Pairs to 12 bits, pairs of those to 24 bits, the three octets of each from the highest on.
  const __m128i twelve = _mm_maddubs_epi16(six, _mm_set1_epi16(0x0140));
  const __m128i word = _mm_madd_epi16(twelve, _mm_set1_epi32(0x00011000));
  return _mm_shuffle_epi8(word,
                          _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
}

__attribute__((target("ssse3"))) inline void store12(__m128i octets, std::uint8_t* out) {
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out), octets);
  const auto rest = static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_srli_si128(octets, 8)));
  __builtin_memcpy(out + 8, &rest, sizeof rest);
}

__attribute__((target("ssse3"))) bool unarmour_ssse3(const std::uint8_t* in, std::size_t size,
                                                     std::uint8_t* out) {
  const std::size_t fours = size & ~std::size_t{3};
  if (fours < 16) return unarmour_portable(in, size, out);
  __m128i bad = _mm_setzero_si128();
  const auto load = [&](std::size_t at) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + at));
  };
  std::size_t at = 0;
  for (; at + 16 <= fours; at += 16) store12(pack(load(at), bad), out + at / 4 * 3);
  // What is left of the fours is done again with some before it: nothing is read past the end.
  if (at < fours) store12(pack(load(fours - 16), bad), out + (fours - 16) / 4 * 3);
  const bool good = _mm_movemask_epi8(_mm_cmpeq_epi8(bad, _mm_setzero_si128())) == 0xFFFF;
  if (fours == size) return good;
  return unarmour_portable(in + fours, size - fours, out + fours / 4 * 3) && good;
}

#endif

}  // namespace

bool unarmour_portable(const std::uint8_t* in, std::size_t size, std::uint8_t* out) {
  unsigned bad = 0;
  for (; size >= 4; size -= 4, in += 4, out += 3) {
    const unsigned a = kSixes[in[0]];
    const unsigned b = kSixes[in[1]];
    const unsigned c = kSixes[in[2]];
    const unsigned d = kSixes[in[3]];
    bad |= a | b | c | d;
    const unsigned word = (a << 18) | (b << 12) | (c << 6) | d;
    out[0] = static_cast<std::uint8_t>(word >> 16);
    out[1] = static_cast<std::uint8_t>(word >> 8);
    out[2] = static_cast<std::uint8_t>(word);
  }
  if (size == 0) return (bad & 0xC0) == 0;
  unsigned word = 0;
  for (std::size_t i = 0; i < size; ++i) {
    bad |= kSixes[in[i]];
    word |= static_cast<unsigned>(kSixes[in[i]]) << (18 - 6 * i);
  }
  for (unsigned i = 0; i < 3; ++i) out[i] = static_cast<std::uint8_t>(word >> (16 - 8 * i));
  return (bad & 0xC0) == 0;
}

Unarmour best_unarmour() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("ssse3") != 0) return unarmour_ssse3;
#endif
  return unarmour_portable;
}

}  // namespace jinglue::observe::ais
