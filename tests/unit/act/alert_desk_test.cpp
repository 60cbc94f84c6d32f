// SPDX-License-Identifier: Apache-2.0
#include "act/alert/alert_desk.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/hash.hpp"
#include "support/desk_fixture.hpp"

using namespace jinglue;
using act::alert::ReviewRequest;
using base::Code;
using base::Json;
using findings::ReviewKind;
using findings::Status;
using findings::SuspendScope;

namespace {

class AlertDeskTest : public ::testing::Test {
 protected:
  base::Result<findings::Review> review(model::FindingId id, ReviewKind kind,
                                        const access::Actor& actor, const std::string& reason = {},
                                        const std::string& key = {}) {
    ReviewRequest r;
    r.finding = id;
    r.kind = kind;
    r.reason = reason;
    r.idempotency_key = key;
    return f.alerts().review(r, actor, tick());
  }
  base::Instant tick() { return f.now = f.now + base::Duration(1000); }
  Status status(model::FindingId id) { return f.findings().find(id, f.now)->status; }
  std::size_t leads() { return f.registry().list("case", {})->total; }
  std::vector<std::string> actions() {
    std::vector<std::string> out;
    for (const auto& line : f.access().audit_lines(INT64_MAX, 1000)) out.push_back(line.action);
    std::reverse(out.begin(), out.end());
    return out;
  }

  test::DeskFixture f;
};

}  // namespace

TEST_F(AlertDeskTest, VerifyingMakesOneLeadWithWhatTheFindingHolds) {
  const auto id = f.raise(f.step(0xABC));
  const auto r = review(id, ReviewKind::kVerify, f.duty);
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_EQ(status(id), Status::kVerified);
  const auto lead = f.registry().find("case", r->case_id);
  ASSERT_TRUE(lead);
  EXPECT_EQ(lead->state, "lead");
  EXPECT_EQ(lead->number, "AJ-2024-0001");
  EXPECT_EQ(lead->created_by, "duty");
  const Json& fields = lead->fields;
  EXPECT_EQ(fields["title"].as_string(), "疑似休渔期离港：演练渔0001");
  EXPECT_EQ(fields["finding"].as_string(), base::to_hex(std::uint64_t{0xABC}));
  EXPECT_EQ(fields["rule_version"].as_int(), 3);
  EXPECT_EQ(fields["mmsi"].as_string(), "412000001");
  EXPECT_EQ(fields["vessel"], Json()) << "unmatched stays unmatched";
  EXPECT_EQ(fields["district"].as_string(), "rongcheng");
  EXPECT_EQ(fields["jurisdiction"].as_string(), "undetermined");
  EXPECT_EQ(fields["begin"].as_string(), base::to_iso(f.begin));
  EXPECT_EQ(fields["inspection_outcome"], Json()) << "nobody has inspected anything";
  EXPECT_EQ(actions(), (std::vector<std::string>{"record.create", "finding.review"}));
  const auto again = review(id, ReviewKind::kVerify, f.leader);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->case_id, r->case_id);
  EXPECT_EQ(leads(), 1u);
  f.now = f.now + base::Duration(1);
  EXPECT_TRUE(f.access().verify_audit());
}

TEST_F(AlertDeskTest, ARegisteredVesselIsLinked) {
  const auto v = f.registry().create(
      "vessel", Json::object({{"name", "演练渔0001"}, {"kind", "fishing"}}), f.by(f.duty));
  auto s = f.step(7);
  s.subjects = {{model::SubjectKind::kVessel, v->id, "main", "演练渔0001"}};
  s.values = Json::object({{"district", "dalian"}});
  const auto r = review(f.raise(s), ReviewKind::kVerify, f.duty);
  ASSERT_TRUE(r) << r.error().text();
  const auto lead = f.registry().find("case", r->case_id);
  EXPECT_EQ(lead->fields["vessel"].as_string(), v->id);
  EXPECT_EQ(lead->fields["district"], Json()) << "none of ours";
}

