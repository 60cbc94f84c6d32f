// SPDX-License-Identifier: Apache-2.0
// Dates and numbers in a work document's sentences: when something is due, how much it shall be.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "act/plan/work_document.hpp"

namespace jinglue::act::plan {

/// The last day named for the end of something, as "2024-06-30": 6月底前, 6月15日前, 上半年,
/// 一季度, 年底前, 年内, 2025年底, 2024年6月完成. `year` stands in where the text names none;
/// nothing when both are missing.
std::optional<std::string> due_in(std::u32string_view text, int year);

/// Numbers with a unit of `units`; years, days and numbers of documents are none.
std::vector<Figure> figures_in(std::u32string_view text, const std::vector<std::u32string>& units);

/// "2024-02-28" of the first full date; of a date without a year with `year`, "" when that is 0.
std::string first_date(std::u32string_view text, int year);

/// The first four-digit year before 年 in `text`, from `from` on; 0 when there is none.
int year_in(std::u32string_view text, std::size_t from = 0);

}  // namespace jinglue::act::plan
