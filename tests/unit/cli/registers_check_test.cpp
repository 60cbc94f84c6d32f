// SPDX-License-Identifier: Apache-2.0
// jinglue registers check: the definitions of a folder, read together as the program reads them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

const std::string kShipped = std::string(JINGLUE_SOURCE_DIR) + "/registers";

TEST(RegistersCheck, the_shipped_definitions_have_no_mistake) {
  const auto ran = test::run({"registers", "check", kShipped});
  EXPECT_EQ(ran.code, 0) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, " definitions, 0 mistakes")) << ran.output;
}

TEST(RegistersCheck, a_link_and_a_condition_that_name_nothing_are_told_with_file_and_line) {
  const test::TempFolder folder;
  std::ofstream(folder / "slip.toml") << "id = \"slip\"\nschema = 1\nzh = \"单\"\nen = \"Slip\"\n"
                                         "title = \"name\"\n\n"
                                         "[[fields]]\nkey = \"name\"\nzh = \"名\"\nen = \"Name\"\n"
                                         "type = \"text\"\n\n"
                                         "[[fields]]\nkey = \"boat\"\nzh = \"船\"\nen = \"Boat\"\n"
                                         "type = \"link\"\nlink = \"nowhere\"\n\n"
                                         "[[states]]\nkey = \"new\"\nzh = \"新\"\nen = \"New\"\n\n"
                                         "[[states]]\nkey = \"done\"\nzh = \"结\"\nen = \"Done\"\n"
                                         "final = true\n\n"
                                         "[[transitions]]\nkey = \"end\"\nzh = \"办结\"\n"
                                         "en = \"End\"\nfrom = [\"new\"]\nto = \"done\"\n\n"
                                         "[[transitions.conditions]]\nwhen = \"weight > 3\"\n"
                                         "zh = \"不足\"\nen = \"too light\"\n";
  const auto ran = test::run({"registers", "check", folder.path().string()});
  EXPECT_EQ(ran.code, 1);
  EXPECT_TRUE(test::holds(ran.output, "slip.toml:18")) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "unknown register 'nowhere'")) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "slip.toml:39")) << ran.output;
  EXPECT_TRUE(test::holds(ran.output, "1 definitions, 2 mistakes")) << ran.output;
}

}  // namespace
}  // namespace jinglue
