// SPDX-License-Identifier: Apache-2.0
// Every scenario of tests/scenario/registers, each a test of its own; and that a scenario that does
// not hold fails.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/registry/life/register_story.hpp"

using namespace jinglue;

namespace {

std::vector<std::filesystem::path> stories() {
  std::vector<std::filesystem::path> out;
  const auto folder = std::filesystem::path(JINGLUE_SOURCE_DIR) / "tests/scenario/registers";
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".scenario") out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::string name_of(const testing::TestParamInfo<std::filesystem::path>& info) {
  return info.param.stem().string();
}

/// What the failing scenario says.
std::string failure_of(const std::string& text) {
  const test::TempFolder folder;
  std::ofstream(folder / "wrong.scenario") << text;
  try {
    test::RegisterStory(folder / "wrong.scenario").run();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace

class RegisterStories : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(RegisterStories, holds) {
  EXPECT_NO_THROW({
    try {
      test::RegisterStory(GetParam()).run();
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
  });
}

INSTANTIATE_TEST_SUITE_P(All, RegisterStories, testing::ValuesIn(stories()), name_of);

TEST(RegisterStory, fails_where_it_does_not_hold) {
  const std::string begin =
      "registers tests/data/registers\nat 2024-05-06 09:00\nclerk makes farm_cleanup F\n"
      "  owner 张三\n";
  EXPECT_NE(
      failure_of(begin + "expect F state removed\n").find("wrong.scenario:5: state is 'found'"),
      std::string::npos);
  EXPECT_NE(failure_of(begin + "clerk runs notify F\n  refused 不得\n").find("it was carried out"),
            std::string::npos);
  EXPECT_NE(failure_of(begin + "clerk runs remove F\n").find("does not start from the state"),
            std::string::npos);
  EXPECT_NE(failure_of(begin + "clerk runs notify F\nexpect F clock removal overdue\n")
                .find("clock removal is 'running'"),
            std::string::npos);
  EXPECT_NE(failure_of(begin).find("expects nothing"), std::string::npos);
}
