// SPDX-License-Identifier: Apache-2.0
// Sixteen rows at a time, of full blocks: 256 rows are sixteen registers, so that no loop has a
// rest. The functions carry the target attribute themselves, as those of vectors.cpp.
#include <cassert>

#include "store/block/vectors.hpp"

#if defined(__x86_64__)
// False positives of g++ 12 inside its own header (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>

#define JINGLUE_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define JINGLUE_AVX512_INLINE \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"), always_inline)) inline

namespace jinglue::store {
namespace {

using Sixteen = __m512i;
constexpr std::size_t kWide = 16;

JINGLUE_AVX512_INLINE Sixteen load(const Lane& lane, std::size_t row) {
  return _mm512_load_si512(lane.at.data() + row);
}
JINGLUE_AVX512_INLINE void save(Lane& lane, std::size_t row, Sixteen v) {
  _mm512_store_si512(lane.at.data() + row, v);
}
JINGLUE_AVX512_INLINE Sixteen all(std::uint32_t v) {
  return _mm512_set1_epi32(static_cast<int>(v));
}

JINGLUE_AVX512_INLINE Sixteen from_zigzag(Sixteen z) {
  const Sixteen sign = _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_and_si512(z, all(1)));
  return _mm512_xor_si512(_mm512_srli_epi32(z, 1), sign);
}

/// Moved up by so many rows, zeros below.
template <int Rows>
JINGLUE_AVX512_INLINE Sixteen moved_up(Sixteen x) {
  return _mm512_alignr_epi32(x, _mm512_setzero_si512(), 16 - Rows);
}

/// Running sums of sixteen steps on top of `carry` (the sum so far in every lane), which moves on.
JINGLUE_AVX512_INLINE Sixteen sums(Sixteen x, Sixteen& carry) {
  x = _mm512_add_epi32(x, moved_up<1>(x));
  x = _mm512_add_epi32(x, moved_up<2>(x));
  x = _mm512_add_epi32(x, moved_up<4>(x));
  x = _mm512_add_epi32(x, moved_up<8>(x));
  const Sixteen total = _mm512_permutexvar_epi32(all(15), x);
  x = _mm512_add_epi32(x, carry);
  carry = _mm512_add_epi32(carry, total);
  return x;
}

/// The row before each: `before` holds the sixteen rows before `now`.
JINGLUE_AVX512_INLINE Sixteen shifted(Sixteen before, Sixteen now) {
  return _mm512_alignr_epi32(now, before, 15);
}

/// As in vectors.cpp: ((a x factor) >> 32) x b, of that bits 24 to 55, rounded; signed.
JINGLUE_AVX512_INLINE Sixteen scaled_product(Sixteen a, Sixteen factor, Sixteen b) {
  constexpr __mmask16 kOdd = 0xAAAA;
  const Sixteen half = _mm512_set1_epi64(1 << 23);
  Sixteen even = _mm512_srli_epi64(_mm512_mul_epi32(a, factor), 32);
  Sixteen odd = _mm512_srli_epi64(_mm512_mul_epi32(_mm512_srli_epi64(a, 32), factor), 32);
  even = _mm512_add_epi64(_mm512_mul_epi32(even, b), half);
  odd = _mm512_add_epi64(_mm512_mul_epi32(odd, _mm512_srli_epi64(b, 32)), half);
  return _mm512_mask_blend_epi32(kOdd, _mm512_srli_epi64(even, 24), _mm512_slli_epi64(odd, 8));
}

JINGLUE_AVX512 void restore_times(const BlockModel& m, const Lane& lane, Lane& out, Lane& steps) {
  const Sixteen step = all(m.time_step);
  const Sixteen scale = all(m.time_scale);
  const Sixteen longest = all(kLongestReckoning_ms);
  Sixteen carry = all(0 - m.time_step * m.time_scale);  // row 0 has no step
  for (std::size_t i = 0; i < kBlockRows; i += kWide) {
    const Sixteen ms =
        _mm512_mullo_epi32(_mm512_add_epi32(from_zigzag(load(lane, i)), step), scale);
    save(steps, i, _mm512_maskz_mov_epi32(_mm512_cmplt_epu32_mask(ms, longest), ms));
    save(out, i, sums(ms, carry));
  }
  steps.at[0] = 0;
}

template <bool Steps, bool Turns>
JINGLUE_AVX512 void restore_column(const ValueModel& m, std::uint32_t full_turn, const Lane& lane,
                                   Lane& out) {
  const Sixteen turn = all(full_turn);
  const Sixteen scale = all(m.scale);
  const Sixteen base = all(m.base - m.scale);
  Sixteen carry = all(m.first);
  for (std::size_t i = 0; i < kBlockRows; i += kWide) {
    Sixteen q = load(lane, i);
    if constexpr (Steps) q = sums(from_zigzag(q), carry);
    Sixteen v = _mm512_add_epi32(base, _mm512_mullo_epi32(q, scale));
    if constexpr (Turns) {
      v = _mm512_mask_sub_epi32(v, _mm512_cmpge_epu32_mask(v, turn), v, turn);
    }
    const auto absent = _mm512_testn_epi32_mask(q, q);
    save(out, i, _mm512_mask_mov_epi32(v, absent, all(BlockColumns::kAbsent)));
  }
}

JINGLUE_AVX512 void restore_values(const ValueModel& m, BlockColumn column, const Lane& lane,
                                   Lane& out) {
  const auto turn = full_turn(column);
  const bool turns = m.turns && turn != 0;
  if (m.holds == Holds::kNothing) {
    std::uint32_t v = m.base + (m.first - 1) * m.scale;
    if (turns && v >= turn) v -= turn;
    const Sixteen same = all(m.first == 0 ? BlockColumns::kAbsent : v);
    for (std::size_t i = 0; i < kBlockRows; i += kWide) save(out, i, same);
  } else if (m.holds == Holds::kSteps) {
    (turns ? restore_column<true, true> : restore_column<true, false>)(m, turn, lane, out);
  } else {
    (turns ? restore_column<false, true> : restore_column<false, false>)(m, turn, lane, out);
  }
}

/// As in vectors.cpp: the direction table's entry of each row.
JINGLUE_AVX512 void directions(const BlockColumns& known, Lane& out) {
  for (std::size_t i = 0; i < kBlockRows; i += kWide) {
    const Sixteen cog = load(known.cog, i);
    const auto useful =
        static_cast<__mmask16>(_mm512_cmplt_epu32_mask(load(known.sog, i), all(kFastest_ckn)) &
                               _mm512_cmplt_epu32_mask(cog, all(36'000)));
    // cog / 10 for cog < 36,000: 52,429 / 2^19.
    const Sixteen tenths = _mm512_srli_epi32(_mm512_mulhi_epu16(cog, all(52'429)), 3);
    save(out, i, _mm512_mask_mov_epi32(all(kDirections), useful, tenths));
  }
  for (auto& at : out.at) at = kDirectionTable[at];
}

JINGLUE_AVX512_INLINE void place(const PlaceModel& m, const Lane& lane, std::size_t i,
                                 Sixteen steps, Sixteen& carry, Lane& out) {
  const Sixteen q = sums(_mm512_add_epi32(from_zigzag(load(lane, i)), steps), carry);
  save(out, i,
       _mm512_add_epi32(all(static_cast<std::uint32_t>(m.base)),
                        _mm512_mullo_epi32(q, all(m.scale))));
}

JINGLUE_AVX512 void restore_plain_places(const BlockModel& m, const BlockLanes& lanes,
                                         BlockColumns& out) {
  const Sixteen none = _mm512_setzero_si512();
  Sixteen lat = none;
  Sixteen lon = none;
  for (std::size_t i = 0; i < kBlockRows; i += kWide) {
    place(m.places[0], lanes[kLat], i, none, lat, out.lat);
    place(m.places[1], lanes[kLon], i, none, lon, out.lon);
  }
}

JINGLUE_AVX512 void restore_places(const BlockModel& m, const BlockLanes& lanes, const Lane& steps,
                                   BlockColumns& out) {
  const Sixteen lat_gain = all(m.places[0].gain);
  const Sixteen lon_gain = all(m.places[1].gain);
  Lane entries;
  directions(out, entries);
  Sixteen lat = _mm512_setzero_si512();
  Sixteen lon = lat;
  Sixteen last_north = lat;
  Sixteen last_east = lat;
  for (std::size_t i = 0; i < kBlockRows; i += kWide) {
    const Sixteen dt = load(steps, i);  // 0: no way
    const Sixteen sog = load(out.sog, i);
    const Sixteen entry = load(entries, i);  // 0 where the speed is of no use
    const Sixteen north = _mm512_madd_epi16(entry, sog);
    const Sixteen east = _mm512_madd_epi16(entry, _mm512_slli_epi32(sog, 16));
    const Sixteen both_north = _mm512_add_epi32(north, shifted(last_north, north));
    const Sixteen both_east = _mm512_add_epi32(east, shifted(last_east, east));
    place(m.places[0], lanes[kLat], i, scaled_product(both_north, lat_gain, dt), lat, out.lat);
    place(m.places[1], lanes[kLon], i, scaled_product(both_east, lon_gain, dt), lon, out.lon);
    last_north = north;
    last_east = east;
  }
}

}  // namespace

bool has_wide_vectors() {
  static const bool has =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512dq") != 0;
  return has;
}

void restore_wide_vectors(const BlockModel& m, const BlockLanes& lanes, BlockColumns& out,
                          Columns columns) {
  assert(m.rows == kBlockRows);
  out.track = m.track;
  out.rows = m.rows;
  out.base_ms = m.base_ms;
  Lane steps;
  restore_times(m, lanes[kTime], out.time, steps);
  restore_values(m.value(kSog), kSog, lanes[kSog], out.sog);
  restore_values(m.value(kCog), kCog, lanes[kCog], out.cog);
  if (m.places[0].gain == 0 && m.places[1].gain == 0) {
    restore_plain_places(m, lanes, out);
  } else {
    restore_places(m, lanes, steps, out);
  }
  if (columns == Columns::kWay) return;
  restore_values(m.value(kHeading), kHeading, lanes[kHeading], out.heading);
  restore_values(m.value(kStatus), kStatus, lanes[kStatus], out.status);
  restore_values(m.value(kSource), kSource, lanes[kSource], out.source);
}

}  // namespace jinglue::store

#else

namespace jinglue::store {
bool has_wide_vectors() {
  return false;
}
void restore_wide_vectors(const BlockModel&, const BlockLanes&, BlockColumns&, Columns) {
  assert(false);
}
}  // namespace jinglue::store

#endif
