// SPDX-License-Identifier: Apache-2.0
// Findings in a real records.db: steps exactly once, reviews, suspensions, lists, restarts.
#include "findings/findings.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "findings/list_query.hpp"
#include "findings/tables.hpp"
#include "support/few_cases.hpp"
#include "unit/findings/story.hpp"

using namespace jinglue;
using namespace jinglue::tests;
using base::Code;

namespace {

std::vector<std::uint64_t> ids_of(const findings::Page& page) {
  std::vector<std::uint64_t> out;
  for (const auto& item : page.items) out.push_back(item.now.finding.value);
  return out;
}

std::vector<std::uint64_t> listed(Desk& desk, const Query& query, base::Instant now = after(0)) {
  return ids_of(desk.findings.list(query, now));
}

void open_findings(Desk& desk, std::uint64_t from, std::uint64_t to) {
  std::vector<FindingStep> steps;
  for (std::uint64_t id = from; id <= to; ++id) steps.push_back(step_of(id, 0));
  desk.findings.append(steps, 1000 * to + 999);
}

Status status_of(Desk& desk, std::uint64_t id, base::Instant now) {
  return desk.findings.find({id}, now)->status;
}

}  // namespace

TEST(Findings, StoresStepsOnceWithTheAppliedOffset) {
  Desk desk;
  const std::vector<FindingStep> steps = {step_of(1, 0), step_of(2, 0), step_of(1, 1)};
  EXPECT_EQ(desk.findings.append(steps, 2500), 3u);
  EXPECT_EQ(desk.findings.append(steps, 2400), 0u);
  EXPECT_EQ(desk.findings.applied_offset(), 2500u) << "never backwards";
  EXPECT_EQ(desk.findings.steps({1}), (std::vector<FindingStep>{steps[0], steps[2]}));
  EXPECT_EQ(desk.findings.find({1}, after(0))->now.number, 1u);
  EXPECT_FALSE(desk.findings.find({3}, after(0)));
}

TEST(Findings, AreThereAgainAfterARestart) {
  const test::TempFolder folder;
  const store::OpenOptions options{.path = folder / "records.db"};
  {
    store::Database records(options);
    Findings findings(records);
    findings.append(std::vector{step_of(1, 0)}, 1500);
    ASSERT_TRUE(findings.add_review(review_of(1, ReviewKind::kVerify)));
  }
  store::Database records(options);
  Findings findings(records);
  EXPECT_EQ(findings.applied_offset(), 1500u);
  EXPECT_EQ(findings.append(std::vector{step_of(1, 0)}, 1500), 0u);
  EXPECT_EQ(findings.find({1}, after(0))->status, Status::kVerified);
  EXPECT_EQ(records.check(), "");
}

