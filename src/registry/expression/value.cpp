// SPDX-License-Identifier: Apache-2.0
#include "registry/expression/value.hpp"

#include <fmt/format.h>

#include <array>

namespace jinglue::registry::expression {

bool read_day(std::string_view text, Day& out) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  std::array<int, 3> parts{};
  std::size_t part = 0;
  for (const char c : text) {
    if (c == '-') {
      if (++part > 2) return false;
      continue;
    }
    if (c < '0' || c > '9') return false;
    parts[part] = parts[part] * 10 + (c - '0');
  }
  const std::chrono::year_month_day day{std::chrono::year{parts[0]},
                                        std::chrono::month{unsigned(parts[1])},
                                        std::chrono::day{unsigned(parts[2])}};
  if (!day.ok()) return false;
  out.days = std::chrono::sys_days{day}.time_since_epoch().count();
  return true;
}

std::string to_text(Day day) {
  const std::chrono::year_month_day civil{
      std::chrono::sys_days{std::chrono::days{static_cast<std::chrono::days::rep>(day.days)}}};
  return fmt::format("{:04}-{:02}-{:02}", int(civil.year()), unsigned(civil.month()),
                     unsigned(civil.day()));
}

std::string_view to_key(Type type) {
  switch (type) {
    case Type::kAbsent:
      return "absent";
    case Type::kBoolean:
      return "boolean";
    case Type::kNumber:
      return "number";
    case Type::kText:
      return "text";
    case Type::kDay:
      return "date";
    case Type::kInstant:
      return "instant";
    case Type::kList:
      return "list";
  }
  return "";
}

Type type_of(const Value& value) {
  return static_cast<Type>(value.index());
}

}  // namespace jinglue::registry::expression
