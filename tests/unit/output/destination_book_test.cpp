// SPDX-License-Identifier: Apache-2.0
// Who decides what about a destination, and that every decision is in the audit chain.
#include "output/destination_book.hpp"

#include <gtest/gtest.h>

#include "store/database.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::output {
namespace {

using access::Actor;
using access::Role;
using base::Code;

constexpr base::Instant kNow{1714536000000};  // 2024-05-01T04:00:00Z

Destination province() {
  Destination out;
  out.name = "province";
  out.recipient = "省厅";
  out.purpose = "联合执法";
  out.host = "10.0.0.7";
  out.port = 10110;
  return out;
}

class DestinationBookTest : public ::testing::Test {
 protected:
  Actor administrator(const std::string& name) {
    const auto done = access.add_user({name, name, {Role::kAdministrator}, "", false, {}},
                                      "one long password 7", Actor::system(), kNow);
    EXPECT_TRUE(done);
    Actor out;
    out.user = name;
    out.roles = {Role::kAdministrator};
    return out;
  }
  static Act act(const Actor& by, const Entry& entry, std::string reason = "公函〔2024〕5号") {
    return {entry.destination.name, entry.revision, std::move(reason), by, kNow};
  }
  std::string last_audit() {
    const auto lines = access.audit_lines(0, 1);
    return lines.empty() ? "" : lines.front().action + " " + lines.front().actor;
  }

