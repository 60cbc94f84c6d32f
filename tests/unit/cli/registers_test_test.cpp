// SPDX-License-Identifier: Apache-2.0
// jinglue registers test: what it prints and its exit code.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

namespace fs = std::filesystem;
const std::string kSource = JINGLUE_SOURCE_DIR;

test::Ran walk(const fs::path& folder) {
  return test::run({"registers", "test", folder.string(), "--share", kSource});
}

TEST(RegistersTest, the_test_definitions_do_what_they_say) {
  const auto ran = walk(kSource + "/tests/data/registers");
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "5 definitions, 0 wrong, 0 not shown")) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "farm_cleanup\n     6 transitions taken")) << ran.output;
}

TEST(RegistersTest, a_clock_that_cannot_be_told_is_named_with_file_and_line) {
  const test::TempFolder folder;
  std::ifstream in(kSource + "/tests/data/registers/farm_cleanup.toml");
  std::stringstream text;
  text << in.rdbuf();
  std::string broken = text.str();
  const auto at = broken.find("warn = \"3 working days\"");
  ASSERT_NE(at, std::string::npos);
  broken.replace(at, 23, "warn = \"30 working days\"");
  std::ofstream(folder / "farm_cleanup.toml") << broken;
  const auto ran = walk(folder.path());
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(test::holds(ran.output, "farm_cleanup.toml:115")) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "clock 'removal': the warning is due before it starts"))
      << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "1 definitions, 1 wrong, 0 not shown")) << ran.output;
}

TEST(RegistersTest, a_folder_that_is_not_there_and_one_with_mistakes_are_refused) {
  const auto none = walk("/nowhere/registers");
  EXPECT_EQ(none.code, 1);
  EXPECT_TRUE(test::holds(none.output, "there is no such folder")) << none.output;
  const test::TempFolder folder;
  std::ofstream(folder / "slip.toml") << "id = \"slip\"\nschema = 1\n";
  const auto bad = walk(folder.path());
  EXPECT_EQ(bad.code, 1);
  EXPECT_TRUE(test::holds(bad.output, "slip.toml")) << bad.output;
}

}  // namespace
}  // namespace jinglue
