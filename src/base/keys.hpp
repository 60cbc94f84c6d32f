// SPDX-License-Identifier: Apache-2.0
// Keys of enumerations: the stable texts of API, files and database, in a table by value. An empty
// text stands for a number that is no value.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace jinglue::base {

template <class Enum, std::size_t N>
std::string_view key_of(const std::array<std::string_view, N>& keys, Enum value) {
  return keys.at(static_cast<std::size_t>(value));
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const std::array<std::string_view, N>& keys, std::string_view key) {
  for (std::size_t i = 0; i < N; ++i) {
    if (!key.empty() && keys[i] == key) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace jinglue::base
