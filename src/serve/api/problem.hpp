// SPDX-License-Identifier: Apache-2.0
// Problems: errors as application/problem+json (RFC 9457) with a stable `code`. The title is in the
// user's language, the detail is the sentence of the room that refused.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/result.hpp"
#include "serve/api/response.hpp"

namespace jinglue::serve {

struct Problem {
  int status{500};
  std::string code;  ///< one of openapi.yaml, schema Problem
  std::string detail;
  std::string field{};
  std::string hint{};
  base::Json conflicts{};  ///< array; null when none
};
Response to_response(const Problem& problem, std::string_view language);

/// Of an error that a room or our own reading of a request returned: unreadable requests are 400,
/// absent things 404, states that do not fit 409.
Problem to_problem(const base::Error& error);
/// The same for the values of a write that was readable: what is wrong with a field is 422.
Problem refused_write(const base::Error& error);

}  // namespace jinglue::serve
