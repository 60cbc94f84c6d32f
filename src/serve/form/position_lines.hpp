// SPDX-License-Identifier: Apache-2.0
// Positions as newline-delimited JSON, one object a line (openapi.yaml, schema PositionLine).
#pragma once

#include <cstdint>
#include <string>

#include "model/fix.hpp"

namespace jinglue::serve {

void append_line(std::string& out, const model::Fix& fix);
/// The last line: {"end":true,...}. Without it the answer is not whole.
void append_end(std::string& out, std::uint64_t count, bool cut);

}  // namespace jinglue::serve
