// SPDX-License-Identifier: Apache-2.0
// FEW_CASES_PROP: a RapidCheck property whose cases are dear (each makes a database): 20 of them,
// 200 with JINGLUE_LONG=1.
#pragma once

#include <rapidcheck/gtest.h>

#include <sstream>

#include "support/long_run.hpp"

namespace jinglue::test {

template <class Testable>
void check_few_cases(Testable&& testable) {
  const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
  rc::detail::TestMetadata metadata;
  metadata.id = std::string(info->test_suite_name()) + "/" + info->name();
  metadata.description = info->name();
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess = repeats(20, 200);
  const auto result = rc::detail::checkTestable(testable, metadata, params);
  if (result.template is<rc::detail::SuccessResult>()) return;
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  FAIL() << text.str();
}

}  // namespace jinglue::test

#define FEW_CASES_PROP(Suite, Name)                                \
  void few_cases_##Suite##_##Name();                               \
  TEST(Suite, Name) {                                              \
    ::jinglue::test::check_few_cases(&few_cases_##Suite##_##Name); \
  }                                                                \
  void few_cases_##Suite##_##Name()