TEST(Findings, ProgressWithoutStepsIsRememberedNowAndThen) {
  const test::TempFolder folder;
  const store::OpenOptions options{.path = folder / "records.db"};
  {
    store::Database records(options);
    Findings findings(records);
    for (std::uint64_t offset = 0; offset < 25'000; offset += 100) findings.append({}, offset);
    EXPECT_EQ(findings.applied_offset(), 24'900u);
  }
  store::Database records(options);
  EXPECT_GE(Findings(records).applied_offset(), 15'000u);
}

FEW_CASES_PROP(Findings, OverlappingReplaysWriteNothingTwiceAndFoldAsOne) {
  Desk desk;
  std::vector<FindingStep> all;
  std::map<std::uint64_t, std::vector<FindingStep>> by_finding;
  for (std::uint64_t id = 1; id <= 4; ++id) {
    by_finding[id] = any_steps(id);
    all.insert(all.end(), by_finding[id].begin(), by_finding[id].end());
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.number < b.number; });
  std::size_t added = 0;
  std::size_t done = 0;
  while (done < all.size()) {
    // Each batch begins somewhere before the end of the last one, as after a crash.
    const auto from = *rc::gen::inRange<std::size_t>(0, done + 1);
    const auto to = *rc::gen::inRange<std::size_t>(done + 1, all.size() + 1);
    added += desk.findings.append(std::span(all).subspan(from, to - from), to);
    done = std::max(done, to);
  }
  RC_ASSERT(added == all.size());
  for (const auto& [id, steps] : by_finding) {
    RC_ASSERT(desk.findings.steps({id}) == steps);
    RC_ASSERT(same(*desk.findings.find({id}, kNoon), findings::fold(steps, {}, kNoon)));
  }
}

FEW_CASES_PROP(Findings, StepsInAnyOrderFoldAsInTheirOwn) {
  Desk desk;
  const auto steps = any_steps(3);
  auto shuffled = steps;
  for (std::size_t i = shuffled.size(); i > 1; --i) {
    std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  for (const auto& step : shuffled) desk.findings.append(std::span(&step, 1), step.offset);
  RC_ASSERT(same(*desk.findings.find({3}, kNoon), findings::fold(steps, {}, kNoon)));
}

TEST(Findings, AReviewIsStoredOncePerKey) {
  Desk desk;
  open_findings(desk, 1, 2);
  auto review = review_of(1, ReviewKind::kVerify);
  review.idempotency_key = "k1";
  review.case_id = "case-1";
  const auto first = desk.findings.add_review(review);
  ASSERT_TRUE(first) << first.error().text();
  EXPECT_EQ(first->id.size(), 36u);
  auto repeated = review;
  repeated.case_id = "case-2";
  const auto second = desk.findings.add_review(repeated);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->id, first->id);
  EXPECT_EQ(second->case_id, "case-1") << "the first answer, not the second request";
  EXPECT_EQ(desk.findings.reviews({1}).size(), 1u);
  review.finding = {2};
  EXPECT_EQ(desk.findings.add_review(review).error().code, Code::kConflict);
}

TEST(Findings, AReviewComesBackAsItWasGiven) {
  Desk desk;
  open_findings(desk, 1, 1);
  Review review = review_of(1, ReviewKind::kSuspend);
  review.id = "01890a5d-ac96-774b-bcce-b302099a8057";
  review.reason = "大雾";
  review.scope = SuspendScope::kRule;
  review.case_id = "c";
  review.idempotency_key = "k";
  ASSERT_TRUE(desk.findings.add_review(review));
  const auto back = desk.findings.reviews({1}).at(0);
  EXPECT_EQ(back.id, review.id);
  EXPECT_EQ(back.finding, review.finding);
  EXPECT_EQ(back.kind, review.kind);
  EXPECT_EQ(back.seen_step, review.seen_step);
  EXPECT_EQ(back.reason, review.reason);
  EXPECT_EQ(back.until, review.until);
  EXPECT_EQ(back.scope, review.scope);
  EXPECT_EQ(back.case_id, review.case_id);
  EXPECT_EQ(back.actor, review.actor);
  EXPECT_EQ(back.at, review.at);
  EXPECT_EQ(back.idempotency_key, review.idempotency_key);
}

TEST(Findings, WrongReviewsAreRefusedAndLeaveNothing) {
  Desk desk;
  desk.findings.append(std::vector{step_of(1, 0), step_of(1, 1, StepKind::kCorrected)}, 1);
  const auto refused = [&](Review review) {
    const auto answer = desk.findings.add_review(std::move(review));
    EXPECT_FALSE(answer);
    EXPECT_FALSE(answer.error().where.empty());
    return answer.error().code;
  };
  const auto seen = [](Review review, std::uint32_t step = 1) {
    review.seen_step = step;
    return review;
  };
  EXPECT_EQ(refused(review_of(9, ReviewKind::kVerify)), Code::kMissing);
  EXPECT_EQ(refused(seen(review_of(1, ReviewKind::kVerify), 0)), Code::kConflict);
  EXPECT_EQ(refused(seen(review_of(1, ReviewKind::kVerify), 7)), Code::kMalformed);
  EXPECT_EQ(refused(seen(review_of(1, ReviewKind::kReopen))), Code::kConflict);
  auto silent = seen(review_of(1, ReviewKind::kFalseAlarm));
  silent.reason = "  ";
  EXPECT_EQ(refused(silent), Code::kMalformed);
  auto endless = seen(review_of(1, ReviewKind::kSuspend));
  endless.until.reset();
  EXPECT_EQ(refused(endless), Code::kMalformed);
  auto over = seen(review_of(1, ReviewKind::kSuspend));
  over.until = over.at;
  EXPECT_EQ(refused(over), Code::kOutOfRange);
  EXPECT_TRUE(desk.findings.reviews({1}).empty());
  EXPECT_TRUE(desk.findings.add_review(seen(review_of(1, ReviewKind::kVerify))));
}

TEST(Findings, ALaterExtensionIsNoConflictForTheOfficer) {
  Desk desk;
  desk.findings.append(std::vector{step_of(1, 0), step_of(1, 1)}, 1);
  EXPECT_TRUE(desk.findings.add_review(review_of(1, ReviewKind::kVerify)));
}

TEST(Findings, AReviewJoinsTheTransactionAroundIt) {
  Desk desk;
  open_findings(desk, 1, 1);
  struct Stop {};
  EXPECT_THROW(desk.records.write([&](store::Db&) {
    EXPECT_TRUE(desk.findings.add_review(review_of(1, ReviewKind::kVerify)));
    EXPECT_EQ(desk.findings.find({1}, after(0))->status, Status::kVerified) << "seen inside";
    throw Stop{};
  }),
               Stop);
  EXPECT_EQ(status_of(desk, 1, after(0)), Status::kNew);
  EXPECT_TRUE(desk.findings.reviews({1}).empty());
}

TEST(Findings, ASuspensionReachesItsScopeNowAndLater) {
  struct Case {
    SuspendScope scope;
    std::vector<std::uint64_t> suspended;  // of 1..20; the reviewed one is 3
  };
  // Finding n: rule by n % 2, vessel by n % 10.
  const Case cases[] = {
      {SuspendScope::kVesselAndRule, {3, 13}},
      {SuspendScope::kVessel, {3, 13}},
      {SuspendScope::kRule, {1, 3, 5, 7, 9, 11, 13, 15, 17, 19}},
  };
  for (const auto& c : cases) {
    Desk desk;
    open_findings(desk, 1, 12);
    auto suspend = review_of(3, ReviewKind::kSuspend, 1000);
    suspend.scope = c.scope;
    ASSERT_TRUE(desk.findings.add_review(suspend));
    open_findings(desk, 13, 20);
    Query query;
    query.status = {Status::kSuspended};
    auto got = listed(desk, query, after(2000));
    std::reverse(got.begin(), got.end());
    EXPECT_EQ(got, c.suspended) << int(c.scope);
    EXPECT_TRUE(listed(desk, query, after(1000 + 3600)).empty()) << "it has ended";
    query.status = {Status::kNew, Status::kAcknowledged};
    EXPECT_EQ(listed(desk, query, after(2000)).size(), 20 - c.suspended.size());
    EXPECT_EQ(desk.findings.list(query, after(2000)).total, 20 - c.suspended.size());
    EXPECT_EQ(listed(desk, query, after(9000)).size(), 20u);
    EXPECT_EQ(status_of(desk, 13, after(2000)), Status::kSuspended);
    EXPECT_EQ(desk.findings.find({13}, after(2000))->verdict->finding, FindingId{3});
    ASSERT_EQ(desk.findings.suspensions(after(2000)).size(), 1u);
    EXPECT_TRUE(desk.findings.suspensions(after(9000)).empty());
  }
}

TEST(Findings, AVesselScopeReachesItsOtherRules) {
  Desk desk;
  open_findings(desk, 1, 2);
  auto other_rule = step_of(50, 0);
  other_rule.subjects = step_of(1, 0).subjects;
  desk.findings.append(std::vector{other_rule}, 1);
  auto suspend = review_of(1, ReviewKind::kSuspend, 1000);
  suspend.scope = SuspendScope::kVessel;
  ASSERT_TRUE(desk.findings.add_review(suspend));
  EXPECT_EQ(status_of(desk, 50, after(1001)), Status::kSuspended);
  EXPECT_EQ(status_of(desk, 2, after(1001)), Status::kNew);
}

TEST(Findings, ReopeningEndsASuspensionForAllItReached) {
  Desk desk;
  open_findings(desk, 1, 13);
  auto suspend = review_of(3, ReviewKind::kSuspend, 1000);
  suspend.scope = SuspendScope::kRule;
  ASSERT_TRUE(desk.findings.add_review(suspend));
  ASSERT_TRUE(desk.findings.add_review(review_of(5, ReviewKind::kReopen, 1100)));
  EXPECT_EQ(status_of(desk, 5, after(1200)), Status::kAcknowledged) << "only this one";
  EXPECT_EQ(status_of(desk, 7, after(1200)), Status::kSuspended);
  ASSERT_TRUE(desk.findings.add_review(review_of(3, ReviewKind::kReopen, 1300)));
  for (const std::uint64_t id : {3, 7, 13})
    EXPECT_NE(status_of(desk, id, after(1400)), Status::kSuspended);
  EXPECT_TRUE(desk.findings.suspensions(after(1400)).empty());
  EXPECT_EQ(desk.findings.add_review(review_of(3, ReviewKind::kReopen, 1500)).error().code,
            Code::kConflict);
}

TEST(Findings, ANewSuspensionOfAFindingReplacesItsFormerOne) {
  Desk desk;
  open_findings(desk, 1, 13);
  auto wide = review_of(3, ReviewKind::kSuspend, 1000);
  wide.scope = SuspendScope::kRule;
  ASSERT_TRUE(desk.findings.add_review(wide));
  auto narrow = review_of(3, ReviewKind::kSuspend, 1100);
  narrow.scope = SuspendScope::kVesselAndRule;
  ASSERT_TRUE(desk.findings.add_review(narrow));
  EXPECT_EQ(desk.findings.suspensions(after(1200)).size(), 1u);
  EXPECT_EQ(status_of(desk, 5, after(1200)), Status::kNew);
  EXPECT_EQ(status_of(desk, 13, after(1200)), Status::kSuspended);
}

FEW_CASES_PROP(Findings, ListsAndCountsAgreeWithTheFold) {
  Desk desk;
  std::map<std::uint64_t, std::vector<FindingStep>> steps;
  for (std::uint64_t id = 1; id <= 12; ++id) {
    steps[id] = any_steps(id);
    desk.findings.append(steps[id], id);
  }
  const auto acts = *rc::gen::inRange(0, 15);
  std::int64_t at = 1000;
  for (int i = 0; i < acts; ++i, at += 500) {
    auto review = review_of(*rc::gen::inRange<std::uint64_t>(1, 13),
                            static_cast<ReviewKind>(*rc::gen::inRange(1, 7)), at);
    review.seen_step = steps[review.finding.value].back().number;
    review.scope = static_cast<SuspendScope>(*rc::gen::inRange(1, 4));
    if (review.until) review.until = after(at + *rc::gen::inRange<std::int64_t>(1, 6000));
    desk.findings.add_review(review);
    if (*rc::gen::inRange(0, 4) == 0) {  // the detector goes on meanwhile
      auto& row = steps[*rc::gen::inRange<std::uint64_t>(1, 13)];
      row.push_back(step_of(
          row[0].finding.value, row.back().number + 1,
          *rc::gen::element(StepKind::kExtended, StepKind::kCorrected, StepKind::kRetracted)));
      row.back().at = after(at);
      desk.findings.append(std::span(&row.back(), 1), 1);
    }
  }
  const auto now = after(*rc::gen::inRange<std::int64_t>(at, at + 6000));
  std::map<Status, std::vector<std::uint64_t>> by_status;
  for (const auto& [id, row] : steps) {
    auto reviews = desk.findings.reviews({id});
    for (const auto& other : desk.findings.suspensions(now)) {
      if (other.finding == FindingId{id}) continue;
      const auto& theirs = steps[other.finding.value][0];
      const bool rule = other.scope == SuspendScope::kVessel || theirs.rule_id == row[0].rule_id;
      const bool vessel =
          other.scope == SuspendScope::kRule || theirs.subjects[0].id == row[0].subjects[0].id;
      if (rule && vessel) reviews.push_back(other);
    }
    const auto expected = findings::fold(row, reviews, now);
    const auto got = desk.findings.find({id}, now).value();
    RC_ASSERT(got.status == expected.status);
    RC_ASSERT(same(got, expected));
    by_status[got.status].push_back(id);
  }
  const auto counts = desk.findings.counts(now);
  std::int64_t counted = 0;
  for (const auto& [key, n] : counts["status"].members()) counted += n.as_int();
  RC_ASSERT(counted == 12);
  for (const auto& [status, ids] : by_status) {
    Query query;
    query.status = {status};
    auto got = listed(desk, query, now);
    std::sort(got.begin(), got.end());
    RC_ASSERT(got == ids);
    RC_ASSERT(counts["status"].members()[std::size_t(status) - 1].second.as_int() ==
              std::int64_t(ids.size()));
  }
}

TEST(Findings, ListsNewestFirstPageByPage) {
  Desk desk;
  open_findings(desk, 1, 25);
  Query query;
  query.limit = 10;
  std::vector<std::uint64_t> all;
  std::size_t pages = 0;
  do {
    const auto page = desk.findings.list(query, after(0));
    EXPECT_EQ(page.total, pages == 0 ? 25u : 27u);
    for (const auto id : ids_of(page)) all.push_back(id);
    query.cursor = page.next;
    if (++pages == 1) open_findings(desk, 26, 27);  // what is new does not shift the pages
  } while (!query.cursor.empty() && pages < 9);
  EXPECT_EQ(pages, 3u);
  ASSERT_EQ(all.size(), 25u);
  for (std::size_t i = 0; i < 25; ++i) EXPECT_EQ(all[i], 25 - i);
}

TEST(Findings, FiltersNarrowTheList) {
  Desk desk;
  open_findings(desk, 1, 20);
  desk.findings.append(std::vector{step_of(20, 1, StepKind::kClosed)}, 1);
  const auto count = [&](auto set) {
    Query query;
    set(query);
    const auto page = desk.findings.list(query, after(0));
    EXPECT_EQ(page.total, page.items.size());
    return page.total;
  };
  EXPECT_EQ(count([](Query&) {}), 20u);
  EXPECT_EQ(count([](Query& q) { q.rules = {"zone.enter"}; }), 10u);
  EXPECT_EQ(count([](Query& q) { q.rules = {"zone.enter", "moratorium.out"}; }), 20u);
  EXPECT_EQ(count([](Query& q) { q.severity = {model::Severity::kHigh}; }), 4u);
  EXPECT_EQ(count([](Query& q) { q.subject = "vessel-3"; }), 2u);
  EXPECT_EQ(count([](Query& q) { q.district = "rongcheng"; }), 6u);
  EXPECT_EQ(count([](Query& q) { q.open = false; }), 1u);
  EXPECT_EQ(count([](Query& q) {
              q.from = after(100);
              q.to = after(120);
            }),
            2u);
  EXPECT_EQ(count([](Query& q) { q.text = "鲁荣渔10003"; }), 2u);
  EXPECT_EQ(count([](Query& q) { q.text = "休渔"; }), 20u);
  EXPECT_EQ(count([](Query& q) { q.text = "nothing of it"; }), 0u);
  EXPECT_EQ(count([](Query& q) { q.text = "!?"; }), 0u);
  EXPECT_EQ(count([](Query& q) { q.text = "x' OR 1=1 --"; }), 0u);
  EXPECT_EQ(count([](Query& q) { q.cursor = "garbage"; }), 20u);
  EXPECT_EQ(count([](Query& q) {
              q.district = "rushan";
              q.rules = {"zone.enter"};
              q.status = {Status::kNew, Status::kSuspended};
            }),
            7u);
}

TEST(Findings, CountsOfADistrictAreItsOwn) {
  Desk desk;
  open_findings(desk, 1, 20);
  ASSERT_TRUE(desk.findings.add_review(review_of(3, ReviewKind::kVerify)));
  const auto all = desk.findings.counts(after(0));
  EXPECT_EQ(all["status"]["new"].as_int(), 19);
  EXPECT_EQ(all["status"]["verified"].as_int(), 1);
  EXPECT_EQ(all["rules"]["zone.enter"].as_int(), 10);
  EXPECT_EQ(all["rules"]["moratorium.out"].as_int(), 9) << "only what waits for a person";
  const auto own = desk.findings.counts(after(0), {"rongcheng"});
  EXPECT_EQ(own["status"]["new"].as_int(), 5);
}

TEST(Findings, StepsAfterAnOffsetComeInOrderAndKeepAnOffsetTogether) {
  Desk desk;
  std::vector<FindingStep> steps;
  for (std::uint64_t id = 1; id <= 6; ++id) {
    steps.push_back(step_of(id, 0));
    steps.back().offset = 100 + id / 3;  // 100 100 101 101 101 102
  }
  desk.findings.append(steps, 200);
  const auto offsets = [&](std::uint64_t from, std::size_t limit) {
    std::vector<std::uint64_t> out;
    for (const auto& step : desk.findings.steps_after(from, limit)) out.push_back(step.offset);
    return out;
  };
  using Offsets = std::vector<std::uint64_t>;
  EXPECT_EQ(offsets(0, 100), (Offsets{100, 100, 101, 101, 101, 102}));
  EXPECT_EQ(offsets(0, 3), (Offsets{100, 100, 101, 101, 101}));
  EXPECT_EQ(offsets(100, 1), (Offsets{101, 101, 101}));
  EXPECT_EQ(offsets(102, 100), Offsets{});
}
