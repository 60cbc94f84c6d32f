// SPDX-License-Identifier: Apache-2.0
// The words of CQL2 text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace jinglue::registry::cql {

struct Token {
  enum class Kind { kEnd, kName, kQuotedName, kText, kNumber, kSign };
  Kind kind{Kind::kEnd};
  std::string text;   ///< without quotes; a sign as it stands
  std::string upper;  ///< of kName, to compare with key words
  double number{0};
  std::size_t at{0};  ///< octet of its beginning
};
/// Error kMalformed for a character that begins no token, a text or name without its end.
base::Result<std::vector<Token>> tokens_of(std::string_view text);
base::Error error_at(std::size_t at, std::string message);

}  // namespace jinglue::registry::cql
