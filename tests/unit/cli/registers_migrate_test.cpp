// SPDX-License-Identifier: Apache-2.0
// jinglue registers migrate: a definition that gained a field, over a real data folder.
#include <gtest/gtest.h>

#include <fstream>

#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

namespace fs = std::filesystem;

class RegistersMigrate : public testing::Test {
 protected:
  RegistersMigrate() {
    fs::create_directories(share / "registers");
    fs::create_directories(share / "rules");
    define("");
    const auto made = test::run({"user", "add", "admin", "--role", "administrator", "--data",
                                 data.path().string(), "--share", share.path().string()},
                                "a-long-enough-one\n");
    EXPECT_EQ(made.code, 0) << made.output;
    EXPECT_EQ(registers({"enable", "boat"}).code, 0);
    std::ofstream(share / "boats.csv") << "name\n甲\n";
    const auto filled = registers({"import", "boat", (share / "boats.csv").string()});
    EXPECT_EQ(filled.code, 0) << filled.output;
  }

  void define(const std::string& fields) const {
    std::ofstream(share / "registers" / "boat.toml")
        << "id = \"boat\"\nschema = 1\nzh = \"船\"\nen = \"Boats\"\ntitle = \"name\"\n"
        << field("name", "text") << fields;
  }
  static std::string field(const std::string& key, const std::string& type) {
    return "[[fields]]\nkey = \"" + key + "\"\nzh = \"名\"\nen = \"" + key + "\"\ntype = \"" +
           type + "\"\n";
  }
  test::Ran registers(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "registers");
    for (const auto& more : {std::string("--data"), data.path().string(), std::string("--share"),
                             share.path().string()}) {
      arguments.push_back(more);
    }
    return test::run(arguments);
  }

  test::TempFolder share;
  test::TempFolder data;
};

TEST_F(RegistersMigrate, the_refusal_names_the_command_that_helps) {
  define(field("size", "number"));
  const auto refused = registers({"export", "boat"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(test::holds(refused.output, "add column f_size DOUBLE PRECISION")) << refused.output;
  EXPECT_TRUE(test::holds(refused.output, "jinglue registers migrate")) << refused.output;
  EXPECT_TRUE(test::holds(refused.output, "--apply-added-columns")) << refused.output;
}

TEST_F(RegistersMigrate, shows_the_plan_then_carries_it_out_with_a_backup) {
  define(field("size", "number"));
  const auto plan = registers({"migrate", "--dry-run"});
  EXPECT_EQ(plan.code, 0) << plan.output;
  EXPECT_TRUE(test::holds(plan.output, "add column f_size")) << plan.output;
  EXPECT_FALSE(fs::exists(data / "backups"));
  EXPECT_EQ(registers({"export", "boat"}).code, 1) << "the dry run changed nothing";

  const auto done = registers({"migrate"});
  EXPECT_EQ(done.code, 0) << done.output;
  EXPECT_FALSE(fs::is_empty(data / "backups"));
  const auto after = registers({"export", "boat"});
  EXPECT_EQ(after.code, 0) << after.output;
  EXPECT_TRUE(test::holds(after.output, "甲")) << after.output;
  EXPECT_TRUE(test::holds(after.output, "size")) << after.output;
  const auto again = registers({"migrate"});
  EXPECT_EQ(again.code, 0);
  EXPECT_TRUE(test::holds(again.output, "as the definitions say")) << again.output;
}

TEST_F(RegistersMigrate, a_field_is_removed_only_when_that_is_asked_for) {
  define(field("size", "number"));
  ASSERT_EQ(registers({"migrate"}).code, 0);
  define("");
  const auto refused = registers({"migrate"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_TRUE(test::holds(refused.output, "remove column f_size")) << refused.output;
  EXPECT_TRUE(test::holds(refused.output, "carry it out with --all")) << refused.output;
  EXPECT_EQ(registers({"export", "boat"}).code, 1) << "nothing was carried out";
  const auto done = registers({"migrate", "--all"});
  EXPECT_EQ(done.code, 0) << done.output;
  const auto after = registers({"export", "boat"});
  EXPECT_TRUE(test::holds(after.output, "甲")) << after.output;
  EXPECT_FALSE(test::holds(after.output, "size")) << after.output;
}

TEST_F(RegistersMigrate, without_a_data_folder_it_says_so) {
  const auto none = test::run({"registers", "migrate", "--data", (data / "none").string(),
                               "--share", share.path().string()});
  EXPECT_EQ(none.code, 1);
  EXPECT_TRUE(test::holds(none.output, "there is no data folder")) << none.output;
  EXPECT_FALSE(fs::exists(data / "none"));
}

}  // namespace
}  // namespace jinglue
