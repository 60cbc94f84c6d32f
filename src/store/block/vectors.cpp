// SPDX-License-Identifier: Apache-2.0
// Eight rows at a time. The functions carry the target attribute themselves, so that the rest of
// the program runs on any x86-64 (and on other processors without them).
#include "store/block/vectors.hpp"

#include <cassert>

#if defined(__x86_64__)
#include <immintrin.h>

#include <utility>

#define JINGLUE_AVX2 __attribute__((target("avx2")))
#define JINGLUE_AVX2_INLINE __attribute__((target("avx2"), always_inline)) inline

namespace jinglue::store {
namespace {

using Eight = __m256i;

JINGLUE_AVX2_INLINE Eight load(const Lane& lane, std::size_t row) {
  return _mm256_load_si256(reinterpret_cast<const Eight*>(lane.at.data() + row));
}
JINGLUE_AVX2_INLINE void save(Lane& lane, std::size_t row, Eight v) {
  _mm256_store_si256(reinterpret_cast<Eight*>(lane.at.data() + row), v);
}
JINGLUE_AVX2_INLINE Eight all(std::uint32_t v) {
  return _mm256_set1_epi32(static_cast<int>(v));
}

/// The eight numbers of slot `Slot`: bits Slot x Width of each lane and on.
template <unsigned Width, unsigned Slot>
JINGLUE_AVX2_INLINE void unpack_slot(const char* body, Lane& out) {
  constexpr unsigned kBit = Width * Slot;
  constexpr unsigned kShift = kBit % 32;
  const auto* words = reinterpret_cast<const __m256i_u*>(body) + kBit / 32;
  Eight v = _mm256_srli_epi32(_mm256_loadu_si256(words), kShift);
  if constexpr (kShift + Width > 32) {
    v = _mm256_or_si256(v, _mm256_slli_epi32(_mm256_loadu_si256(words + 1), 32 - kShift));
  }
  if constexpr (Width < 32) v = _mm256_and_si256(v, all((1u << Width) - 1));
  save(out, std::size_t{Slot} * 8, v);
}

template <unsigned Width, unsigned... Slots>
JINGLUE_AVX2_INLINE void unpack_slots(const char* body, Lane& out,
                                      std::integer_sequence<unsigned, Slots...>) {
  (unpack_slot<Width, Slots>(body, out), ...);
}

template <unsigned Width>
JINGLUE_AVX2 void unpack(const char* body, Lane& out) {
  unpack_slots<Width>(body, out, std::make_integer_sequence<unsigned, 32>{});
}
template <>
JINGLUE_AVX2 void unpack<0>(const char*, Lane& out) {
  for (std::size_t i = 0; i < kBlockRows; i += 8) save(out, i, _mm256_setzero_si256());
}

using Unpack = void (*)(const char*, Lane&);
template <unsigned... Widths>
constexpr std::array<Unpack, 33> unpack_table(std::integer_sequence<unsigned, Widths...>) {
  return {unpack<Widths>...};
}
constexpr auto kUnpack = unpack_table(std::make_integer_sequence<unsigned, 33>{});

JINGLUE_AVX2_INLINE Eight from_zigzag(Eight z) {
  const Eight sign = _mm256_sub_epi32(_mm256_setzero_si256(), _mm256_and_si256(z, all(1)));
  return _mm256_xor_si256(_mm256_srli_epi32(z, 1), sign);
}

/// Running sums of eight steps on top of `carry` (the sum so far in every lane), which moves on.
JINGLUE_AVX2_INLINE Eight sums(Eight x, Eight& carry) {
  x = _mm256_add_epi32(x, _mm256_slli_si256(x, 4));
  x = _mm256_add_epi32(x, _mm256_slli_si256(x, 8));
  const Eight low = _mm256_permute2x128_si256(x, x, 0x08);  // low half moved up, zeros below
  x = _mm256_add_epi32(x, _mm256_shuffle_epi32(low, 0xFF));
  // The sum of all eight apart from the carry: one addition, not a permutation, is what each step
  // waits for.
  const Eight total = _mm256_permutevar8x32_epi32(x, all(7));
  x = _mm256_add_epi32(x, carry);
  carry = _mm256_add_epi32(carry, total);
  return x;
}

/// The row before each: `before` holds the eight rows before `now`.
JINGLUE_AVX2_INLINE Eight shifted(Eight before, Eight now) {
  return _mm256_alignr_epi8(now, _mm256_permute2x128_si256(before, now, 0x21), 12);
}

JINGLUE_AVX2_INLINE Eight not_less(Eight a, Eight b) {
  return _mm256_cmpeq_epi32(_mm256_max_epu32(a, b), a);
}

/// ((a x factor) >> 32) x b, of that bits 24 to 55, rounded; signed. Even and odd rows apart,
/// because a multiplication gives 64 bits.
JINGLUE_AVX2_INLINE Eight scaled_product(Eight a, Eight factor, Eight b) {
  const Eight half = _mm256_set1_epi64x(1 << 23);
  Eight even = _mm256_srli_epi64(_mm256_mul_epi32(a, factor), 32);
  Eight odd = _mm256_srli_epi64(_mm256_mul_epi32(_mm256_srli_epi64(a, 32), factor), 32);
  even = _mm256_add_epi64(_mm256_mul_epi32(even, b), half);
  odd = _mm256_add_epi64(_mm256_mul_epi32(odd, _mm256_srli_epi64(b, 32)), half);
  return _mm256_blend_epi32(_mm256_srli_epi64(even, 24), _mm256_slli_epi64(odd, 8), 0xAA);
}

/// `steps`: the time since the row before, 0 where that is too long for reckoning and for row 0.
JINGLUE_AVX2 void restore_times(const BlockModel& m, const Lane& lane, Lane& out, Lane& steps) {
  const Eight step = all(m.time_step);
  const Eight scale = all(m.time_scale);
  const Eight longest = all(kLongestReckoning_ms);
  Eight carry = all(0 - m.time_step * m.time_scale);  // row 0 has no step
  for (std::size_t i = 0; i < m.rows; i += 8) {
    const Eight ms = _mm256_mullo_epi32(_mm256_add_epi32(from_zigzag(load(lane, i)), step), scale);
    save(steps, i, _mm256_andnot_si256(not_less(ms, longest), ms));
    save(out, i, sums(ms, carry));
  }
  steps.at[0] = 0;
}

/// `Steps`, `Turns`: constants, so that the loop holds no branch.
template <bool Steps, bool Turns>
JINGLUE_AVX2 void restore_column(const ValueModel& m, std::uint32_t full_turn, const Lane& lane,
                                 std::size_t rows, Lane& out) {
  const Eight turn = all(full_turn);
  const Eight scale = all(m.scale);
  const Eight base = all(m.base - m.scale);
  Eight carry = all(m.first);
  for (std::size_t i = 0; i < rows; i += 8) {
    Eight q = load(lane, i);
    if constexpr (Steps) q = sums(from_zigzag(q), carry);
    Eight v = _mm256_add_epi32(base, _mm256_mullo_epi32(q, scale));
    if constexpr (Turns) v = _mm256_sub_epi32(v, _mm256_and_si256(not_less(v, turn), turn));
    const Eight absent = _mm256_cmpeq_epi32(q, _mm256_setzero_si256());
    save(out, i, _mm256_or_si256(v, absent));  // kAbsent is all ones
  }
}

JINGLUE_AVX2 void restore_values(const ValueModel& m, BlockColumn column, const Lane& lane,
                                 std::size_t rows, Lane& out) {
  const auto turn = full_turn(column);
  const bool turns = m.turns && turn != 0;
  if (m.holds == Holds::kNothing) {
    std::uint32_t v = m.base + (m.first - 1) * m.scale;
    if (turns && v >= turn) v -= turn;
    const Eight same = all(m.first == 0 ? BlockColumns::kAbsent : v);
    for (std::size_t i = 0; i < rows; i += 8) save(out, i, same);
  } else if (m.holds == Holds::kSteps) {
    (turns ? restore_column<true, true> : restore_column<true, false>)(m, turn, lane, rows, out);
  } else {
    (turns ? restore_column<false, true> : restore_column<false, false>)(m, turn, lane, rows, out);
  }
}

struct Velocity {
  Eight north, east;
};

/// The direction table's entry of each row, 0 where speed or course is of no use: cosine in the low
/// half, sine in the high one. Single loads, because a gather is slower on many processors.
JINGLUE_AVX2 void directions(const BlockColumns& known, Lane& out) {
  for (std::size_t i = 0; i < known.rows; i += 8) {
    const Eight cog = load(known.cog, i);
    const Eight useless = _mm256_or_si256(not_less(load(known.sog, i), all(kFastest_ckn)),
                                          not_less(cog, all(36'000)));
    // cog / 10 for cog < 36,000: 52,429 / 2^19.
    const Eight tenths = _mm256_srli_epi32(_mm256_mulhi_epu16(cog, all(52'429)), 3);
    save(out, i, _mm256_blendv_epi8(tenths, all(kDirections), useless));
  }
  for (std::size_t i = 0; i < known.rows; i += 8) {
    auto* at = out.at.data() + i;  // beyond the rows: of the last vector, and in range as well
    for (std::size_t k = 0; k < 8; ++k) at[k] = kDirectionTable[at[k]];
  }
}

/// A speed that is of no use meets an entry of 0.
JINGLUE_AVX2_INLINE Velocity velocity(Eight sog, Eight entry) {
  return {_mm256_madd_epi16(entry, sog), _mm256_madd_epi16(entry, _mm256_slli_epi32(sog, 16))};
}

JINGLUE_AVX2_INLINE void place(const PlaceModel& m, const Lane& lane, std::size_t i, Eight steps,
                               Eight& carry, Lane& out) {
  const Eight q = sums(_mm256_add_epi32(from_zigzag(load(lane, i)), steps), carry);
  save(out, i,
       _mm256_add_epi32(all(static_cast<std::uint32_t>(m.base)),
                        _mm256_mullo_epi32(q, all(m.scale))));
}

JINGLUE_AVX2 void restore_plain_places(const BlockModel& m, const BlockLanes& lanes,
                                       BlockColumns& out) {
  Eight lat = _mm256_setzero_si256();
  Eight lon = lat;
  for (std::size_t i = 0; i < m.rows; i += 8) {
    place(m.places[0], lanes[kLat], i, _mm256_setzero_si256(), lat, out.lat);
    place(m.places[1], lanes[kLon], i, _mm256_setzero_si256(), lon, out.lon);
  }
}

JINGLUE_AVX2 void restore_places(const BlockModel& m, const BlockLanes& lanes, const Lane& steps,
                                 BlockColumns& out) {
  const Eight lat_gain = all(m.places[0].gain);
  const Eight lon_gain = all(m.places[1].gain);
  Lane entries;
  directions(out, entries);
  Eight lat = _mm256_setzero_si256();
  Eight lon = lat;
  Velocity last{lat, lat};
  for (std::size_t i = 0; i < m.rows; i += 8) {
    const Eight dt = load(steps, i);  // 0: no way
    const Velocity now = velocity(load(out.sog, i), load(entries, i));
    const Eight north = _mm256_add_epi32(now.north, shifted(last.north, now.north));
    const Eight east = _mm256_add_epi32(now.east, shifted(last.east, now.east));
    place(m.places[0], lanes[kLat], i, scaled_product(north, lat_gain, dt), lat, out.lat);
    place(m.places[1], lanes[kLon], i, scaled_product(east, lon_gain, dt), lon, out.lon);
    last = now;
  }
}

}  // namespace

bool has_vectors() {
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
}

void get_lanes_vectors(std::string_view body, unsigned width, Lane& out) {
  assert(body.size() == std::size_t{width} * kBlockRows / 8);
  kUnpack[width](body.data(), out);
}

JINGLUE_AVX2 void add_plane_vectors(const char* plane, std::size_t count, unsigned shift,
                                    Lane& out) {
  const __m128i by = _mm_cvtsi32_si128(static_cast<int>(shift));
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const auto octets = _mm_loadl_epi64(reinterpret_cast<const __m128i_u*>(plane + i));
    save(out, i, _mm256_or_si256(load(out, i), _mm256_sll_epi32(_mm256_cvtepu8_epi32(octets), by)));
  }
  for (; i < count; ++i) {
    out.at[i] |= std::uint32_t{static_cast<unsigned char>(plane[i])} << shift;
  }
}

void restore_vectors(const BlockModel& m, const BlockLanes& lanes, BlockColumns& out,
                     Columns columns) {
  out.track = m.track;
  out.rows = m.rows;
  out.base_ms = m.base_ms;
  Lane steps;
  restore_times(m, lanes[kTime], out.time, steps);
  restore_values(m.value(kSog), kSog, lanes[kSog], m.rows, out.sog);
  restore_values(m.value(kCog), kCog, lanes[kCog], m.rows, out.cog);
  if (m.places[0].gain == 0 && m.places[1].gain == 0) {
    restore_plain_places(m, lanes, out);
  } else {
    restore_places(m, lanes, steps, out);
  }
  if (columns == Columns::kWay) return;
  restore_values(m.value(kHeading), kHeading, lanes[kHeading], m.rows, out.heading);
  restore_values(m.value(kStatus), kStatus, lanes[kStatus], m.rows, out.status);
  restore_values(m.value(kSource), kSource, lanes[kSource], m.rows, out.source);
}

}  // namespace jinglue::store

#else

namespace jinglue::store {
bool has_vectors() {
  return false;
}
void get_lanes_vectors(std::string_view, unsigned, Lane&) {
  assert(false);
}
void add_plane_vectors(const char*, std::size_t, unsigned, Lane&) {
  assert(false);
}
void restore_vectors(const BlockModel&, const BlockLanes&, BlockColumns&, Columns) {
  assert(false);
}
}  // namespace jinglue::store

#endif
