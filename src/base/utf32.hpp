// SPDX-License-Identifier: Apache-2.0
// UTF-32: text by code points, where places in a text are counted in characters.
#pragma once

#include <string>
#include <string_view>

namespace jinglue::base {

/// Malformed octets become U+FFFD each.
std::u32string to_utf32(std::string_view utf8);
std::string to_utf8(std::u32string_view text);

/// An ideograph of Chinese writing (Unicode blocks CJK Unified Ideographs, its extensions and
/// compatibility ideographs, and U+3007, the zero).
bool is_han(char32_t c);

}  // namespace jinglue::base
