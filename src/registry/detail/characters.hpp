// SPDX-License-Identifier: Apache-2.0
// Characters of UTF-8 text, for lengths and patterns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace jinglue::registry::detail {

/// Code points of well-formed UTF-8.
std::size_t character_count(std::string_view utf8);
/// UTF-32; each malformed octet is U+FFFD.
std::wstring wide(std::string_view utf8);

}  // namespace jinglue::registry::detail
