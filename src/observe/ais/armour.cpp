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

}  // namespace

std::string BitReader::text(std::size_t from, std::size_t characters) const {
  std::string out;
  append_text(from, characters, out);
  out.resize(out.find_last_not_of(' ') + 1);
  return out;
}

void BitReader::append_text(std::size_t from, std::size_t characters, std::string& out) const {
  for (std::size_t i = 0; i < characters && holds(from + 6 * i, 6); ++i) {
    const auto code = static_cast<unsigned char>(get(from + 6 * i, 6));
    if (code == 0) return;
    out.push_back(static_cast<char>(code < 32 ? code + 64 : code));
  }
}

bool Octets::fill(std::string_view payload, unsigned fill_bits) {
  if (payload.size() > kMaxCharacters || payload.size() * 6 < fill_bits) return false;
  const auto* in = reinterpret_cast<const unsigned char*>(payload.data());
  std::uint8_t* out = m_octets.data();
  unsigned bad = 0;
  std::size_t left = payload.size();
  for (; left >= 4; left -= 4, in += 4, out += 3) {
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
  unsigned word = 0;
  for (std::size_t i = 0; i < left; ++i) {
    bad |= kSixes[in[i]];
    word |= static_cast<unsigned>(kSixes[in[i]]) << (18 - 6 * i);
  }
  for (unsigned i = 0; i < 3; ++i) *out++ = static_cast<std::uint8_t>(word >> (16 - 8 * i));
  // A field may begin inside the message and end behind it: those bits read as zero.
  std::memset(out, 0, BitReader::kSlack - 3);
  m_bits = payload.size() * 6 - fill_bits;
  return (bad & 0xC0) == 0;
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
