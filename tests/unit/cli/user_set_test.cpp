// SPDX-License-Identifier: Apache-2.0
// jinglue user: accounts of a data folder, changed by the program and read by the room.
#include <gtest/gtest.h>

#include "access/access.hpp"
#include "store/database.hpp"
#include "unit/cli/run.hpp"

namespace jinglue {
namespace {

class UserCommands : public testing::Test {
 protected:
  test::Ran user(std::vector<std::string> arguments, const std::string& input = {}) const {
    arguments.insert(arguments.begin(), "user");
    for (const auto& more : {std::string("--data"), data.path().string(), std::string("--share"),
                             std::string(JINGLUE_SOURCE_DIR)}) {
      arguments.push_back(more);
    }
    return test::run(arguments, input);
  }
  test::TempFolder data;
};

TEST_F(UserCommands, set_gives_roles_and_district_and_is_audited) {
  const std::string password = "a-long-enough-one\n";
  ASSERT_EQ(user({"add", "admin", "--role", "administrator"}, password).code, 0);
  ASSERT_EQ(user({"add", "wang", "--role", "clerk", "--district", "rongcheng"}, password).code, 0);
  const auto set =
      user({"set", "wang", "--role", "duty_officer", "--role", "rescue", "--whole-authority"});
  ASSERT_EQ(set.code, 0) << set.output;
  store::OpenOptions options;
  options.path = data / "records.db";
  store::Database records(options);
  const access::Access access(records);
  const auto users = access.users();
  ASSERT_EQ(users.size(), 2u);
  EXPECT_EQ(users[1].roles,
            (std::vector<access::Role>{access::Role::kDutyOfficer, access::Role::kRescue}));
  EXPECT_EQ(users[1].district, "");
  const auto line = access.audit_lines(0, 1).front();
  EXPECT_EQ(line.action, "user.change");
  EXPECT_EQ(line.detail["district"]["from"].as_string(), "rongcheng");
}

TEST_F(UserCommands, the_last_administrator_stays) {
  const std::string password = "a-long-enough-one\n";
  ASSERT_EQ(user({"add", "admin", "--role", "administrator"}, password).code, 0);
  const auto set = user({"set", "admin", "--role", "clerk"});
  EXPECT_EQ(set.code, 1);
  EXPECT_TRUE(test::holds(set.output, "last administrator")) << set.output;
  const auto disabled = user({"disable", "admin"});
  EXPECT_EQ(disabled.code, 1);
  EXPECT_TRUE(test::holds(disabled.output, "last administrator")) << disabled.output;
  EXPECT_EQ(user({"set", "admin"}).code, 1) << "nothing is to be changed";
  EXPECT_EQ(user({"set", "admin", "--role", "emperor"}).code, 1);
  EXPECT_EQ(user({"set", "ghost", "--role", "clerk"}).code, 1);
}

}  // namespace
}  // namespace jinglue
