// SPDX-License-Identifier: Apache-2.0
// Charset: text of outside files in the encodings that Chinese offices use, as UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace jinglue::base {

/// One way between two encodings, as the C library names them ("GBK", "GB18030", "UTF-16LE",
/// "UTF-8"), by its iconv: it is there already and adds no dependency (ICU would be 35 MB). Not for
/// two threads at once. Throws WorldError when the C library lacks the conversion.
class Charset {
 public:
  Charset(const char* to, const char* from);
  ~Charset();
  Charset(const Charset&) = delete;
  Charset& operator=(const Charset&) = delete;

  /// Nothing when any octet is not of the one encoding or has no place in the other.
  std::optional<std::string> convert(std::string_view text);

 private:
  void* m_iconv;
};

/// Text of unknown encoding.
struct ReadText {
  std::string text;          ///< UTF-8 without a byte order mark
  std::string_view charset;  ///< how it was written
};
/// A byte order mark decides; else UTF-8, GB18030 or UTF-16, whichever reads as text: nothing but
/// characters that texts hold, and the frequent ones of Chinese among them. Nothing for the rest.
std::optional<ReadText> read_text(std::string_view bytes);

}  // namespace jinglue::base
