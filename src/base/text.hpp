// SPDX-License-Identifier: Apache-2.0
// Text: UTF-8 checks, trimming, splitting, and Words, a text held in Chinese and English.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jinglue::base {

/// A sentence or name for people, in both languages of the system.
struct Words {
  std::string zh;
  std::string en;

  const std::string& in(std::string_view language) const {
    return language.substr(0, 2) == "en" && !en.empty() ? en : zh;
  }
  friend bool operator==(const Words&, const Words&) = default;
};

bool is_utf8(std::string_view bytes);
/// Each offending octet becomes U+FFFD.
std::string replace_invalid_utf8(std::string_view bytes);
/// ASCII white space off both ends.
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string to_lower_ascii(std::string_view text);
/// What the operating system says of an errno.
std::string errno_text(int error);

}  // namespace jinglue::base
