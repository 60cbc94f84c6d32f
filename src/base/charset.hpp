// SPDX-License-Identifier: Apache-2.0
// Charset: text of outside files in the encodings that Chinese offices use, as UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jinglue::base {

/// `bytes` of the encoding `charset` ("GB18030", "UTF-16LE", "UTF-16BE", ... as the C library names
/// it) as UTF-8; nothing when any octet is not of that encoding. Throws WorldError when the C
/// library lacks the conversion.
std::optional<std::string> from_charset(std::string_view bytes, const char* charset);

/// Text of unknown encoding.
struct ReadText {
  std::string text;          ///< UTF-8 without a byte order mark
  std::string_view charset;  ///< how it was written
};
/// A byte order mark decides; else UTF-8, GB18030 or UTF-16, whichever reads as text: nothing but
/// characters that texts hold, and the frequent ones of Chinese among them. Nothing for the rest.
std::optional<ReadText> read_text(std::string_view bytes);

}  // namespace jinglue::base
