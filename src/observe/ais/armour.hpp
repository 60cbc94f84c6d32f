// SPDX-License-Identifier: Apache-2.0
// Armour: six bits per printable character (IEC 61162-1, 8.2.3: VDM "encapsulated information"),
// and the six-bit text of ITU-R M.1371-5 table 47. BitWriter makes a payload, BitReader reads one;
// reading past the end is refused by the caller's length checks and yields zero bits here.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "observe/ais/fixed.hpp"

namespace jinglue::observe::ais {

/// Bits from the most significant downwards. The storage must have eight readable octets after
/// the last payload octet, so that any field of up to 57 bits is one unaligned load.
class BitReader {
 public:
  static constexpr std::size_t kSlack = 8;

  BitReader(const std::uint8_t* octets, std::size_t bits) : m_octets(octets), m_bits(bits) {}

  std::size_t bits() const { return m_bits; }
  /// All bits; those behind the last one are zero.
  std::string_view octets() const {
    return {reinterpret_cast<const char*>(m_octets), (m_bits + 7) / 8};
  }
  bool holds(std::size_t from, std::size_t count) const { return from + count <= m_bits; }

  /// `count` is 1 to 57. Bits beyond the end of the message are zero.
  std::uint64_t get(std::size_t from, unsigned count) const {
    if (from >= m_bits) return 0;
    std::uint64_t word = 0;
    std::memcpy(&word, m_octets + from / 8, sizeof word);
    word = __builtin_bswap64(word) << (from % 8);
    return word >> (64 - count);
  }
  std::int64_t get_signed(std::size_t from, unsigned count) const {
    return static_cast<std::int64_t>(get(from, count) << (64 - count)) >> (64 - count);
  }
  /// The same without a look at the end: for fields that the caller knows to begin inside.
  std::uint64_t peek(std::size_t from, unsigned count) const {
    std::uint64_t word = 0;
    std::memcpy(&word, m_octets + from / 8, sizeof word);
    return (__builtin_bswap64(word) << (from % 8)) >> (64 - count);
  }
  std::int64_t peek_signed(std::size_t from, unsigned count) const {
    return static_cast<std::int64_t>(peek(from, count) << (64 - count)) >> (64 - count);
  }
  bool flag(std::size_t from) const { return get(from, 1) != 0; }

  /// Six-bit text: ends at the first '@', trailing spaces off. Characters that the message does
  /// not hold are left out.
  std::string text(std::size_t from, std::size_t characters) const;
  /// The same with its trailing spaces, appended to `out`, which has push_back(char).
  template <class Out>
  void append_text(std::size_t from, std::size_t characters, Out& out) const {
    for (std::size_t i = 0; i < characters && holds(from + 6 * i, 6); ++i) {
      const auto code = static_cast<unsigned char>(peek(from + 6 * i, 6));
      if (code == 0) return;
      out.push_back(static_cast<char>(code < 32 ? code + 64 : code));
    }
  }
  /// `count` bits, to the first bit of `out`, as many as it takes.
  template <std::size_t kMost>
  void copy(std::size_t from, std::size_t count, FixedBits<kMost>& out) const {
    std::uint8_t* to = out.resize(count);
    for (std::size_t i = 0; i < out.octets(); ++i) {
      to[i] = static_cast<std::uint8_t>(get(from + 8 * i, 8));
    }
    const std::size_t last = out.bits() % 8;
    if (last != 0) to[out.octets() - 1] &= static_cast<std::uint8_t>(0xFF00U >> last);
  }

 private:
  const std::uint8_t* m_octets;
  std::size_t m_bits;
};

/// A payload without its armour, in place for a BitReader. Holds up to kMaxCharacters.
class Octets {
 public:
  static constexpr std::size_t kMaxCharacters = 512;

  /// False when there is a character outside the armour alphabet or too many of them.
  bool fill(std::string_view payload, unsigned fill_bits);
  BitReader reader() const { return {m_octets.data(), m_bits}; }

 private:
  std::array<std::uint8_t, kMaxCharacters * 6 / 8 + BitReader::kSlack + 2> m_octets;
  std::size_t m_bits{0};
};

class BitWriter {
 public:
  /// The lowest `count` bits of `value`, most significant first.
  void put(std::uint64_t value, unsigned count);
  void put_signed(std::int64_t value, unsigned count) {
    put(static_cast<std::uint64_t>(value), count);
  }
  /// Exactly `characters` six-bit characters, padded with '@'. Lower case becomes upper case, what
  /// the six-bit set does not have becomes '?'.
  void put_text(std::string_view text, std::size_t characters);
  template <std::size_t kMost>
  void put_bits(const FixedBits<kMost>& bits) {
    for (std::size_t i = 0; i < bits.bits(); i += 8) {
      const auto count = static_cast<unsigned>(bits.bits() - i < 8 ? bits.bits() - i : 8);
      put(bits.data()[i / 8] >> (8 - count), count);
    }
  }

  std::size_t bits() const { return m_bits; }
  /// The armoured payload; the last character holds fill_bits() bits that mean nothing.
  std::string armoured() const;
  unsigned fill_bits() const { return static_cast<unsigned>((6 - m_bits % 6) % 6); }

 private:
  std::string m_sixes;  ///< one six-bit value per octet, the last one perhaps partly filled
  std::size_t m_bits{0};
};

/// XOR of all octets: the checksum of IEC 61162-1.
std::uint8_t nmea_checksum(std::string_view between);

}  // namespace jinglue::observe::ais
