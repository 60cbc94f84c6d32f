// SPDX-License-Identifier: Apache-2.0
// Patched bit-packing: up to 256 unsigned 32-bit numbers in the fewest bits that fit most of them;
// the high bits of the few others follow as exceptions. 256 numbers lie in eight lanes of 32 bits,
// so that a vector register unpacks eight of them with shifts; fewer lie one after another.
// Bytes: docs/format/archive.md, "A packed column".
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "store/block/varint.hpp"

namespace jinglue::store {

inline constexpr std::size_t kBlockRows = 256;

/// Aligned for vector registers; entries beyond the rows of a block are not meant for reading.
struct alignas(64) Lane {
  std::array<std::uint32_t, kBlockRows> at;
};

/// At most kBlockRows values.
void put_packed(std::string& out, std::span<const std::uint32_t> values);
/// How many bytes put_packed adds.
std::size_t packed_size(std::span<const std::uint32_t> values);

/// Which instructions decode: what the processor has; for tests and benches not more than registers
/// of eight rows, or the portable ones.
enum class Speed { kBest, kEight, kPortable };
/// Whether there are vector instructions of eight rows (AVX2), and of sixteen (AVX-512), here.
bool has_vectors();
bool has_wide_vectors();

/// Fills out[0, rows) and sets the rest of the last vector of eight to 0. False when the bytes end
/// early or are not a packed column.
bool get_packed(VarintReader& in, std::size_t rows, Lane& out, Speed speed = Speed::kBest);

}  // namespace jinglue::store
