// SPDX-License-Identifier: Apache-2.0
#include "access/access.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "store/database.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using access::Access;
using access::Action;
using access::Actor;
using access::PasswordCost;
using access::Role;
using access::User;
using base::Code;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

constexpr base::Instant kStart{1'714'536'000'000};  // 2024-05-01T04:00:00Z
const std::string kPassword = "a boat and nine nets";

User user(const std::string& name, std::vector<Role> roles, const std::string& district = "") {
  User out;
  out.name = name;
  out.display_name = "演练" + name;
  out.roles = std::move(roles);
  out.district = district;
  return out;
}

access::UserChange with_roles(std::vector<Role> roles) {
  access::UserChange out;
  out.roles = std::move(roles);
  return out;
}

struct AccessTest : testing::Test {
  test::TempFolder folder;
  store::Database records{{.path = folder / "records.db"}};
  Access access{records, PasswordCost::least()};
  base::Instant now = kStart;

  AccessTest() {
    EXPECT_TRUE(access.empty());
    add("duty", {Role::kDutyOfficer});
    add("admin", {Role::kAdministrator});
  }
  void add(const std::string& name, std::vector<Role> roles) {
    const auto done =
        access.add_user(user(name, std::move(roles), "rongcheng"), kPassword, Actor::system(), now);
    EXPECT_TRUE(done) << done.error().text();
  }
  base::Result<access::SignedIn> sign_in(const std::string& name, const std::string& password,
                                         const std::string& address = "127.0.0.1") {
    return access.sign_in(name, password, address, now);
  }
  Actor actor_of(const std::string& name) { return sign_in(name, kPassword)->actor; }
  std::string whole_database() {
    std::string out;
    for (const auto* name : {"records.db", "records.db-wal"}) {
      std::ifstream in(folder / name, std::ios::binary);
      out.append(std::istreambuf_iterator<char>(in), {});
    }
    return out;
  }
};

}  // namespace

TEST_F(AccessTest, SignsInWithRolesAndDistrict) {
  const auto signed_in = sign_in("duty", kPassword, "10.0.0.7");
  ASSERT_TRUE(signed_in);
  const auto session = access.session(signed_in->token, now);
  ASSERT_TRUE(session);
  EXPECT_EQ(session->actor.user, "duty");
  EXPECT_EQ(session->actor.display_name, "演练duty");
  EXPECT_EQ(session->actor.roles, std::vector<Role>{Role::kDutyOfficer});
  EXPECT_EQ(session->actor.district, "rongcheng");
  EXPECT_EQ(session->actor.address, "10.0.0.7");
  EXPECT_EQ(session->csrf, signed_in->csrf);
  EXPECT_NE(session->csrf, signed_in->token.substr(0, 32));
  EXPECT_FALSE(access.session(signed_in->token + "0", now));
  EXPECT_FALSE(access.session("", now));
}

TEST_F(AccessTest, WrongNameAndWrongPasswordReadTheSame) {
  const auto wrong_password = sign_in("duty", "a boat and ten nets");
  const auto wrong_name = sign_in("nobody", kPassword);
  ASSERT_FALSE(wrong_password);
  ASSERT_FALSE(wrong_name);
  EXPECT_EQ(wrong_password.error().code, Code::kUnauthorised);
  EXPECT_EQ(wrong_password.error().text(), wrong_name.error().text());
  ASSERT_TRUE(access.set_disabled("duty", true, Actor::system(), now));
  EXPECT_EQ(sign_in("duty", kPassword).error().text(), wrong_name.error().text());
}

TEST_F(AccessTest, NeitherTokenNorPasswordIsStored) {
  const auto signed_in = sign_in("duty", kPassword);
  ASSERT_TRUE(signed_in);
  const std::string bytes = whole_database();
  EXPECT_NE(bytes.find("$argon2id$"), std::string::npos);
  EXPECT_EQ(bytes.find(signed_in->token), std::string::npos);
  EXPECT_EQ(bytes.find(signed_in->csrf), std::string::npos);
  EXPECT_EQ(bytes.find(kPassword), std::string::npos);
}

