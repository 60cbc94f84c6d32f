// SPDX-License-Identifier: Apache-2.0
// Values of expressions: what the fields of a record are while something is computed from them.
// Numbers are exact decimals, days local dates without a zone, instants UTC.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/decimal.hpp"
#include "base/instant.hpp"

namespace jinglue::registry::expression {

/// A local date as days since 1970-01-01.
struct Day {
  std::int64_t days{0};
  friend auto operator<=>(Day, Day) = default;
};
/// Nothing for text that is no date "2024-02-29".
bool read_day(std::string_view text, Day& out);
std::string to_text(Day day);

struct Value;
using List = std::vector<Value>;
/// monostate: absent.
struct Value
    : std::variant<std::monostate, bool, base::Decimal, std::string, Day, base::Instant, List> {
  using variant::variant;
  bool absent() const { return std::holds_alternative<std::monostate>(*this); }
};

enum class Type { kAbsent, kBoolean, kNumber, kText, kDay, kInstant, kList };
std::string_view to_key(Type type);
Type type_of(const Value& value);

}  // namespace jinglue::registry::expression
