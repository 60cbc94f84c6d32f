// SPDX-License-Identifier: Apache-2.0
// Decimal: an exact decimal number for money, areas and indicators: 0.1 + 0.2 is 0.3. At most 30
// digits, 12 of them behind the point. What would not fit has no value: nothing is rounded unasked
// but quotients and products, to 12 places, half away from zero.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace jinglue::base {

class Decimal {
 public:
  static constexpr int kPlaces = 12;

  constexpr Decimal() = default;
  explicit Decimal(std::int64_t whole);
  /// "-12.50"; no exponent, no separators. Nothing for other text or too many digits.
  static std::optional<Decimal> parse(std::string_view text);
  /// Of a double's shortest decimal form; nothing for what is no number or does not fit.
  static std::optional<Decimal> from_double(double value);

  std::optional<Decimal> plus(Decimal other) const;
  std::optional<Decimal> minus(Decimal other) const;
  std::optional<Decimal> times(Decimal other) const;
  /// Nothing for a divisor of zero.
  std::optional<Decimal> over(Decimal divisor) const;
  Decimal negative() const;
  /// Half away from zero, as accounts round (四舍五入); `places` from 0 to 12.
  Decimal rounded(int places) const;

  /// Shortest: "12.5", "-0.003", "7".
  std::string text() const;
  double to_double() const;
  /// The whole number it is; nothing when it has a fraction or does not fit.
  std::optional<std::int64_t> whole() const;

  friend std::strong_ordering operator<=>(Decimal a, Decimal b) { return a.m_units <=> b.m_units; }
  friend bool operator==(Decimal a, Decimal b) { return a.m_units == b.m_units; }

 private:
  __extension__ using Wide = __int128;
  static std::optional<Decimal> of(Wide units);
  Wide m_units{0};  ///< of 1e-12
};

}  // namespace jinglue::base