TEST_F(AccessTest, NameIsTakenInAnyCase) {
  EXPECT_TRUE(sign_in("Duty", kPassword));
}

TEST_F(AccessTest, SessionEndsAfterTwelveIdleHours) {
  const auto token = sign_in("duty", kPassword)->token;
  EXPECT_TRUE(access.session(token, now + hours(11)));
  records.write([](store::Db&) {});  // after the queued note of the last use
  EXPECT_TRUE(access.session(token, now + hours(22)));
  EXPECT_FALSE(access.session(token, now + hours(35)));
}

TEST_F(AccessTest, SessionEndsTwentyFourHoursAfterSignIn) {
  const auto token = sign_in("duty", kPassword)->token;
  for (int h = 1; h < 24; ++h) {
    EXPECT_TRUE(access.session(token, now + hours(h))) << h;
    records.write([](store::Db&) {});
  }
  EXPECT_FALSE(access.session(token, now + hours(24)));
}

TEST_F(AccessTest, SignOutEndsThisSessionOnly) {
  const auto one = sign_in("duty", kPassword)->token;
  const auto two = sign_in("duty", kPassword)->token;
  access.sign_out(one, now);
  access.sign_out("unknown", now);
  EXPECT_FALSE(access.session(one, now));
  EXPECT_TRUE(access.session(two, now));
}

TEST_F(AccessTest, DisablingEndsSessionsAndEnablingDoesNotBringThemBack) {
  const auto token = sign_in("duty", kPassword)->token;
  const auto admin = actor_of("admin");
  ASSERT_TRUE(access.set_disabled("duty", true, admin, now));
  EXPECT_FALSE(access.session(token, now));
  EXPECT_FALSE(sign_in("duty", kPassword));
  ASSERT_TRUE(access.set_disabled("duty", false, admin, now));
  EXPECT_FALSE(access.session(token, now));
  EXPECT_TRUE(sign_in("duty", kPassword));
}

TEST_F(AccessTest, NewPasswordEndsSessions) {
  const auto token = sign_in("duty", kPassword)->token;
  ASSERT_TRUE(access.set_password("duty", "nine nets and a boat", actor_of("duty"), now));
  EXPECT_FALSE(access.session(token, now));
  EXPECT_FALSE(sign_in("duty", kPassword));
  EXPECT_TRUE(sign_in("duty", "nine nets and a boat"));
}

TEST_F(AccessTest, OnlyAdministratorsManageUsers) {
  const auto duty = actor_of("duty");
  EXPECT_EQ(access.add_user(user("x1", {Role::kClerk}), kPassword, duty, now).error().code,
            Code::kForbidden);
  EXPECT_EQ(access.set_password("admin", kPassword, duty, now).error().code, Code::kForbidden);
  EXPECT_EQ(access.set_disabled("admin", true, duty, now).error().code, Code::kForbidden);
  EXPECT_TRUE(access.add_user(user("x1", {Role::kClerk}), kPassword, actor_of("admin"), now));
}

TEST_F(AccessTest, LastAdministratorCannotBeDisabled) {
  const auto admin = actor_of("admin");
  EXPECT_EQ(access.set_disabled("admin", true, admin, now).error().code, Code::kConflict);
  add("admin2", {Role::kClerk, Role::kAdministrator});
  EXPECT_TRUE(access.set_disabled("admin", true, admin, now));
}

TEST_F(AccessTest, TheCommandLineCannotDisableTheLastAdministratorEither) {
  EXPECT_EQ(access.set_disabled("admin", true, Actor::system(), now).error().code, Code::kConflict);
  EXPECT_TRUE(access.set_disabled("duty", true, Actor::system(), now));
  EXPECT_TRUE(access.set_disabled("admin", false, Actor::system(), now));
}

