// SPDX-License-Identifier: Apache-2.0
// The text search of lists where no index helps: every word of the request must stand in the
// record's search text (row.hpp search_text_of), in any place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace jinglue::registry::detail {

/// Lower-case words between white space (also the ideographic space); at most eight.
std::vector<std::string> search_words(std::string_view text);
/// '%', '_' and '\' stand for themselves in LIKE ... ESCAPE '\'.
std::string escape_like(std::string_view text);

}  // namespace jinglue::registry::detail
