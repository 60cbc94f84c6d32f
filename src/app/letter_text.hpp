// SPDX-License-Identifier: Apache-2.0
// What letters say, in the language that their reader chose: a line for each notice with its
// address on the page.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "registry/inbox.hpp"

namespace jinglue::app {

inline constexpr std::size_t kLinesOfLetter = 40;

struct LetterText {
  std::string subject, body;
};
struct LetterOf {
  const std::vector<registry::Notice>& notices;
  bool digest{false};
  std::uint64_t unread{0};  ///< of that person, of which a digest may show a part
  base::Instant now;
};
/// `page`: address of the page, without a slash at its end; may be empty. `language`: zh or en.
LetterText letter_text(const LetterOf& of, const std::string& page, std::string_view language);

}  // namespace jinglue::app
