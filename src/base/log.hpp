// SPDX-License-Identifier: Apache-2.0
// Log lines to standard error: time, level, room, text. spdlog stays inside log.cpp.
// No secret, password or session token may be passed here.
#pragma once

#include <string_view>

#include <fmt/format.h>

namespace jinglue::base {

enum class Level { kDebug, kInfo, kWarn, kError };

void set_log_level(Level level);
void log_line(Level level, std::string_view room, std::string_view text);

template <class... Args>
void log_info(std::string_view room, fmt::format_string<Args...> form, Args&&... args) {
  log_line(Level::kInfo, room, fmt::format(form, std::forward<Args>(args)...));
}
template <class... Args>
void log_warn(std::string_view room, fmt::format_string<Args...> form, Args&&... args) {
  log_line(Level::kWarn, room, fmt::format(form, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(std::string_view room, fmt::format_string<Args...> form, Args&&... args) {
  log_line(Level::kError, room, fmt::format(form, std::forward<Args>(args)...));
}

}  // namespace jinglue::base
