// SPDX-License-Identifier: Apache-2.0
#include "base/decimal.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

using jinglue::base::Decimal;

namespace {

Decimal d(const char* text) {
  return *Decimal::parse(text);
}

/// A number of up to 12 digits with up to 4 places: products of two are exact.
Decimal any() {
  const auto units = *rc::gen::inRange<std::int64_t>(-999'999'999'999, 999'999'999'999);
  return *Decimal(units).over(Decimal(10'000));
}

}  // namespace

TEST(DecimalTest, text_and_back) {
  for (const char* text :
       {"0", "7", "-7", "0.1", "-0.003", "12.5", "999999999999999999.999999999999"})
    EXPECT_EQ(d(text).text(), text);
  EXPECT_EQ(d("12.50").text(), "12.5");
  EXPECT_EQ(d("-0").text(), "0");
  for (const char* bad : {"", "-", ".5", "5.", "1e3", "1,000", "1.2.3", " 1", "+1",
                          "1.1234567890123", "1000000000000000000"})
    EXPECT_FALSE(Decimal::parse(bad)) << bad;
}

TEST(DecimalTest, a_tenth_and_two_tenths_are_three_tenths) {
  EXPECT_EQ(*d("0.1").plus(d("0.2")), d("0.3"));
  EXPECT_EQ(*Decimal::from_double(0.1), d("0.1"));
  EXPECT_EQ(*Decimal::from_double(1e-13), d("0"));
  EXPECT_EQ(*Decimal::from_double(1.0 / 3), d("0.333333333333"));
  EXPECT_FALSE(Decimal::from_double(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(Decimal::from_double(1e300));
}

TEST(DecimalTest, rounds_half_away_from_zero) {
  EXPECT_EQ(d("2.345").rounded(2).text(), "2.35");
  EXPECT_EQ(d("-2.345").rounded(2).text(), "-2.35");
  EXPECT_EQ(d("2.5").rounded(0).text(), "3");
  EXPECT_EQ(d("1").over(d("3"))->text(), "0.333333333333");
  EXPECT_EQ(d("2").over(d("3"))->text(), "0.666666666667");
  EXPECT_EQ(d("-2").over(d("3"))->text(), "-0.666666666667");
}

TEST(DecimalTest, what_does_not_fit_has_no_value) {
  const auto large = d("999999999999999999");
  EXPECT_FALSE(large.plus(d("1")));
  EXPECT_FALSE(large.times(d("2")));
  EXPECT_FALSE(large.over(d("0.1")));
  EXPECT_FALSE(d("1").over(d("0")));
  EXPECT_EQ(large.times(d("1"))->text(), large.text());
  EXPECT_EQ(large.over(large)->text(), "1");
  EXPECT_EQ(large.whole(), 999'999'999'999'999'999);
  EXPECT_FALSE(d("1.5").whole());
}

RC_GTEST_PROP(DecimalTest, sums_and_products_are_those_of_whole_numbers, ()) {
  const auto a = any();
  const auto b = any();
  const auto c = any();
  RC_ASSERT(*a.plus(b)->minus(b) == a);
  RC_ASSERT(*a.times(b) == *b.times(a));
  RC_ASSERT(*a.times(*b.plus(c)) == *a.times(b)->plus(*a.times(c)));
  RC_ASSERT(*Decimal::parse(a.text()) == a);
  if (b != Decimal(0)) RC_ASSERT(*a.times(b)->over(b) == a);
  RC_ASSERT((a < b) == (b.negative() < a.negative()));
}
