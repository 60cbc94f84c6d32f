// SPDX-License-Identifier: Apache-2.0
#include "picture/exchange/value_text.hpp"

#include <cstdlib>

namespace jinglue::picture::exchange {
namespace {

using model::FixSource;
using model::TimeQuality;

constexpr std::array kSources = {
    FixSource::kAisA,    FixSource::kAisB,        FixSource::kAisLongRange,
    FixSource::kAisBase, FixSource::kAisAircraft, FixSource::kAisAton,
    FixSource::kBeidou,  FixSource::kGnss,        FixSource::kNaf};
constexpr std::array kQualities = {TimeQuality::kStated, TimeQuality::kDerived,
                                   TimeQuality::kArrival};

/// `value` / 10^`decimals`, without zeros at the end of the fraction.
void append_decimal(std::string& out, std::uint64_t value, int decimals) {
  std::string digits = std::to_string(value);
  const auto wanted = static_cast<std::size_t>(decimals) + 1;
  if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), '0');
  digits.insert(digits.size() - static_cast<std::size_t>(decimals), 1, '.');
  while (digits.back() == '0') digits.pop_back();
  if (digits.back() == '.') digits.pop_back();
  out += digits;
}

template <class List>
auto found_by_key(const List& list, std::string_view key)
    -> std::optional<typename List::value_type> {
  for (const auto value : list) {
    if (model::to_key(value) == key) return value;
  }
  return std::nullopt;
}

}  // namespace

/// A unit is 5/3 of the last decimal, so rounding loses at most a fifth of a unit.
void append_degrees(std::string& out, std::int32_t units) {
  const auto size = static_cast<std::uint64_t>(std::llabs(std::int64_t{units}));
  if (units < 0) out += '-';
  append_decimal(out, (size * 5 + 1) / 3, 7);
}

void append_hundredths(std::string& out, std::uint32_t value) {
  append_decimal(out, value, 2);
}

std::optional<FixSource> source_from(std::string_view key) {
  return found_by_key(kSources, key);
}

std::optional<TimeQuality> quality_from(std::string_view key) {
  return found_by_key(kQualities, key);
}

void append_xml(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n') out += c;
    }
  }
}

}  // namespace jinglue::picture::exchange
