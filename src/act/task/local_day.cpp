// SPDX-License-Identifier: Apache-2.0
#include "act/task/local_day.hpp"

#include "base/local_time.hpp"

namespace jinglue::act::task {
namespace {

constexpr std::string_view kZone = "Asia/Shanghai";
constexpr std::int64_t kDay = 86'400'000;

std::optional<std::int64_t> day_number(std::string_view date) {
  if (date.size() != 10) return std::nullopt;
  const auto at = base::parse_iso(std::string(date) + "T00:00:00Z");
  if (!at) return std::nullopt;
  return at->ms / kDay;
}

}  // namespace

std::string local_day(base::Instant instant) {
  return base::to_local_text(instant, kZone).substr(0, 10);
}

std::optional<std::int64_t> days_between(std::string_view from, std::string_view to) {
  const auto a = day_number(from), b = day_number(to);
  if (!a || !b) return std::nullopt;
  return *b - *a;
}

}  // namespace jinglue::act::task
