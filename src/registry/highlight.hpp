// SPDX-License-Identifier: Apache-2.0
// highlight: where the terms of a search stand in a text, as parts of it one after the other, so
// that nobody counts characters. Joined they are the text, or a piece of it around the first hit
// with "…" where it was cut.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace jinglue::registry {

struct TextPart {
  std::string text;
  bool hit{false};
  friend bool operator==(const TextPart&, const TextPart&) = default;
};

/// `terms` as store/sqlite/text_search.hpp search_terms() gives them: Chinese terms are marked
/// where they stand, others at the beginning of a word, digits also at the end of one. Letters
/// match in either case and width. At most `characters` of the text; 0 = all. Empty when no term is
/// in it.
std::vector<TextPart> highlight(std::string_view text, const std::vector<std::string>& terms,
                                std::size_t characters = 0);

}  // namespace jinglue::registry