TEST_F(AccessTest, OtherRolesAndDistrictHoldForOpenSessionsAtOnceAndAreAudited) {
  const auto session = sign_in("duty", kPassword);
  const auto admin = actor_of("admin");
  ASSERT_FALSE(access::authorise(session->actor, Action::kManageUsers));
  const auto lines = access.audit_lines(0, 1).front().number;
  auto change = with_roles({Role::kClerk, Role::kAdministrator});
  change.district = "rushan";
  ASSERT_TRUE(access.change("duty", change, admin, now));
  const auto seen = access.session(session->token, now);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->actor.roles, (std::vector<Role>{Role::kClerk, Role::kAdministrator}));
  EXPECT_EQ(seen->actor.district, "rushan");
  EXPECT_EQ(seen->actor.display_name, session->actor.display_name);
  const auto line = access.audit_lines(0, 1).front();
  EXPECT_EQ(line.number, lines + 1);
  EXPECT_EQ(line.action, "user.change");
  EXPECT_EQ(line.target, "user/duty");
  EXPECT_EQ(line.detail["roles"]["from"].as_string(), "duty_officer");
  EXPECT_EQ(line.detail["roles"]["to"].as_string(), "clerk administrator");
  EXPECT_EQ(line.detail["district"]["to"].as_string(), "rushan");
  EXPECT_FALSE(line.detail.has("display_name"));

  ASSERT_TRUE(access.change("duty", {{}, {}, "rushan"}, admin, now)) << "as it is";
  EXPECT_EQ(access.audit_lines(0, 1).front().number, lines + 1) << "and so no line";
  ASSERT_TRUE(access.change("duty", {{}, {}, ""}, admin, now));
  EXPECT_EQ(access.session(session->token, now)->actor.district, "") << "the whole authority";
  EXPECT_TRUE(access.verify_audit());
}

TEST_F(AccessTest, AChangeOfAnAccountMayBeRefused) {
  const auto admin = actor_of("admin");
  EXPECT_EQ(access.change("admin", with_roles({Role::kClerk}), admin, now).error().code,
            Code::kConflict);
  EXPECT_EQ(access.change("admin", with_roles({Role::kClerk}), Actor::system(), now).error().code,
            Code::kConflict);
  EXPECT_TRUE(access.change("admin", with_roles({Role::kAdministrator, Role::kClerk}), admin, now));
  EXPECT_EQ(access.change("duty", with_roles({}), admin, now).error().where, "roles");
  EXPECT_EQ(access.change("duty", with_roles({Role::kSystem}), admin, now).error().code,
            Code::kMalformed);
  EXPECT_EQ(access.change("ghost", {{}, {}, "rushan"}, admin, now).error().code, Code::kMissing);
  EXPECT_EQ(access.change("duty", {{}, {}, "rushan"}, actor_of("duty"), now).error().code,
            Code::kForbidden);
}

TEST_F(AccessTest, BadUsersAreRefused) {
  const auto code = [&](const User& u, const std::string& password) {
    const auto done = access.add_user(u, password, Actor::system(), now);
    return done ? std::string("accepted") : std::string(base::to_text(done.error().code));
  };
  const std::string malformed = base::to_text(Code::kMalformed);
  EXPECT_EQ(code(user("duty", {Role::kClerk}), kPassword), base::to_text(Code::kConflict));
  for (const std::string name : {"", "a", "Upper", "with space", "system", "a/b"}) {
    EXPECT_EQ(code(user(name, {Role::kClerk}), kPassword), malformed) << name;
  }
  EXPECT_EQ(code(user("new", {}), kPassword), malformed);
  EXPECT_EQ(code(user("new", {Role::kSystem}), kPassword), malformed);
  for (const std::string password : {"", "short", "aaaaaaaaaaaaaaa", "123456789"}) {
    EXPECT_EQ(code(user("new", {Role::kClerk}), password), malformed) << password;
  }
  EXPECT_EQ(code(user("long.enough.name", {Role::kClerk}), "long.enough.name"), malformed);
  EXPECT_EQ(code(user("new", {Role::kClerk}), std::string(1025, 'x') + "abc"), malformed);
  EXPECT_EQ(code(user("new", {Role::kClerk}), "荣成石岛港的渔船九艘"), "accepted");
  EXPECT_EQ(access.users().size(), 3U);
  EXPECT_FALSE(access.empty());
}

