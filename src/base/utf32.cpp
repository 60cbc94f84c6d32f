// SPDX-License-Identifier: Apache-2.0
#include "base/utf32.hpp"

#include <cstddef>

#include "base/text.hpp"

namespace jinglue::base {

std::u32string to_utf32(std::string_view utf8) {
  const std::string well_formed = replace_invalid_utf8(utf8);
  std::u32string out;
  out.reserve(well_formed.size());
  for (std::size_t i = 0; i < well_formed.size();) {
    const auto lead = static_cast<unsigned char>(well_formed[i]);
    const std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = size == 1 ? lead : lead & (0xFFU >> (size + 1));
    for (std::size_t k = 1; k < size; ++k) {
      c = (c << 6) | (static_cast<unsigned char>(well_formed[i + k]) & 0x3FU);
    }
    out += c;
    i += size;
  }
  return out;
}

std::string to_utf8(std::u32string_view text) {
  std::string out;
  out.reserve(text.size() * 3);
  const auto put = [&out](char32_t octet) { out += static_cast<char>(octet); };
  for (const char32_t c : text) {
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xC0 | (c >> 6)), put(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      put(0xE0 | (c >> 12)), put(0x80 | ((c >> 6) & 0x3F)), put(0x80 | (c & 0x3F));
    } else {
      put(0xF0 | (c >> 18)), put(0x80 | ((c >> 12) & 0x3F));
      put(0x80 | ((c >> 6) & 0x3F)), put(0x80 | (c & 0x3F));
    }
  }
  return out;
}

bool is_han(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007 ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x323AF);
}

}  // namespace jinglue::base
