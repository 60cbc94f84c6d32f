// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/search.hpp"

#include "base/text.hpp"

namespace jinglue::registry::detail {

std::vector<std::string> search_words(std::string_view text) {
  constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";
  constexpr std::size_t kMostWords = 8;
  std::string plain = base::to_lower_ascii(text);
  for (auto at = plain.find(kIdeographicSpace); at != std::string::npos;
       at = plain.find(kIdeographicSpace)) {
    plain.replace(at, kIdeographicSpace.size(), " ");
  }
  std::vector<std::string> out;
  for (const auto part : base::split(plain, ' ')) {
    const auto word = base::trim(part);
    if (!word.empty() && out.size() < kMostWords) out.emplace_back(word);
  }
  return out;
}

std::string escape_like(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace jinglue::registry::detail