TEST_F(AccessTest, UnknownUserIsMissing) {
  EXPECT_EQ(access.set_disabled("ghost", true, Actor::system(), now).error().code, Code::kMissing);
  EXPECT_EQ(access.set_password("ghost", kPassword, Actor::system(), now).error().code,
            Code::kMissing);
}

TEST_F(AccessTest, NameIsLockedAfterRepeatedFailuresFromAnyAddress) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(sign_in("duty", "wrong wrong", "10.0.0." + std::to_string(i)).error().code,
              Code::kUnauthorised);
  }
  EXPECT_EQ(sign_in("duty", kPassword, "10.0.0.99").error().code, Code::kTooMany);
  EXPECT_EQ(sign_in("admin", kPassword, "10.0.0.99")->actor.user, "admin") << "others may";
  now = now + minutes(15);
  EXPECT_TRUE(sign_in("duty", kPassword)) << "and after a quarter of an hour";
}

TEST_F(AccessTest, UnknownNameIsLockedLikeAKnownOne) {
  for (int i = 0; i < 10; ++i) sign_in("ghost", "wrong wrong", "10.0.0." + std::to_string(i));
  EXPECT_EQ(sign_in("ghost", "wrong wrong").error().code, Code::kTooMany);
}

TEST_F(AccessTest, AddressIsLockedAfterFailuresForManyNames) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(sign_in("name" + std::to_string(i), "wrong wrong").error().code, Code::kUnauthorised);
  }
  EXPECT_EQ(sign_in("duty", kPassword).error().code, Code::kTooMany);
  EXPECT_TRUE(sign_in("duty", kPassword, "10.1.1.1"));
}

TEST_F(AccessTest, SuccessDoesNotUseUpAttempts) {
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(sign_in("duty", kPassword)) << i;
}

TEST_F(AccessTest, ClockSetBackLocksNobodyOut) {
  for (int i = 0; i < 20; ++i) sign_in("duty", "wrong wrong");
  EXPECT_FALSE(sign_in("duty", kPassword));
  now = now - hours(2);
  EXPECT_TRUE(sign_in("duty", kPassword));
}

TEST_F(AccessTest, ManyAtOnceCannotPassTheLimit) {
  std::vector<std::thread> threads;
  std::atomic<int> tried{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5; ++i) {
        const auto result = access.sign_in("duty", "wrong wrong", "127.0.0.1", now);
        tried += result.error().code == Code::kUnauthorised ? 1 : 0;
      }
    });
  }
  for (auto& t : threads) t.join();
  EXPECT_EQ(tried, 10);
}

TEST_F(AccessTest, HashOfAnotherCostIsRenewedAtSignIn) {
  Access dearer(records, PasswordCost{2, 16384});
  ASSERT_TRUE(dearer.sign_in("duty", kPassword, "127.0.0.1", now));
  EXPECT_NE(whole_database().find("$argon2id$v=19$m=16,t=2"), std::string::npos);
  ASSERT_TRUE(dearer.sign_in("duty", kPassword, "127.0.0.1", now));
}

TEST(Access, DefaultCostIsLibsodiumsInteractive) {
  const test::TempFolder folder;
  store::Database records({.path = folder / "records.db"});
  Access access(records);
  ASSERT_TRUE(access.add_user(user("duty", {Role::kClerk}), kPassword, Actor::system(), kStart));
  const auto hash = records.read([](store::Db& db) {
    auto row = db.prepare("SELECT password_hash FROM access_user");
    row.step();
    return row.text(0);
  });
  EXPECT_EQ(hash.rfind("$argon2id$v=19$m=65536,t=2,p=1$", 0), 0U) << hash;
  EXPECT_TRUE(access.sign_in("duty", kPassword, "127.0.0.1", kStart));
}
