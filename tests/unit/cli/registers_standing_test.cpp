// SPDX-License-Identifier: Apache-2.0
// jinglue registers enable, disable, list: a first start without a browser.
#include <gtest/gtest.h>

#include <fstream>

#include "store/data_folder.hpp"
#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

namespace fs = std::filesystem;

struct Data {
  test::Ran registers(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "registers");
    for (const std::string more : {"--data", path.c_str(), "--share", JINGLUE_SOURCE_DIR}) {
      arguments.push_back(more);
    }
    return test::run(arguments);
  }
  std::string line_of(const std::string& id) const {
    const auto out = registers({"list"}).output;
    const auto at = out.find(id);
    return at == std::string::npos ? "" : out.substr(at, out.find('\n', at) - at);
  }
  test::TempFolder folder;
  std::string path{(folder / "new").string()};
};

TEST(RegistersStanding, a_new_folder_is_made_with_the_registers_that_were_named) {
  const Data d;
  const auto enabled = d.registers({"enable", "vessel", "case"});
  EXPECT_EQ(enabled.code, 0) << enabled.output;
  EXPECT_TRUE(test::holds(enabled.output, "vessel enabled")) << enabled.output;
  EXPECT_TRUE(test::holds(d.line_of("vessel"), " enabled")) << d.line_of("vessel");
  EXPECT_TRUE(test::holds(d.line_of("person"), " enabled"));
  EXPECT_TRUE(test::holds(d.line_of("goal"), "disabled"));
  const auto again = d.registers({"enable", "vessel"});
  EXPECT_EQ(again.code, 0);
  EXPECT_FALSE(test::holds(again.output, "vessel")) << "nothing was to be done";
}

TEST(RegistersStanding, disabling_asks_for_a_reason_and_imports_are_refused_then) {
  const Data d;
  ASSERT_EQ(d.registers({"enable", "--all"}).code, 0);
  EXPECT_NE(d.registers({"disable", "vessel"}).code, 0);
  const auto done = d.registers({"disable", "vessel", "--reason", "换用省厅系统"});
  EXPECT_EQ(done.code, 0) << done.output;
  std::ofstream(d.folder / "v.csv") << "name,side_number,kind\n甲,S1,fishing\n";
  const auto refused = d.registers({"import", "vessel", (d.folder / "v.csv").string()});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(test::holds(refused.output, "'vessel' is not enabled")) << refused.output;
  EXPECT_TRUE(test::holds(refused.output, "jinglue registers enable vessel")) << refused.output;
}

TEST(RegistersStanding, what_cannot_be_is_refused) {
  const Data d;
  EXPECT_EQ(d.registers({"enable", "none"}).code, 1);
  EXPECT_NE(d.registers({"enable"}).code, 0);
  EXPECT_EQ(d.registers({"disable", "person", "--reason", "x"}).code, 1);
  const store::DataFolder running(d.path);
  const auto busy = d.registers({"enable", "vessel"});
  EXPECT_EQ(busy.code, 1) << "a running station would not see it";
}

TEST(RegistersStanding, a_folder_that_is_not_there_is_not_listed) {
  const Data d;
  EXPECT_EQ(d.registers({"list"}).code, 1);
  EXPECT_FALSE(fs::exists(d.path));
}

}  // namespace
}  // namespace jinglue