TEST_F(AlertDeskTest, ARepeatedRequestIsAnsweredOnce) {
  const auto id = f.raise(f.step(1));
  const auto a = review(id, ReviewKind::kVerify, f.duty, "", "key");
  const auto count = actions().size();
  const auto b = review(id, ReviewKind::kVerify, f.duty, "", "key");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->id, b->id);
  EXPECT_EQ(actions().size(), count);
  EXPECT_EQ(f.findings().reviews(id).size(), 1u);
  EXPECT_EQ(review(id, ReviewKind::kAcknowledge, f.duty, "", "key").error().code, Code::kConflict);
  const auto other = f.raise(f.step(2));
  EXPECT_EQ(review(other, ReviewKind::kVerify, f.duty, "", "key").error().code, Code::kConflict);
  EXPECT_EQ(leads(), 1u) << "the lead of the refused review is undone";
  EXPECT_TRUE(review(other, ReviewKind::kVerify, f.duty2, "", "key")) << "keys are per person";
}

TEST_F(AlertDeskTest, TwoOfficersAtOnceMakeOneLead) {
  for (std::uint64_t n = 1; n <= 20; ++n) {
    const auto id = f.raise(f.step(n));
    const base::Instant now = tick();
    std::vector<std::string> made(4);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < made.size(); ++i) {
      threads.emplace_back([&, i] {
        ReviewRequest r;
        r.finding = id;
        r.kind = ReviewKind::kVerify;
        const auto done = f.alerts().review(r, i % 2 == 0 ? f.duty : f.duty2, now);
        if (done) made[i] = done->case_id;
      });
    }
    for (auto& t : threads) t.join();
    EXPECT_EQ(std::set<std::string>(made.begin(), made.end()).size(), 1u);
    EXPECT_FALSE(made[0].empty());
    EXPECT_EQ(leads(), n);
  }
  EXPECT_TRUE(f.access().verify_audit());
}

TEST_F(AlertDeskTest, FalseAlarmsNeedAReasonAndCanBeTakenBack) {
  const auto id = f.raise(f.step(1));
  EXPECT_EQ(review(id, ReviewKind::kFalseAlarm, f.duty, "  ").error().where, "reason");
  EXPECT_EQ(status(id), Status::kNew);
  ASSERT_TRUE(review(id, ReviewKind::kFalseAlarm, f.duty, "已取得批准"));
  EXPECT_EQ(status(id), Status::kFalseAlarm);
  ASSERT_TRUE(review(id, ReviewKind::kReopen, f.duty2));
  EXPECT_NE(status(id), Status::kFalseAlarm);
  EXPECT_EQ(review(id, ReviewKind::kReopen, f.duty2).error().code, Code::kConflict)
      << "nothing stands any more";
  EXPECT_EQ(leads(), 0u);
}

TEST_F(AlertDeskTest, AVerifiedFindingIsNotAFalseAlarmWhileItsLeadGoesOn) {
  const auto id = f.raise(f.step(1));
  const auto r = review(id, ReviewKind::kVerify, f.duty);
  ASSERT_TRUE(r);
  EXPECT_EQ(review(id, ReviewKind::kFalseAlarm, f.duty, "看错").error().code, Code::kConflict);
  EXPECT_EQ(review(id, ReviewKind::kReopen, f.duty).error().code, Code::kConflict);
  ASSERT_TRUE(f.registry().transition("case", r->case_id, "drop",
                                      Json::object({{"drop_reason", "误判"}}), f.by(f.leader)));
  EXPECT_TRUE(review(id, ReviewKind::kFalseAlarm, f.duty, "看错"));
  EXPECT_EQ(status(id), Status::kFalseAlarm);
}

