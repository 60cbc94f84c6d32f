// SPDX-License-Identifier: Apache-2.0
#include "store/block/patched.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <vector>

#include "store/block/vectors.hpp"

namespace jinglue::store {
namespace {

constexpr std::uint8_t kHasExceptions = 0x80;
constexpr std::size_t kMostExceptions = 255;
constexpr unsigned kLanes = 8;

/// How one column is packed: so many bits each, and for the exceptions so many bytes.
struct Plan {
  unsigned width{32};
  std::size_t exceptions{0};
  unsigned exception_bytes{0};
  std::size_t size{0};
};

std::size_t body_size(std::size_t rows, unsigned width) {
  return rows == kBlockRows ? std::size_t{width} * 4 * kLanes : (rows * width + 7) / 8;
}

Plan plan_of(std::span<const std::uint32_t> values) {
  std::array<std::size_t, 33> of_width{};
  for (const auto v : values) ++of_width[static_cast<unsigned>(std::bit_width(v))];
  unsigned widest = 32;
  while (widest > 0 && of_width[widest] == 0) --widest;
  Plan best;
  best.size = SIZE_MAX;
  std::size_t above = 0;  // values that are wider than the width tried
  for (unsigned width = widest;; --width) {
    Plan plan{width, above, (widest - width + 7) / 8, 1 + body_size(values.size(), width)};
    if (above > 0) plan.size += 2 + above * (1 + plan.exception_bytes);
    if (plan.size < best.size && above <= kMostExceptions) best = plan;
    if (width == 0) return best;
    above += of_width[width];
  }
}

/// Row i is in lane i % 8; the numbers of a lane follow one another, lowest bits first.
void put_lanes(std::string& out, std::span<const std::uint32_t> values, unsigned width) {
  if (width == 0) return;
  std::vector<std::uint32_t> words(std::size_t{width} * kLanes, 0);
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t bit = i / kLanes * width;
    const std::uint64_t v = (values[i] & mask) << bit % 32;
    words[bit / 32 * kLanes + i % kLanes] |= static_cast<std::uint32_t>(v);
    const auto high = static_cast<std::uint32_t>(v >> 32);
    if (high != 0) words[(bit / 32 + 1) * kLanes + i % kLanes] |= high;
  }
  out.append(reinterpret_cast<const char*>(words.data()), words.size() * 4);
}

void put_stream(std::string& out, std::span<const std::uint32_t> values, unsigned width) {
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  std::uint64_t waiting = 0;
  unsigned bits = 0;
  for (const auto v : values) {
    waiting |= (v & mask) << bits;
    for (bits += width; bits >= 8; bits -= 8, waiting >>= 8) {
      out.push_back(static_cast<char>(waiting));
    }
  }
  if (bits > 0) out.push_back(static_cast<char>(waiting));
}

std::uint32_t word_at(std::string_view bytes, std::size_t word) {
  std::uint32_t v = 0;
  std::memcpy(&v, bytes.data() + word * 4, 4);
  return v;
}

void get_lanes(std::string_view body, unsigned width, Lane& out) {
  if (width == 0) return out.at.fill(0);
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  for (std::size_t i = 0; i < kBlockRows; ++i) {
    const std::size_t bit = i / kLanes * width;
    std::uint64_t v = word_at(body, bit / 32 * kLanes + i % kLanes);
    if (bit % 32 + width > 32) {
      v |= std::uint64_t{word_at(body, (bit / 32 + 1) * kLanes + i % kLanes)} << 32;
    }
    out.at[i] = static_cast<std::uint32_t>(v >> bit % 32 & mask);
  }
}

void get_stream(std::string_view body, std::size_t rows, unsigned width, Lane& out) {
  const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
  std::uint64_t waiting = 0;
  unsigned bits = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    for (; bits < width; bits += 8) {
      waiting |= std::uint64_t{static_cast<unsigned char>(body[next++])} << bits;
    }
    out.at[i] = static_cast<std::uint32_t>(waiting & mask);
    waiting >>= width;
    bits -= width;
  }
  for (std::size_t i = rows; i % kLanes != 0; ++i) out.at[i] = 0;
}

/// Adds the high bits of the exceptions; false when one lies beyond the rows.
template <std::size_t Bytes>
bool patch(std::string_view where, std::string_view high, unsigned width, std::size_t rows,
           Lane& out) {
  std::size_t farthest = 0;
  for (std::size_t i = 0; i < where.size(); ++i) {
    const std::size_t row = static_cast<unsigned char>(where[i]);
    std::uint64_t rest = 0;
    std::memcpy(&rest, high.data() + i * Bytes, Bytes);
    out.at[row] |= static_cast<std::uint32_t>(rest << width);
    farthest = std::max(farthest, row);
  }
  return farthest < rows;
}

}  // namespace

std::size_t packed_size(std::span<const std::uint32_t> values) {
  return plan_of(values).size;
}

void put_packed(std::string& out, std::span<const std::uint32_t> values) {
  assert(values.size() <= kBlockRows);
  const Plan plan = plan_of(values);
  out.push_back(static_cast<char>(plan.width | (plan.exceptions > 0 ? kHasExceptions : 0)));
  if (plan.exceptions > 0) {
    out.push_back(static_cast<char>(plan.exceptions));
    out.push_back(static_cast<char>(plan.exception_bytes));
    std::string high;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::uint64_t rest = std::uint64_t{values[i]} >> plan.width;
      if (rest == 0) continue;
      out.push_back(static_cast<char>(i));
      high.append(reinterpret_cast<const char*>(&rest), plan.exception_bytes);
    }
    out += high;
  }
  if (values.size() == kBlockRows) {
    put_lanes(out, values, plan.width);
  } else {
    put_stream(out, values, plan.width);
  }
}

bool get_packed(VarintReader& in, std::size_t rows, Lane& out, Speed speed) {
  const auto head = in.byte();
  const unsigned width = head & 0x7Fu;
  std::size_t exceptions = 0;
  unsigned bytes = 0;
  if ((head & kHasExceptions) != 0) {
    exceptions = in.byte();
    bytes = in.byte();
  }
  const auto where = in.raw(exceptions);
  const auto high = in.raw(exceptions * bytes);
  if (!in.ok() || width > 32 || bytes > 4 || rows > kBlockRows) return false;
  const auto body = in.raw(body_size(rows, width));
  if (!in.ok()) return false;
  if (rows != kBlockRows) {
    get_stream(body, rows, width, out);
  } else if (speed != Speed::kPortable && has_vectors()) {
    get_lanes_vectors(body, width, out);
  } else {
    get_lanes(body, width, out);
  }
  switch (bytes) {
    case 1:
      return patch<1>(where, high, width, rows, out);
    case 2:
      return patch<2>(where, high, width, rows, out);
    case 3:
      return patch<3>(where, high, width, rows, out);
    case 4:
      return patch<4>(where, high, width, rows, out);
    default:
      return exceptions == 0;
  }
}

}  // namespace jinglue::store
