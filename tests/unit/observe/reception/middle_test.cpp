// SPDX-License-Identifier: Apache-2.0
#include "observe/reception/middle.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

using jinglue::observe::reception::middle_of;

namespace {

constexpr std::size_t kCount = 56;

template <class T>
T by_sorting(std::array<T, kCount> values) {
  std::sort(values.begin(), values.end());
  return values[kCount / 2];
}

}  // namespace

RC_GTEST_PROP(Middle, IsThatOfTheSortedValues, ()) {
  const auto most = *rc::gen::element(1, 5, 100, 1'000'000, INT32_MAX);
  const auto step = *rc::gen::element(0, 0, 3, 1000);
  std::array<std::int32_t, kCount> values;
  std::array<std::int64_t, kCount> wide;
  for (std::size_t i = 0; i < kCount; ++i) {
    values[i] = *rc::gen::inRange(-most, most) / (step == 0 ? 1 : 100) + int(i) * step;
    wide[i] = std::int64_t{values[i]} * 1'000'000;
  }
  RC_ASSERT(middle_of<kCount>(values.data()) == by_sorting(values));
  RC_ASSERT(middle_of<kCount>(wide.data()) == by_sorting(wide));
}

TEST(Middle, OfTheEndsOfTheRange) {
  std::array<std::int32_t, kCount> values;
  values.fill(INT32_MAX);
  EXPECT_EQ(middle_of<kCount>(values.data()), INT32_MAX);
  values[0] = INT32_MIN;
  EXPECT_EQ(middle_of<kCount>(values.data()), INT32_MAX);
}
