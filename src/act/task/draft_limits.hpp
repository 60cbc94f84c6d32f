// SPDX-License-Identifier: Apache-2.0
// Limits of a draft: characters (code points) of its texts, and how many of each. They are the
// limits of the fields of registers/task.toml and goal.toml that the texts go to.
#pragma once

#include <cstddef>
#include <string_view>

namespace jinglue::act::task {

inline constexpr std::size_t kMostNodes = 3000;
inline constexpr std::size_t kMostDepth = 12;
inline constexpr std::size_t kMostText = 4000;
inline constexpr std::size_t kMostTitle = 300;
inline constexpr std::size_t kMostLabel = 40;
inline constexpr std::size_t kMostAims = 40;
inline constexpr std::size_t kMostUnits = 20;
inline constexpr std::size_t kMostUnit = 100;
inline constexpr std::size_t kMostIndicator = 60;
inline constexpr std::size_t kMostKey = 40;
inline constexpr std::size_t kMostFigure = 100;
inline constexpr std::size_t kMostFigures = 40;
inline constexpr std::size_t kMostEdits = 2000;  ///< of one request

/// "2024-06-30", and that day exists.
bool is_date(std::string_view text);

}  // namespace jinglue::act::task
