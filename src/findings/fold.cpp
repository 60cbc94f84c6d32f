// SPDX-License-Identifier: Apache-2.0
#include "findings/fold.hpp"

#include <algorithm>
#include <cassert>
#include <tuple>

namespace jinglue::findings {
namespace {

auto place_of(const model::UsedFix& fix) {
  return std::tie(fix.time, fix.track, fix.offset);
}

bool is_change(model::StepKind kind) {
  return kind == model::StepKind::kCorrected || kind == model::StepKind::kRetracted;
}

bool stands(const std::optional<Review>& suspension, base::Instant now) {
  return suspension && suspension->until && *suspension->until > now;
}

}  // namespace

void merge_positions(std::vector<model::UsedFix>& into, std::span<const model::UsedFix> more) {
  into.insert(into.end(), more.begin(), more.end());
  std::stable_sort(into.begin(), into.end(),
                   [](const auto& a, const auto& b) { return place_of(a) < place_of(b); });
  into.erase(std::unique(into.begin(), into.end(),
                         [](const auto& a, const auto& b) { return place_of(a) == place_of(b); }),
             into.end());
  while (into.size() > kMostPositions) {
    std::size_t nearest = 1;
    for (std::size_t i = 2; i + 1 < into.size(); ++i) {
      const auto gap = into[i + 1].time - into[i - 1].time;
      if (gap < into[nearest + 1].time - into[nearest - 1].time) nearest = i;
    }
    into.erase(into.begin() + static_cast<std::ptrdiff_t>(nearest));
  }
}

void StepFold::begin(const model::FindingStep& first) {
  now = {};
  opened_at = first.at;
  last_change = -1;
  add(first);
}

void StepFold::add(const model::FindingStep& next) {
  std::vector<model::UsedFix> positions = std::move(now.positions);
  now = next;
  now.positions.clear();
  merge_positions(positions, next.positions);
  now.positions = std::move(positions);
  // A correction may carry an end too: late data changed an episode that was closed.
  open = !next.end && next.kind != model::StepKind::kClosed &&
         next.kind != model::StepKind::kRetracted;
  if (is_change(next.kind)) last_change = next.number;
}

void OwnReviews::add(const Review& review) {
  ++count;
  if (review.kind == ReviewKind::kComment) return;
  acknowledged = true;
  last_seen = std::max<std::int64_t>(last_seen, review.seen_step);
  switch (review.kind) {
    case ReviewKind::kVerify:
    case ReviewKind::kFalseAlarm:
      judgement = review;
      suspension_is_later = false;
      break;
    case ReviewKind::kSuspend:
      suspension = review;
      suspension_is_later = true;
      break;
    case ReviewKind::kReopen:
      if (judgement && judgement->kind == ReviewKind::kFalseAlarm) judgement.reset();
      suspension.reset();
      suspension_is_later = false;
      reopened = review;
      break;
    case ReviewKind::kAcknowledge:
    case ReviewKind::kComment:
      break;
  }
}

Status status_at_rest(const StepFold& steps, const OwnReviews& own) {
  if (own.judgement) {
    return own.judgement->kind == ReviewKind::kVerify ? Status::kVerified : Status::kFalseAlarm;
  }
  if (steps.now.kind == model::StepKind::kRetracted) return Status::kRetracted;
  return own.acknowledged ? Status::kAcknowledged : Status::kNew;
}

bool own_suspension_counts(const StepFold& steps, const OwnReviews& own) {
  return own.suspension && steps.now.kind != model::StepKind::kRetracted &&
         (!own.judgement || own.suspension_is_later);
}

bool others_count(const StepFold& steps, const OwnReviews& own) {
  return !own.judgement && steps.now.kind != model::StepKind::kRetracted;
}

Finding judge(const StepFold& steps, const OwnReviews& own, std::span<const Review> others,
              base::Instant now) {
  Finding out;
  out.now = steps.now;
  out.opened_at = steps.opened_at;
  out.open = steps.open;
  out.reviews = own.count;
  out.status = status_at_rest(steps, own);
  out.verdict = own.judgement;
  if (own_suspension_counts(steps, own) && stands(own.suspension, now)) {
    out.status = Status::kSuspended;
    out.verdict = own.suspension;
  } else if (others_count(steps, own)) {
    for (const Review& other : others) {
      // Taken back for this finding alone.
      if (own.reopened && other.at <= own.reopened->at) continue;
      if (!stands(other, now) || (out.verdict && *out.verdict->until >= *other.until)) continue;
      out.status = Status::kSuspended;
      out.verdict = other;
    }
  }
  const bool own_verdict = out.verdict && out.verdict->finding == steps.now.finding;
  out.changed_since_review = own_verdict && steps.last_change > own.last_seen;
  return out;
}

std::string main_subject_id(const model::FindingStep& step) {
  const model::Subject* main = step.main_subject();
  return main == nullptr ? std::string() : main->id;
}

Finding fold(std::span<const model::FindingStep> steps, std::span<const Review> reviews,
             base::Instant now) {
  assert(!steps.empty());
  StepFold folded;
  folded.begin(steps.front());
  for (const auto& step : steps.subspan(1)) folded.add(step);
  OwnReviews own;
  std::vector<Review> others;
  for (const Review& review : reviews) {
    if (review.finding == folded.now.finding) {
      own.add(review);
    } else if (review.kind == ReviewKind::kSuspend) {
      others.push_back(review);
    }
  }
  return judge(folded, own, others, now);
}

}  // namespace jinglue::findings
