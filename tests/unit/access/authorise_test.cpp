// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <fstream>
#include <set>
#include <sstream>

#include "access/access.hpp"

using namespace jinglue;
using access::Action;
using access::Actor;
using access::authorise;
using access::Role;

namespace {

constexpr int kActions = 18;
constexpr int kRoles = 9;  // of people

Actor actor(Role role, const std::string& district = "") {
  Actor out;
  out.user = "someone";
  out.roles = {role};
  out.district = district;
  return out;
}

bool may(Role role, Action action) {
  return authorise(actor(role), action).has_value();
}

}  // namespace

TEST(Authorise, EveryActionAndRoleHasAKeyAndNames) {
  std::set<std::string> keys;
  for (int a = 1; a <= kActions; ++a) {
    const auto action = static_cast<Action>(a);
    keys.emplace(access::to_key(action));
    EXPECT_FALSE(access::words_of(action).zh.empty());
    EXPECT_FALSE(access::words_of(action).en.empty());
  }
  for (int r = 1; r <= kRoles + 1; ++r) {
    const auto role = static_cast<Role>(r);
    keys.emplace(access::to_key(role));
    EXPECT_EQ(access::role_from(access::to_key(role)), role);
    EXPECT_FALSE(access::words_of(role).zh.empty());
  }
  EXPECT_EQ(keys.size(), static_cast<std::size_t>(kActions + kRoles + 1));
  EXPECT_FALSE(access::role_from("captain"));
}

TEST(Authorise, EveryActionIsSomeonesAndTheSystemMayAll) {
  for (int a = 1; a <= kActions; ++a) {
    int count = 0;
    for (int r = 1; r <= kRoles; ++r) count += may(static_cast<Role>(r), static_cast<Action>(a));
    EXPECT_GT(count, 0) << access::to_key(static_cast<Action>(a));
    EXPECT_TRUE(authorise(Actor::system(), static_cast<Action>(a)));
    EXPECT_FALSE(authorise(Actor{}, static_cast<Action>(a))) << "no role, no right";
  }
}

TEST(Authorise, FilingAndApprovingAreNotTheDutyOfficers) {
  EXPECT_TRUE(may(Role::kDutyOfficer, Action::kReviewFinding));
  EXPECT_TRUE(may(Role::kDutyOfficer, Action::kSeeCases));
  EXPECT_FALSE(may(Role::kDutyOfficer, Action::kFileCase));
  EXPECT_FALSE(may(Role::kDutyOfficer, Action::kApproveCase));
  EXPECT_TRUE(may(Role::kEnforcement, Action::kFileCase));
  EXPECT_FALSE(may(Role::kEnforcement, Action::kApproveCase)) << "a second person approves";
  EXPECT_FALSE(may(Role::kDutyOfficer, Action::kSuspendRule));
  EXPECT_TRUE(may(Role::kDutyLeader, Action::kSuspendRule));
}

TEST(Authorise, AdministratorSeesNeitherCasesNorFindings) {
  EXPECT_TRUE(may(Role::kAdministrator, Action::kManageUsers));
  EXPECT_FALSE(may(Role::kAdministrator, Action::kSeeCases));
  EXPECT_FALSE(may(Role::kAdministrator, Action::kReviewFinding));
  EXPECT_FALSE(may(Role::kLeader, Action::kManageUsers));
  EXPECT_FALSE(may(Role::kLeader, Action::kEditRegister)) << "reads everything, writes nothing";
}

TEST(Authorise, RefusalNamesTheRolesThatMay) {
  const auto refused = authorise(actor(Role::kClerk), Action::kManageUsers);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::kForbidden);
  EXPECT_NE(refused.error().message.find("administrator"), std::string::npos);
}

TEST(Authorise, DistrictClerkKeepsToTheDistrict) {
  const auto clerk = actor(Role::kClerk, "rongcheng");
  EXPECT_TRUE(authorise(clerk, Action::kEditRegister, {"vessel", "rongcheng"}));
  EXPECT_TRUE(authorise(clerk, Action::kEditRegister));
  const auto refused = authorise(clerk, Action::kEditRegister, {"vessel", "huancui"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, base::Code::kForbidden);
  EXPECT_EQ(refused.error().where, "vessel");
  EXPECT_TRUE(authorise(actor(Role::kClerk), Action::kEditRegister, {"vessel", "huancui"}))
      << "without a district: the whole authority";
}

TEST(Authorise, GuideShowsThisTable) {
  std::ifstream in(std::string(JINGLUE_SOURCE_DIR) + "/docs/guide/roles.md");
  std::stringstream guide;
  guide << in.rdbuf();
  EXPECT_NE(guide.str().find(access::roles_table()), std::string::npos)
      << "put this table into docs/guide/roles.md:\n"
      << access::roles_table();
}
