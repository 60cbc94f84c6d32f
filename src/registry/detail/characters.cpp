// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/characters.hpp"

#include <algorithm>

namespace jinglue::registry::detail {

static_assert(sizeof(wchar_t) == 4, "patterns need whole code points");

std::size_t character_count(std::string_view utf8) {
  return std::size_t(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::wstring wide(std::string_view utf8) {
  std::wstring out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    wchar_t c = size == 1 ? lead : lead & (0xFF >> (size + 1));
    for (std::size_t k = 1; k < size && i + k < utf8.size(); ++k) {
      c = wchar_t((c << 6) | (utf8[i + k] & 0x3F));
    }
    out += c;
    i += size;
  }
  return out;
}

}  // namespace jinglue::registry::detail
