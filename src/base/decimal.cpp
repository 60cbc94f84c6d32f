// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace jinglue::base {
namespace {

__extension__ using Wide = __int128;
__extension__ using Unsigned = unsigned __int128;

constexpr Wide power(int n) {
  return n == 0 ? Wide{1} : 10 * power(n - 1);
}
constexpr Wide kOne = power(Decimal::kPlaces);
constexpr Wide kLimit = power(30);

Unsigned size_of(Wide value) {
  return value < 0 ? -Unsigned(value) : Unsigned(value);
}

/// a * b / kOne, half away from zero; nothing when it is beyond the limit.
std::optional<Wide> product(Wide a, Wide b) {
  const bool negative = (a < 0) != (b < 0);
  const Unsigned x = size_of(a);
  const Unsigned y = size_of(b);
  // In two parts, so that nothing is wider than 128 bits: x = high * kOne + low.
  const Unsigned one = Unsigned(kOne);
  const Unsigned limit = Unsigned(kLimit);
  const Unsigned high = x / one;
  if (y != 0 && high > limit / y) return std::nullopt;
  const Unsigned low = x % one;  // below 1e12
  const Unsigned y_high = y / one;
  const Unsigned y_low = y % one;
  const Unsigned out = high * y + low * y_high + (low * y_low + one / 2) / one;
  if (out >= limit) return std::nullopt;
  return negative ? -Wide(out) : Wide(out);
}

/// a * kOne / b by long division, half away from zero.
std::optional<Wide> quotient(Wide a, Wide b) {
  if (b == 0) return std::nullopt;
  const bool negative = (a < 0) != (b < 0);
  const Unsigned divisor = size_of(b);
  Unsigned out = size_of(a) / divisor;
  Unsigned rest = size_of(a) % divisor;
  for (int i = 0; i < Decimal::kPlaces; ++i) {
    if (out >= Unsigned(kLimit)) return std::nullopt;
    rest *= 10;  // below 1e31
    out = out * 10 + rest / divisor;
    rest %= divisor;
  }
  if (rest * 2 >= divisor) ++out;
  if (out >= Unsigned(kLimit)) return std::nullopt;
  return negative ? -Wide(out) : Wide(out);
}

}  // namespace

std::optional<Decimal> Decimal::of(Wide units) {
  if (units <= -kLimit || units >= kLimit) return std::nullopt;
  Decimal out;
  out.m_units = units;
  return out;
}

Decimal::Decimal(std::int64_t whole) {
  // 1e18 and 12 places are 30 digits; what an int64 holds above is cut to the limit.
  m_units = std::clamp(Wide{whole} * kOne, -kLimit + 1, kLimit - 1);
}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  const auto point = std::min(text.find('.'), text.size());
  const auto behind = text.size() - std::min(point + 1, text.size());
  const bool empty = point == 0 || (point < text.size() && behind == 0);
  if (empty || point > 18 || behind > std::size_t(kPlaces)) return std::nullopt;
  Wide units = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == point) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    units = units * 10 + (text[i] - '0');
  }
  units *= power(kPlaces - int(behind));
  return of(negative ? -units : units);
}

std::optional<Decimal> Decimal::from_double(double value) {
  if (!std::isfinite(value) || std::abs(value) >= 1e18) return std::nullopt;
  auto shortest = fmt::format("{}", value);
  // Very small numbers come with an exponent: twelve places are all that is kept of them.
  if (shortest.find('e') != std::string::npos) shortest = fmt::format("{:.12f}", value);
  const auto point = shortest.find('.');
  if (point != std::string::npos && shortest.size() - point - 1 > std::size_t(kPlaces))
    shortest = fmt::format("{:.12f}", value);
  return parse(shortest);
}

std::optional<Decimal> Decimal::plus(Decimal other) const {
  return of(m_units + other.m_units);
}
std::optional<Decimal> Decimal::minus(Decimal other) const {
  return of(m_units - other.m_units);
}
std::optional<Decimal> Decimal::times(Decimal other) const {
  const auto units = product(m_units, other.m_units);
  return units ? of(*units) : std::nullopt;
}
std::optional<Decimal> Decimal::over(Decimal divisor) const {
  const auto units = quotient(m_units, divisor.m_units);
  return units ? of(*units) : std::nullopt;
}
Decimal Decimal::negative() const {
  Decimal out;
  out.m_units = -m_units;
  return out;
}

Decimal Decimal::rounded(int places) const {
  const Wide step = power(kPlaces - std::clamp(places, 0, kPlaces));
  const Wide half = m_units < 0 ? -step / 2 : step / 2;
  Decimal out;
  out.m_units = std::clamp((m_units + half) / step * step, -kLimit + 1, kLimit - 1);
  return out;
}

std::string Decimal::text() const {
  const Unsigned units = size_of(m_units);
  const auto whole_part = static_cast<std::uint64_t>(units / Unsigned(kOne));
  auto fraction = fmt::format("{:012}", static_cast<std::uint64_t>(units % Unsigned(kOne)));
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fmt::format("{}{}{}{}", m_units < 0 ? "-" : "", whole_part, fraction.empty() ? "" : ".",
                     fraction);
}

double Decimal::to_double() const {
  return double(m_units) / double(kOne);
}

std::optional<std::int64_t> Decimal::whole() const {
  if (m_units % kOne != 0) return std::nullopt;
  return static_cast<std::int64_t>(m_units / kOne);  // below 1e18
}

}  // namespace jinglue::base
