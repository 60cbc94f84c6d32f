// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <thread>

#include "access/access.hpp"
#include "base/hash.hpp"
#include "store/database.hpp"
#include "support/temp_folder.hpp"

using namespace jinglue;
using access::Access;
using access::Actor;
using base::Json;

namespace {

constexpr base::Instant kStart{1'714'536'000'000};

struct AuditTest : testing::Test {
  test::TempFolder folder;
  store::Database records{{.path = folder / "records.db"}};
  Access access{records, access::PasswordCost::least()};

  void add(int count) {
    for (int i = 0; i < count; ++i) {
      access.audit(Actor::system(), "record.patch", "vessel/" + std::to_string(i),
                   Json::object({{"length_m", i}}), kStart + base::Duration(i));
    }
  }
  void tamper(const std::string& sql) {
    records.write([&](store::Db& db) { db.exec(sql); });
  }
  std::string verdict() {
    const auto result = access.verify_audit();
    return result ? std::to_string(*result) : result.error().text();
  }
};

}  // namespace

TEST_F(AuditTest, EmptyChainIsSound) {
  EXPECT_EQ(verdict(), "0");
}

TEST_F(AuditTest, LinesReadBackNewestFirstInPages) {
  add(10);
  EXPECT_EQ(verdict(), "10");
  const auto page = access.audit_lines(0, 4);
  ASSERT_EQ(page.size(), 4U);
  EXPECT_EQ(page[0].number, 10);
  EXPECT_EQ(page[0].target, "vessel/9");
  EXPECT_EQ(page[0].detail["length_m"].as_int(), 9);
  EXPECT_EQ(page[0].at, kStart + base::Duration(9));
  EXPECT_EQ(page[0].previous_hash, page[1].hash);
  const auto next = access.audit_lines(page.back().number, 100);
  EXPECT_EQ(next.size(), 6U);
  EXPECT_EQ(next.back().previous_hash, "");
}

TEST_F(AuditTest, EveryChangedColumnIsFound) {
  add(5);
  for (const std::string change :
       {"at_ms = at_ms + 1", "actor = 'x'", "address = 'x'", "action = 'x'", "target = 'x'",
        "detail = '{}'", "hash = 'x'", "previous_hash = 'x'"}) {
    tamper("CREATE TABLE kept AS SELECT * FROM access_audit");
    tamper("UPDATE access_audit SET " + change + " WHERE number = 3");
    EXPECT_NE(verdict().find("audit line 3"), std::string::npos) << change << ": " << verdict();
    tamper(
        "DELETE FROM access_audit; INSERT INTO access_audit SELECT * FROM kept; DROP TABLE kept");
    EXPECT_EQ(verdict(), "5");
  }
}

TEST_F(AuditTest, RemovedLineIsFoundInTheMiddleAtTheStartAndAtTheEnd) {
  for (const int number : {3, 1, 5}) {
    const test::TempFolder own;
    store::Database other({.path = own / "a.db"});
    Access chain(other, access::PasswordCost::least());
    for (int i = 0; i < 5; ++i) chain.audit(Actor::system(), "a", "b", {}, kStart);
    other.write([&](store::Db& db) {
      db.prepare("DELETE FROM access_audit WHERE number = ?").bind(1, number).run();
    });
    const auto result = chain.verify_audit();
    ASSERT_FALSE(result) << number;
    EXPECT_EQ(result.error().where, "audit line " + std::to_string(number));
  }
}

TEST_F(AuditTest, ReorderedLinesAreFound) {
  add(5);
  tamper(
      "UPDATE access_audit SET number = 99 WHERE number = 2;"
      "UPDATE access_audit SET number = 2 WHERE number = 3;"
      "UPDATE access_audit SET number = 3 WHERE number = 99");
  EXPECT_NE(verdict().find("audit line 2"), std::string::npos) << verdict();
}

TEST_F(AuditTest, RemovedLineWithNumbersClosedUpIsFound) {
  add(5);
  tamper(
      "DELETE FROM access_audit WHERE number = 2;"
      "UPDATE access_audit SET number = number - 1 WHERE number > 2");
  EXPECT_NE(verdict().find("audit line 2"), std::string::npos) << verdict();
}

TEST_F(AuditTest, HashIsWhatTheGuideSays) {
  Actor actor;
  actor.user = "duty";
  actor.address = "10.0.0.7";
  access.audit(actor, "finding.review", "finding/00", Json::object({{"kind", "verify"}}),
               base::Instant{1000});
  const std::string bytes =
      "1:1,4:1000,4:duty,8:10.0.0.7,14:finding.review,10:finding/00,17:{\"kind\":\"verify\"},0:,";
  EXPECT_EQ(access.audit_lines(0, 1).at(0).hash, base::sha256_hex(bytes));
}

TEST_F(AuditTest, SecretsAreMaskedAtAnyDepth) {
  access.audit(Actor::system(), "input.edit", "input/ais",
               Json::object({{"Password", "hunter2hunter2"},
                             {"deep", Json::array({Json::object({{"apiToken", "abc123secret"}})})},
                             {"host", "example"}}),
               kStart);
  const auto line = access.audit_lines(0, 1).at(0);
  EXPECT_EQ(line.detail["host"].as_string(), "example");
  EXPECT_EQ(line.detail.dump().find("hunter2"), std::string::npos) << line.detail.dump();
  EXPECT_EQ(line.detail.dump().find("abc123"), std::string::npos) << line.detail.dump();
}

TEST_F(AuditTest, ALineIsPartOfTheCallersWrite) {
  EXPECT_THROW(records.write([&](store::Db&) {
    add(3);
    throw std::runtime_error("undo");
  }),
               std::runtime_error);
  EXPECT_EQ(verdict(), "0");
  records.write([&](store::Db&) { add(3); });
  EXPECT_EQ(verdict(), "3");
}

TEST_F(AuditTest, ManyThreadsMakeOneChain) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] { add(25); });
  for (auto& t : threads) t.join();
  EXPECT_EQ(verdict(), "100");
}

TEST_F(AuditTest, UsersAndSessionsLeaveLinesWithoutSecrets) {
  access::User user;
  user.name = "duty";
  user.roles = {access::Role::kDutyOfficer};
  ASSERT_TRUE(access.add_user(user, "a boat and nine nets", Actor::system(), kStart));
  const auto in = access.sign_in("duty", "a boat and nine nets", "10.0.0.7", kStart);
  ASSERT_TRUE(in);
  ASSERT_FALSE(access.sign_in("duty", "my other secret", "10.0.0.7", kStart));
  ASSERT_FALSE(access.sign_in("a-password-typed-as-name", "x", "10.0.0.7", kStart));
  ASSERT_TRUE(access.set_password("duty", "nine nets and a boat", in->actor, kStart));
  ASSERT_TRUE(access.set_disabled("duty", true, Actor::system(), kStart));
  std::string actions, everything;
  for (const auto& line : access.audit_lines(0, 100)) {
    actions = line.action + " " + actions;
    everything += line.actor + line.address + line.target + line.detail.dump();
  }
  EXPECT_EQ(actions,
            "user.add session.sign_in session.refused session.refused user.password user.disable ");
  for (const auto& secret : {std::string("nets"), std::string("my other"),
                             std::string("typed-as-name"), in->token, in->csrf}) {
    EXPECT_EQ(everything.find(secret), std::string::npos) << secret;
  }
  EXPECT_EQ(verdict(), "6");
}
