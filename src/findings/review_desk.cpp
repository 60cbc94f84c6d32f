// SPDX-License-Identifier: Apache-2.0
#include "findings/review_desk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/ids.hpp"
#include "base/text.hpp"
#include "findings/tables.hpp"

namespace jinglue::findings {
namespace {

using base::Code;
using base::fail;

/// What the kind of review needs, whatever the finding is.
base::Status check_content(const Review& review) {
  const bool needs_reason =
      review.kind == ReviewKind::kFalseAlarm || review.kind == ReviewKind::kComment;
  if (needs_reason && base::trim(review.reason).empty()) {
    return fail(Code::kMalformed, "this review needs a reason", "reason", "say why in a few words");
  }
  if (review.kind != ReviewKind::kSuspend) return {};
  if (!review.until) {
    return fail(Code::kMalformed, "a suspension needs its end", "until",
                "say until when it stands; there is no suspension without an end");
  }
  if (*review.until <= review.at) {
    return fail(Code::kOutOfRange, "the suspension would have ended already", "until",
                "choose a later end");
  }
  return {};
}

/// What the officer saw against what the finding has become.
base::Status check_view(const Review& review, const StepFold& fold) {
  if (review.seen_step > fold.now.number) {
    return fail(Code::kMalformed,
                fmt::format("the finding has no step {}, the last is {}", review.seen_step,
                            fold.now.number),
                "seen_step", "load the finding again");
  }
  if (fold.last_change > std::int64_t{review.seen_step}) {
    return fail(Code::kConflict,
                fmt::format("step {} has corrected or retracted the finding since step {}",
                            fold.last_change, review.seen_step),
                "seen_step", "look at the finding again and decide then");
  }
  return {};
}

base::Status check_reopen(store::Db& db, const Review& review, const StepFold& fold) {
  if (review.kind != ReviewKind::kReopen) return {};
  const Finding present = judge(fold, own_reviews(db, review.finding),
                                others_of(suspensions_at(db, review.at), fold), review.at);
  const bool undoable = present.verdict && present.verdict->kind != ReviewKind::kVerify;
  if (undoable) return {};
  return fail(Code::kConflict, "there is no false alarm and no suspension to take back", "kind",
              "load the finding again");
}

Suspension suspension_of(const Review& review, const StepFold& fold) {
  Suspension out{review, std::nullopt, std::nullopt};
  if (review.scope != SuspendScope::kVessel) out.rule = fold.now.rule_id;
  if (review.scope != SuspendScope::kRule) out.subject = main_subject_id(fold.now);
  return out;
}

/// A new suspension replaces the finding's former one, a reopening ends it.
void put_suspension(store::Db& db, std::int64_t row, const Review& review, const StepFold& fold) {
  if (review.kind != ReviewKind::kSuspend && review.kind != ReviewKind::kReopen) return;
  const auto former = suspensions_of(db, review.finding);
  end_suspensions_of(db, review.finding, review.at);
  for (const auto& one : former) put_reach(db, one, review.at);
  if (review.kind != ReviewKind::kSuspend) return;
  const Suspension fresh = suspension_of(review, fold);
  insert_suspension(db, row, fresh);
  put_reach(db, fresh, review.at);
}

}  // namespace

base::Result<Review> store_review(store::Db& db, Review review) {
  if (auto stored = review_by_key(db, review.idempotency_key)) {
    if (stored->finding == review.finding && stored->kind == review.kind) return *stored;
    return fail(Code::kConflict, "this idempotency key belongs to another review",
                "idempotency_key", "send a new key with a new act");
  }
  const auto fold = read_fold(db, review.finding);
  if (!fold) {
    return fail(Code::kMissing, "no such finding: " + base::to_hex(review.finding.value),
                "finding");
  }
  for (const base::Status& ok :
       {check_content(review), check_view(review, *fold), check_reopen(db, review, *fold)}) {
    if (!ok) return tl::unexpected(ok.error());
  }
  if (review.id.empty()) review.id = base::new_uuid7(review.at);
  const std::int64_t row = insert_review(db, review);
  put_reviews(db, *fold, own_reviews(db, review.finding));
  put_suspension(db, row, review, *fold);
  put_reach(db, review.finding, review.at);
  return review;
}

}  // namespace jinglue::findings
