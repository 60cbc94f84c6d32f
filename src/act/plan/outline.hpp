// SPDX-License-Identifier: Apache-2.0
// Outline: a work document's items by their numbering, before anything is made of their sentences.
#pragma once

#include <string>
#include <vector>

#include "act/plan/clean_text.hpp"
#include "act/plan/sentence.hpp"
#include "act/plan/work_document.hpp"

namespace jinglue::act::plan {

/// Who and when, as an item itself says: 责任单位：…；完成时限：….
struct Stated {
  std::vector<std::string> units;
  std::u32string due;
  bool empty() const { return units.empty() && due.empty(); }
};
struct Item {
  int rank{0};  ///< 0 a speech's part (会议要求), 1 to 5 the marker's level, 6 spoken in a sentence
  std::u32string label;
  Passage heading;            ///< the first sentence, without the marker
  std::vector<Passage> body;  ///< further sentences
  Stated stated;
  std::vector<Item> children;
};

struct Outline {
  Item root;  ///< its body: sentences before the first item
  std::u32string title;
};
Outline outline(const CleanText& text);

std::u32string_view view(const CleanText& text, const Passage& passage);

}  // namespace jinglue::act::plan
