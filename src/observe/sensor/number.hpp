// SPDX-License-Identifier: Apache-2.0
// A number of a payload: a JSON number, or a text that is one and nothing else ("12.5"; many
// loggers quote). Always finite.
#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/json.hpp"

namespace jinglue::observe::sensor {

inline std::optional<double> number_of(std::string_view text) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return !text.empty() && whole && std::isfinite(out) ? std::optional(out) : std::nullopt;
}

inline std::optional<double> number_of(const base::Json& value) {
  if (value.is_number()) return value.as_double();
  if (value.is_string()) return number_of(std::string_view(value.as_string()));
  return std::nullopt;
}

}  // namespace jinglue::observe::sensor
