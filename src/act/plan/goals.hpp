// SPDX-License-Identifier: Apache-2.0
// Named aims of a work document: 以“…”为主线, “…”“…”两大目标, …、…“六大导向”.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "act/plan/work_document.hpp"

namespace jinglue::act::plan {

struct NamedAim {
  NodeKind kind{NodeKind::kGoal};
  std::u32string text;
  std::size_t begin{0}, end{0};  ///< characters of the paragraph
};
/// Those of one paragraph in order; a list counts when it has as many members as its number says.
/// `consumed` is set behind the last phrase that names them.
std::vector<NamedAim> named_aims(std::u32string_view paragraph, std::size_t& consumed);

}  // namespace jinglue::act::plan
