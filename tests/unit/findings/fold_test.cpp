// SPDX-License-Identifier: Apache-2.0
// The fold without a database: what steps and reviews amount to.
#include "findings/fold.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "unit/findings/story.hpp"

using namespace jinglue;
using namespace jinglue::tests;
using findings::fold;

namespace {

const std::vector<FindingStep> kOpen = {step_of(7, 0), step_of(7, 1)};

std::vector<FindingStep> with(StepKind last) {
  auto steps = kOpen;
  steps.push_back(step_of(7, 2, last));
  return steps;
}

Status status_of(const std::vector<FindingStep>& steps, std::vector<Review> reviews,
                 base::Instant now = after(200'000)) {
  return fold(steps, reviews, now).status;
}

}  // namespace

TEST(Fold, TakesTheLastStepAndTheTimeOfTheFirst) {
  const auto finding = fold(kOpen, {}, after(0));
  EXPECT_EQ(finding.now.number, 1u);
  EXPECT_EQ(finding.opened_at, kOpen[0].at);
  EXPECT_EQ(finding.status, Status::kNew);
  EXPECT_TRUE(finding.open);
  EXPECT_EQ(finding.now.positions.size(), 2u);
  EXPECT_FALSE(fold(with(StepKind::kClosed), {}, after(0)).open);
}

TEST(Fold, ACorrectionOfAClosedEpisodeLeavesItClosed) {
  auto steps = with(StepKind::kClosed);
  auto corrected = step_of(7, 3, StepKind::kCorrected);
  corrected.end = corrected.begin + base::Duration(1000);
  steps.push_back(corrected);
  EXPECT_FALSE(fold(steps, {}, after(0)).open);
  steps.back().end.reset();  // late data showed that it goes on
  EXPECT_TRUE(fold(steps, {}, after(0)).open);
}

TEST(Fold, EachReviewGivesItsStatus) {
  EXPECT_EQ(status_of(kOpen, {review_of(7, ReviewKind::kAcknowledge)}), Status::kAcknowledged);
  EXPECT_EQ(status_of(kOpen, {review_of(7, ReviewKind::kVerify)}), Status::kVerified);
  EXPECT_EQ(status_of(kOpen, {review_of(7, ReviewKind::kFalseAlarm)}), Status::kFalseAlarm);
  EXPECT_EQ(status_of(kOpen, {review_of(7, ReviewKind::kComment)}), Status::kNew);
  EXPECT_EQ(status_of(with(StepKind::kRetracted), {}), Status::kRetracted);
}

TEST(Fold, ASuspensionStandsUntilItsEndAndThenTheFindingWaitsAgain) {
  const auto suspend = review_of(7, ReviewKind::kSuspend);
  const auto end = *suspend.until;
  EXPECT_EQ(status_of(kOpen, {suspend}, end - base::Duration(1)), Status::kSuspended);
  EXPECT_EQ(status_of(kOpen, {suspend}, end), Status::kAcknowledged);
  EXPECT_FALSE(fold(kOpen, std::vector{suspend}, end).verdict);
}

TEST(Fold, TheLaterOfJudgementAndSuspensionStands) {
  const auto verify = review_of(7, ReviewKind::kVerify, 1000);
  const auto suspend = review_of(7, ReviewKind::kSuspend, 2000);
  EXPECT_EQ(status_of(kOpen, {verify, suspend}, after(3000)), Status::kSuspended);
  EXPECT_EQ(status_of(kOpen, {verify, suspend}, after(9000)), Status::kVerified);
  EXPECT_EQ(status_of(kOpen, {suspend, verify}, after(3000)), Status::kVerified);
}

TEST(Fold, ReopenTakesBackAFalseAlarmOrASuspensionButNotAVerification) {
  const auto reopen = review_of(7, ReviewKind::kReopen);
  for (const auto kind : {ReviewKind::kFalseAlarm, ReviewKind::kSuspend}) {
    EXPECT_EQ(status_of(kOpen, {review_of(7, kind, 1000), reopen}, after(1500)),
              Status::kAcknowledged);
  }
  EXPECT_EQ(status_of(kOpen, {review_of(7, ReviewKind::kVerify), reopen}), Status::kVerified);
}

TEST(Fold, AReviewedFindingNeverChangesWithoutSayingSo) {
  for (const auto change : {StepKind::kCorrected, StepKind::kRetracted}) {
    auto verify = review_of(7, ReviewKind::kVerify);
    verify.seen_step = 1;
    const auto finding = fold(with(change), std::vector{verify}, after(200'000));
    EXPECT_EQ(finding.status, Status::kVerified) << "what a person said stands";
    EXPECT_TRUE(finding.changed_since_review);
    auto looked = review_of(7, ReviewKind::kAcknowledge);
    looked.seen_step = 2;
    EXPECT_FALSE(fold(with(change), std::vector{verify, looked}, after(0)).changed_since_review);
    auto comment = review_of(7, ReviewKind::kComment);
    comment.seen_step = 2;
    EXPECT_TRUE(fold(with(change), std::vector{verify, comment}, after(0)).changed_since_review);
  }
  auto verify = review_of(7, ReviewKind::kVerify);
  EXPECT_FALSE(fold(with(StepKind::kExtended), std::vector{verify}, after(0)).changed_since_review);
}

TEST(Fold, AnothersSuspensionSilencesOnlyWhatNobodyHasJudged) {
  const auto other = review_of(99, ReviewKind::kSuspend, 1000);
  EXPECT_EQ(status_of(kOpen, {other}, after(2000)), Status::kSuspended);
  EXPECT_EQ(fold(kOpen, std::vector{other}, after(2000)).verdict->finding, FindingId{99});
  EXPECT_EQ(fold(kOpen, std::vector{other}, after(2000)).reviews, 0u);
  EXPECT_EQ(status_of(kOpen, {other}, after(5000)), Status::kNew);
  EXPECT_EQ(status_of(kOpen, {review_of(7, ReviewKind::kVerify), other}, after(2000)),
            Status::kVerified);
  EXPECT_EQ(status_of(with(StepKind::kRetracted), {other}, after(2000)), Status::kRetracted);
  EXPECT_EQ(status_of(kOpen, {other, review_of(7, ReviewKind::kReopen, 1500)}, after(2000)),
            Status::kAcknowledged)
      << "taken back for this finding alone";
}

RC_GTEST_PROP(Fold, StepByStepEqualsAllAtOnce, ()) {
  const auto steps = any_steps(5);
  findings::StepFold folded;
  folded.begin(steps[0]);
  for (std::size_t i = 1; i < steps.size(); ++i) {
    folded.add(steps[i]);
    const auto all = fold(std::span(steps).first(i + 1), {}, kNoon);
    RC_ASSERT(all.now == folded.now);
    RC_ASSERT(all.open == folded.open);
  }
}

RC_GTEST_PROP(Fold, PositionsAreOrderedDistinctAtMost64AndKeepTheirEnds, ()) {
  const auto steps = any_steps(5);
  const auto kept = fold(steps, {}, kNoon).now.positions;
  std::vector<model::UsedFix> all;
  for (const auto& step : steps)
    all.insert(all.end(), step.positions.begin(), step.positions.end());
  RC_ASSERT(kept.size() <= findings::kMostPositions);
  RC_ASSERT(kept.empty() == all.empty());
  if (all.empty()) return;
  const auto by_time = [](const auto& a, const auto& b) { return a.time < b.time; };
  RC_ASSERT(std::is_sorted(kept.begin(), kept.end(), by_time));
  const auto [first, last] = std::minmax_element(all.begin(), all.end(), by_time);
  RC_ASSERT(kept.front().time == first->time);
  RC_ASSERT(kept.back().time == last->time);
  for (std::size_t i = 1; i < kept.size(); ++i) RC_ASSERT(kept[i - 1].offset != kept[i].offset);
  std::set<std::uint64_t> offsets;
  for (const auto& fix : all) offsets.insert(fix.offset);
  RC_ASSERT(kept.size() == std::min(offsets.size(), findings::kMostPositions));
}
