// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/characters.hpp"

#include <algorithm>

#include "base/utf32.hpp"

namespace jinglue::registry::detail {

static_assert(sizeof(wchar_t) == 4, "patterns need whole code points");

std::size_t character_count(std::string_view utf8) {
  return std::size_t(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::wstring wide(std::string_view utf8) {
  const auto text = base::to_utf32(utf8);
  return {text.begin(), text.end()};
}

}  // namespace jinglue::registry::detail
