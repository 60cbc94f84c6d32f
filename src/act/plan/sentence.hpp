// SPDX-License-Identifier: Apache-2.0
// Sentences of a paragraph, the markers of numbered items, and the pieces of a sentence that are
// each something to do. Positions are code points of the paragraph.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/plan/dictionary.hpp"

namespace jinglue::act::plan {

/// Part of a paragraph's text.
struct Span {
  std::size_t begin{0}, end{0};
};

/// Ended by 。！？； outside of quotes and brackets; the mark belongs to its sentence.
std::vector<Span> sentences(std::u32string_view text, Span within);

/// The marker at the start of an item. Levels are those of GB/T 9704-2012: 1 is 一、, 2 is (一), 3
/// is 1., 4 is (1); 5 is the spoken 一要, 一是, 首先.
struct Marker {
  int level{0};
  std::u32string label;
  std::size_t size{0};  ///< characters before the text of the item
};
std::optional<Marker> marker(std::u32string_view text);

/// 要, 必须, 各区市要 at the start of a sentence: its size, and who is told, if a body is named.
struct Duty {
  std::size_t size{0};
  std::u32string who;
};
Duty duty(std::u32string_view sentence);

/// One thing to do, and what the sentence says it is for.
struct Action {
  Span span;
  std::vector<Span> aims;
};
/// A sentence of which no piece is something to do gives none.
std::vector<Action> actions(std::u32string_view text, Span sentence, const Dictionary& words);

}  // namespace jinglue::act::plan
