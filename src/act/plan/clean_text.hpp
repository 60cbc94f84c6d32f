// SPDX-License-Identifier: Apache-2.0
// Clean text: the paragraphs of a work document without what a web page strewed into it. Forums
// put runs of random Latin letters and signs at the ends and beginnings of lines, and a stray
// middle dot (U+00B7) inside words; both go, and are listed. No ideograph is ever removed: the
// sequence of ideographs of the paragraphs is that of the input.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace jinglue::act::plan {

struct Paragraph {
  std::u32string text;  ///< without white space at its ends
  std::size_t line{0};  ///< of the input where it begins, from 1
};
enum class Removed { kNoise, kMiddleDot, kInvisible };
std::string_view to_key(Removed kind);
struct Removal {
  Removed kind{Removed::kNoise};
  std::size_t line{0};
  std::u32string what;
};
struct CleanText {
  std::vector<Paragraph> paragraphs;
  std::vector<Removal> removed;
  std::size_t han{0};  ///< ideographs, in the input and in the paragraphs
};

/// `words`: words of the trade that a stray dot may have parted (养·殖), beside those that the
/// text itself writes without a dot.
CleanText clean(std::u32string_view text, const std::vector<std::u32string>& words = {});

}  // namespace jinglue::act::plan
