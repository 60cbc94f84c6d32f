// SPDX-License-Identifier: Apache-2.0
#include "observe/ais/armour.hpp"

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

}  // namespace

std::string BitReader::text(std::size_t from, std::size_t characters) const {
  std::string out;
  std::size_t used = 0;
  for (std::size_t i = 0; i < characters && holds(from + 6 * i, 6); ++i) {
    const auto code = static_cast<unsigned char>(get(from + 6 * i, 6));
    if (code == 0) break;
    out.push_back(static_cast<char>(code < 32 ? code + 64 : code));
    if (out.back() != ' ') used = out.size();
  }
  out.resize(used);
  return out;
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
  while (between.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, between.data(), sizeof word);
    wide ^= word;
    between.remove_prefix(8);
  }
  wide ^= wide >> 32;
  wide ^= wide >> 16;
  wide ^= wide >> 8;
  auto sum = static_cast<std::uint8_t>(wide);
  for (const char c : between) sum ^= static_cast<std::uint8_t>(c);
  return sum;
}

}  // namespace jinglue::observe::ais
