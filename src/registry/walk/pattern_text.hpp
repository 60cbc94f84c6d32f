// SPDX-License-Identifier: Apache-2.0
// A text that an ECMAScript pattern of a definition accepts.
#pragma once

#include <optional>
#include <string>

namespace jinglue::registry {

/// Differs with `number` where the pattern leaves room. Nothing for a pattern with more than
/// characters, classes, groups and repetitions in it, or when the text found does not match.
std::optional<std::string> text_for_pattern(const std::string& pattern, std::size_t number);

}  // namespace jinglue::registry
