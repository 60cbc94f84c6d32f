// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/armour.hpp"

#include "observe/ais/unarmour.hpp"

namespace jinglue::observe::ais {
namespace {

/// The six-bit code of a character of table 47, '?' when there is none. '@' would end the text.
std::uint8_t six_bit(char c) {
  auto octet = static_cast<unsigned char>(c);
  if (octet >= 'a' && octet <= 'z') octet = static_cast<unsigned char>(octet - 'a' + 'A');
  if (octet >= 'A' && octet <= '_') return static_cast<std::uint8_t>(octet - 64);
  if (octet >= ' ' && octet <= '?') return octet;
  return '?';
}

/// The octets of a text XORed into one.
std::uint8_t folded(std::uint64_t wide) {
  wide ^= wide >> 32;
  wide ^= wide >> 16;
  wide ^= wide >> 8;
  return static_cast<std::uint8_t>(wide);
}

}  // namespace

std::string BitReader::text(std::size_t from, std::size_t characters) const {
  std::string out;
  append_text(from, characters, out);
  out.resize(out.find_last_not_of(' ') + 1);
  return out;
}

bool Octets::fill(std::string_view payload, unsigned fill_bits) {
  static const Unarmour kUnarmour = best_unarmour();
  if (payload.size() > kMaxCharacters || payload.size() * 6 < fill_bits) return false;
  const bool good = kUnarmour(reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size(),
                              m_octets.data());
  // A field may begin inside the message and end behind it: those bits read as zero.
  std::memset(m_octets.data() + (payload.size() * 6 + 7) / 8, 0, BitReader::kSlack);
  m_bits = payload.size() * 6 - fill_bits;
  return good;
}

void BitWriter::put(std::uint64_t value, unsigned count) {
  for (unsigned left = count; left > 0; --left) {
    if (m_bits % 6 == 0) m_sixes.push_back('\0');
    const auto bit = static_cast<unsigned>((value >> (left - 1)) & 1);
    const auto old = static_cast<unsigned char>(m_sixes.back());
    m_sixes.back() = static_cast<char>(old | (bit << (5 - m_bits % 6)));
    ++m_bits;
  }
}

void BitWriter::put_text(std::string_view text, std::size_t characters) {
  for (std::size_t i = 0; i < characters; ++i) put(i < text.size() ? six_bit(text[i]) : 0, 6);
}

std::string BitWriter::armoured() const {
  std::string out = m_sixes;
  for (char& c : out) {
    const auto six = static_cast<unsigned char>(c);
    c = static_cast<char>(six < 40 ? six + 48 : six + 56);
  }
  return out;
}

std::uint8_t nmea_checksum(std::string_view between) {
  std::uint64_t wide = 0;
  const char* at = between.data();
  std::size_t left = between.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    wide ^= word;
  }
  if (left != 0 && between.size() >= 8) {
    // The last eight, less those that have been counted: they are shifted out.
    std::uint64_t word = 0;
    std::memcpy(&word, at + left - 8, sizeof word);
    return folded(wide ^ (word >> (8 * (8 - left))));
  }
  std::uint8_t sum = folded(wide);
  for (; left != 0; --left, ++at) sum ^= static_cast<std::uint8_t>(*at);
  return sum;
}

}  // namespace jinglue::observe::ais