TEST_F(AlertDeskTest, SuspensionsHaveLengthsAndEnds) {
  const auto suspend = [&](const std::string& length, std::optional<base::Instant> until,
                           SuspendScope scope, const access::Actor& actor) {
    static std::uint64_t n = 100;
    ReviewRequest r;
    r.finding = f.raise(f.step(++n));
    r.kind = ReviewKind::kSuspend;
    r.suspend_for = length;
    r.until = until;
    r.scope = scope;
    return f.alerts().review(r, actor, f.now);
  };
  const std::pair<const char*, int> lengths[] = {{"1h", 1},   {"2h", 2},   {"6h", 6},
                                                 {"12h", 12}, {"24h", 24}, {"1w", 168}};
  for (const auto& [key, hours] : lengths) {
    const auto r = suspend(key, {}, SuspendScope::kVesselAndRule, f.duty);
    ASSERT_TRUE(r) << r.error().text();
    EXPECT_EQ(*r->until, f.now + std::chrono::hours(hours));
    EXPECT_EQ(status(r->finding), Status::kSuspended);
  }
  const base::Instant later = f.now + std::chrono::hours(72);
  EXPECT_EQ(*suspend("", later, SuspendScope::kVessel, f.duty)->until, later);
  EXPECT_FALSE(suspend("", {}, SuspendScope::kVessel, f.duty));
  EXPECT_FALSE(suspend("1h", later, SuspendScope::kVessel, f.duty));
  EXPECT_FALSE(suspend("3h", {}, SuspendScope::kVessel, f.duty));
  EXPECT_FALSE(suspend("", f.now, SuspendScope::kVessel, f.duty));
  EXPECT_FALSE(suspend("", f.now + std::chrono::hours(24 * 400), SuspendScope::kVessel, f.duty));
  EXPECT_EQ(suspend("1h", {}, SuspendScope::kRule, f.duty).error().code, Code::kForbidden);
  EXPECT_TRUE(suspend("1h", {}, SuspendScope::kRule, f.leader));
}

TEST_F(AlertDeskTest, RightsAndDistrictsAreChecked) {
  const auto id = f.raise(f.step(1));
  for (const auto& actor : {f.boss, f.admin, f.clerk}) {
    EXPECT_EQ(review(id, ReviewKind::kAcknowledge, actor).error().code, Code::kForbidden);
  }
  const auto rushan = test::person("r", access::Role::kDutyOfficer, "rushan");
  const auto rongcheng = test::person("s", access::Role::kDutyOfficer, "rongcheng");
  EXPECT_EQ(review(id, ReviewKind::kVerify, rushan).error().code, Code::kForbidden);
  EXPECT_TRUE(review(id, ReviewKind::kVerify, rongcheng));
  EXPECT_EQ(leads(), 1u);
}

TEST_F(AlertDeskTest, OtherActsAndTheirMistakes) {
  const auto id = f.raise(f.step(1));
  EXPECT_EQ(review({99}, ReviewKind::kAcknowledge, f.duty).error().code, Code::kMissing);
  ASSERT_TRUE(review(id, ReviewKind::kAcknowledge, f.duty));
  EXPECT_EQ(status(id), Status::kAcknowledged);
  EXPECT_EQ(review(id, ReviewKind::kComment, f.duty).error().where, "reason");
  EXPECT_EQ(review(id, ReviewKind::kComment, f.duty, "\xff").error().code, Code::kMalformed);
  EXPECT_EQ(review(id, ReviewKind::kComment, f.duty, std::string(4001, 'a')).error().code,
            Code::kTooLarge);
  ASSERT_TRUE(review(id, ReviewKind::kComment, f.duty2, "已联系船长"));
  ReviewRequest r;
  r.finding = id;
  r.kind = ReviewKind::kVerify;
  r.seen_step = 5;
  EXPECT_EQ(f.alerts().review(r, f.duty, tick()).error().where, "seen_step");
  f.raise(f.step(1, 1, model::StepKind::kRetracted));
  r.seen_step = 0;
  EXPECT_EQ(f.alerts().review(r, f.duty, tick()).error().code, Code::kConflict)
      << "what the officer saw was taken back";
  EXPECT_EQ(leads(), 0u) << "and the lead of it is undone";
  r.seen_step = 1;
  EXPECT_EQ(f.alerts().review(r, f.duty, tick()).error().code, Code::kConflict)
      << "nor is a retracted finding verified";
}
