// SPDX-License-Identifier: Apache-2.0
// Tables of findings in records.db and the rows that are written together. A row of `finding` is
// the fold of its steps and reviews, kept so that lists and counts read an index and not the
// history; it can always be made again from `finding_step` and `finding_review`, which are only
// appended to.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "findings/fold.hpp"
#include "store/database.hpp"

namespace jinglue::findings {

std::span<const store::Migration> migrations();
constexpr const char* kTextIndex = "finding_text";

inline std::int64_t row_key(model::FindingId id) {
  return static_cast<std::int64_t>(id.value);
}

/// False when the step is stored already.
bool insert_step(store::Db& db, const model::FindingStep& step);
std::vector<model::FindingStep> read_steps(store::Db& db, model::FindingId id);
model::FindingStep read_step(const std::string& body);

struct StoredReview {
  std::int64_t row{0};
  Review review;
};
std::int64_t insert_review(store::Db& db, const Review& review);
std::vector<Review> read_reviews(store::Db& db, model::FindingId id);
OwnReviews own_reviews(store::Db& db, model::FindingId id);
std::optional<Review> review_by_key(store::Db& db, const std::string& idempotency_key);

/// Everything of a finding but its reviews; absent when there is none.
std::optional<StepFold> read_fold(store::Db& db, model::FindingId id);

/// A suspension that stands or may still stand, with its scope.
struct Suspension {
  Review review;
  std::optional<std::string> rule;     ///< absent = any
  std::optional<std::string> subject;  ///< absent = any

  bool covers(const model::FindingStep& step) const;
};
void insert_suspension(store::Db& db, std::int64_t review_row, const Suspension& suspension);
/// A later review of the same finding takes its suspension back or replaces it.
void end_suspensions_of(store::Db& db, model::FindingId id, base::Instant at);
/// Not ended and until > now; newest first.
std::vector<Suspension> suspensions_at(store::Db& db, base::Instant now);
/// Of one finding, not ended; perhaps expired.
std::vector<Suspension> suspensions_of(store::Db& db, model::FindingId id);
std::vector<Review> others_of(const std::vector<Suspension>& all, const StepFold& fold);

/// Writes the row of a finding and its subjects from the fold of its steps.
void put_finding(store::Db& db, const StepFold& fold);
/// What a search finds it by.
std::string text_of(const model::FindingStep& now);
/// Brings what reviews decide up to date in the row.
void put_reviews(store::Db& db, const StepFold& fold, const OwnReviews& own);
/// Brings the reach of other findings' suspensions that stand at `now` up to date: in the row of
/// `id`, or in every row that the scope covers.
void put_reach(store::Db& db, model::FindingId id, base::Instant now);
void put_reach(store::Db& db, const Suspension& scope, base::Instant now);

std::uint64_t read_applied(store::Db& db);
void put_applied(store::Db& db, std::uint64_t offset);

}  // namespace jinglue::findings