  test::TempFolder folder;
  store::Database records{{folder / "records.db"}};
  access::Access access{records, access::PasswordCost::least()};
  DestinationBook book{records, access, [](const std::string& zone) { return zone == "bay"; }};
  const base::Instant until = kNow + std::chrono::hours(24);
};

TEST_F(DestinationBookTest, ASecondAdministratorApproves) {
  const auto a = administrator("anne");
  const auto b = administrator("bo");
  int told = 0;
  book.on_change([&] { ++told; });
  auto entry = book.propose(province(), a, kNow);
  ASSERT_TRUE(entry) << entry.error().text();
  EXPECT_EQ(entry->state, State::kDraft);
  EXPECT_TRUE(book.approved(kNow).empty());
  EXPECT_EQ(last_audit(), "output.propose anne");

  auto approved = book.approve(act(a, *entry), until);
  ASSERT_FALSE(approved);
  EXPECT_EQ(approved.error().code, Code::kForbidden);
  approved = book.approve(act(b, *entry), until);
  ASSERT_TRUE(approved) << approved.error().text();
  EXPECT_EQ(last_audit(), "output.approve bo");
  ASSERT_EQ(book.approved(kNow).size(), 1u);
  EXPECT_TRUE(book.approved(until).empty()) << "the end is exclusive";
  EXPECT_EQ(told, 2);

  const auto suspended = book.suspend(act(a, *approved));
  ASSERT_TRUE(suspended) << "anyone may stop it";
  EXPECT_TRUE(book.approved(kNow).empty());
  EXPECT_EQ(last_audit(), "output.suspend anne");
  const auto ended = book.end(act(a, *suspended));
  ASSERT_TRUE(ended);
  EXPECT_EQ(book.approve(act(b, *ended), until).error().code, Code::kConflict);
  EXPECT_EQ(book.propose(province(), a, kNow).error().code, Code::kConflict) << "nor its name";
  EXPECT_TRUE(access.verify_audit());
}

TEST_F(DestinationBookTest, TheOnlyAdministratorMayApproveAndTheAuditLineSaysSo) {
  const auto a = administrator("anne");
  const auto entry = book.propose(province(), a, kNow);
  ASSERT_TRUE(book.approve(act(a, *entry), until));
  EXPECT_TRUE(access.audit_lines(0, 1).front().detail["sole_administrator"].as_bool());
}

TEST_F(DestinationBookTest, AChangeTakesTheApprovalBackAndTheChangerDoesNotApprove) {
  const auto a = administrator("anne");
  const auto b = administrator("bo");
  auto entry = book.approve(act(b, *book.propose(province(), a, kNow)), until);
  auto other = province();
  other.host = "10.0.0.8";
  EXPECT_EQ(book.change(act(b, *entry), other).error().code, Code::kConflict)
      << "what is approved is suspended first";
  entry = book.suspend(act(b, *entry));
  entry = book.change(act(b, *entry), other);
  ASSERT_TRUE(entry) << entry.error().text();
  EXPECT_EQ(entry->state, State::kDraft);
  EXPECT_FALSE(entry->approval);
  const auto line = access.audit_lines(0, 1).front();
  EXPECT_EQ(line.action, "output.change");
  EXPECT_EQ(line.detail["from"]["host"].as_string(), "10.0.0.7");
  EXPECT_EQ(line.detail["to"]["host"].as_string(), "10.0.0.8");
  EXPECT_EQ(book.approve(act(b, *entry), until).error().code, Code::kForbidden);
  EXPECT_TRUE(book.approve(act(a, *entry), until));
  other.name = "another";
  EXPECT_FALSE(book.change(act(a, *book.find("province")), other));
}

TEST_F(DestinationBookTest, NobodyApprovesWhatTheyHaveNotSeen) {
  const auto a = administrator("anne");
  const auto b = administrator("bo");
  const auto seen = book.propose(province(), a, kNow);
  auto other = province();
  other.port = 9;
  ASSERT_TRUE(book.change(act(a, *seen), other));
  const auto approved = book.approve(act(b, *seen), until);
  ASSERT_FALSE(approved);
  EXPECT_EQ(approved.error().where, "revision");
}

TEST_F(DestinationBookTest, OnlyAdministratorsWithAReasonAndAnEnd) {
  const auto a = administrator("anne");
  const auto entry = book.propose(province(), a, kNow);
  Actor leader;
  leader.user = "leader";
  leader.roles = {Role::kDutyLeader, Role::kLeader, Role::kDutyOfficer};
  EXPECT_EQ(book.propose(province(), leader, kNow).error().code, Code::kForbidden);
  EXPECT_EQ(book.approve(act(leader, *entry), until).error().code, Code::kForbidden);
  EXPECT_EQ(book.approve(act(a, *entry, " "), until).error().where, "reason");
  EXPECT_EQ(book.approve(act(a, *entry), kNow).error().where, "until");
  EXPECT_EQ(book.approve(act(a, *entry), kNow + std::chrono::hours(24 * 367)).error().where,
            "until");
  EXPECT_EQ(book.find("province")->state, State::kDraft);
  auto zone = province();
  zone.name = "zone";
  zone.filter.zone = "sea";
  EXPECT_EQ(book.propose(zone, a, kNow).error().where, "filter.zone");
  zone.filter.zone = "bay";
  EXPECT_TRUE(book.propose(zone, a, kNow));
}

TEST_F(DestinationBookTest, AnApprovalThatIsOverIsSaidByTheProgram) {
  const auto a = administrator("anne");
  ASSERT_TRUE(book.approve(act(a, *book.propose(province(), a, kNow)), until));
  EXPECT_EQ(book.expire(until - base::Duration(1)), 0u);
  EXPECT_EQ(book.expire(until), 1u);
  EXPECT_EQ(last_audit(), "output.expire system");
  EXPECT_EQ(book.expire(until), 0u);
  const auto entry = book.find("province");
  EXPECT_EQ(entry->state, State::kExpired);
  Act again = act(a, *entry);
  again.now = until;
  EXPECT_TRUE(book.approve(again, until + std::chrono::hours(1)));
}

TEST_F(DestinationBookTest, ARestartKeepsThemWithTheirCounts) {
  const auto a = administrator("anne");
  ASSERT_TRUE(book.approve(act(a, *book.propose(province(), a, kNow)), until));
  book.keep_counts({{"province", base::Json::object({{"sent", 7}})}});
  const DestinationBook again(records, access, [](const std::string&) { return true; });
  const auto approved = again.approved(kNow);
  ASSERT_EQ(approved.size(), 1u);
  EXPECT_EQ(to_json(approved[0].destination), to_json(province()));
  EXPECT_EQ(approved[0].counts["sent"].as_int(), 7);
  EXPECT_EQ(approved[0].until, until);
}

TEST_F(DestinationBookTest, HiddenSendersAreAListWithReasons) {
  const auto a = administrator("anne");
  auto list = book.hidden();
  EXPECT_TRUE(list.official) << "official vessels stay unless somebody decides otherwise";
  list.senders = {{412000001, "海警艇"}, {412000002, ""}};
  EXPECT_EQ(book.hide(list, "", a, kNow).error().where, "reason");
  ASSERT_TRUE(book.hide(list, "不对外", a, kNow));
  EXPECT_EQ(book.hide(list, "不对外", a, kNow).error().code, Code::kConflict) << "an old revision";
  EXPECT_EQ(book.hidden().senders, list.senders);
  EXPECT_TRUE(book.hidden_set().mmsis.contains(412000002));
  const auto line = access.audit_lines(0, 1).front();
  EXPECT_EQ(line.action, "output.hide");
  EXPECT_EQ(line.detail["added"].items().size(), 2u);
}

}  // namespace
}  // namespace jinglue::output
