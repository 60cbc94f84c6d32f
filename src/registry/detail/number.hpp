// SPDX-License-Identifier: Apache-2.0
// Human numbers of records: "AJ-{year}-{n:4}" gives AJ-2024-0001, counted anew for each text before
// the counter. {year} and {month} are those of a named zone; a counter that outgrows its width
// gets wider, it never wraps.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace jinglue::registry::detail {

struct NumberPattern {
  std::string before;  ///< text before the counter, with {year} and {month} still in it
  int width{1};
  std::string after;
  bool dated{false};  ///< has {year} or {month}
};
/// Error kMalformed that says what is expected.
base::Result<NumberPattern> parse_number_pattern(std::string_view text);

/// The text before (and after) the counter at `now` in `zone`.
std::string fill_dates(const std::string& text, base::Instant now, const std::string& zone);
std::string number_text(const NumberPattern& pattern, const std::string& before, std::int64_t n,
                        const std::string& after);

}  // namespace jinglue::registry::detail
