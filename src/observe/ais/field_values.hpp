// SPDX-License-Identifier: Apache-2.0
// What the readers of messages share: from raw bits to values, where "not available" and what the
// standard forbids (ITU-R M.1371-5 annex 8) become absent.
#pragma once

#include <cstdint>
#include <optional>

#include "model/fix.hpp"
#include "observe/ais/armour.hpp"
#include "observe/ais/fixed.hpp"

namespace jinglue::observe::ais {

/// A value that stands for itself below `limit` and for "not available" from there on.
template <class T>
std::optional<T> below(std::uint64_t value, std::uint64_t limit) {
  if (value >= limit) return std::nullopt;
  return static_cast<T>(value);
}

template <class T>
std::optional<T> unless_zero(std::uint64_t value) {
  if (value == 0) return std::nullopt;
  return static_cast<T>(value);
}

inline std::optional<std::int32_t> within(std::int64_t value, std::int64_t limit) {
  if (value > limit || value < -limit) return std::nullopt;
  return static_cast<std::int32_t>(value);
}

/// Longitude (28 bits), then latitude (27), 1/10,000 minute.
template <class M>
void read_place(const BitReader& bits, std::size_t from, M& m) {
  m.lon = within(bits.peek_signed(from, 28), std::int64_t{180} * 600'000);
  m.lat = within(bits.peek_signed(from + 28, 27), std::int64_t{90} * 600'000);
}

inline std::optional<std::int32_t> coarse_lon(const BitReader& bits, std::size_t from) {
  return within(bits.get_signed(from, 18), std::int64_t{180} * 600);
}
inline std::optional<std::int32_t> coarse_lat(const BitReader& bits, std::size_t from) {
  return within(bits.get_signed(from, 17), std::int64_t{90} * 600);
}

inline std::optional<model::Dimensions> read_dimensions(const BitReader& bits, std::size_t from) {
  const std::uint64_t all = bits.get(from, 30);
  if (all == 0) return std::nullopt;
  return model::Dimensions{
      static_cast<std::uint16_t>(all >> 21), static_cast<std::uint16_t>((all >> 12) & 511),
      static_cast<std::uint8_t>((all >> 6) & 63), static_cast<std::uint8_t>(all & 63)};
}

/// The last bits of a message, absent when it ends before.
inline std::optional<std::uint32_t> read_communication(const BitReader& bits, std::size_t from,
                                                       unsigned count) {
  if (!bits.holds(from, count)) return std::nullopt;
  return static_cast<std::uint32_t>(bits.peek(from, count));
}

/// Six-bit text up to its first '@', blanks at the end off.
template <std::size_t kMost>
void read_text(const BitReader& bits, std::size_t from, std::size_t characters,
               FixedText<kMost>& out) {
  bits.append_text(from, characters, out);
  out.trim_end();
}
template <std::size_t kMost>
void read_text(const BitReader& bits, std::size_t from, std::size_t characters,
               std::optional<FixedText<kMost>>& out) {
  read_text(bits, from, characters, out.emplace());
  if (out->empty()) out.reset();
}

}  // namespace jinglue::observe::ais
