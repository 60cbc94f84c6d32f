// SPDX-License-Identifier: Apache-2.0
// The two halves of the fold. StepFold takes the steps of one finding in number order, one at a
// time, so that the database can keep its result in a row; judge() adds what people said. Both are
// pure: fold() of findings.hpp is nothing but these two.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "findings/findings.hpp"

namespace jinglue::findings {

constexpr std::size_t kMostPositions = 64;

/// Everything that the steps alone say.
struct StepFold {
  model::FindingStep now;
  base::Instant opened_at;
  bool open{true};
  std::int64_t last_change{-1};  ///< number of the last corrected or retracted step

  void begin(const model::FindingStep& first);
  void add(const model::FindingStep& next);
};

/// What the reviews of the finding itself amount to, before time decides whether a suspension
/// stands.
struct OwnReviews {
  std::optional<Review> judgement;   ///< last verify or false alarm that was not taken back
  std::optional<Review> suspension;  ///< last suspend that was not taken back; may have ended
  std::optional<Review> reopened;    ///< last reopen
  bool suspension_is_later{false};   ///< than the judgement
  bool acknowledged{false};
  std::int64_t last_seen{-1};  ///< newest step that a person looked at; comments do not count
  std::uint32_t count{0};

  void add(const Review& review);
};

/// Status of a finding when none of its suspensions stands.
Status status_at_rest(const StepFold& steps, const OwnReviews& own);
/// Whether the own suspension may silence the finding until it ends.
bool own_suspension_counts(const StepFold& steps, const OwnReviews& own);
/// Whether a suspension of another finding may silence this one.
bool others_count(const StepFold& steps, const OwnReviews& own);

/// `others`: suspensions of other findings in whose scope this one lies.
Finding judge(const StepFold& steps, const OwnReviews& own, std::span<const Review> others,
              base::Instant now);

/// The subject that suspensions speak of: the first with the role "main", else the first.
std::string main_subject_id(const model::FindingStep& step);

/// Joins by time and thins to kMostPositions: again and again the inner position whose neighbours
/// are nearest in time goes; first and last stay.
void merge_positions(std::vector<model::UsedFix>& into, std::span<const model::UsedFix> more);

}  // namespace jinglue::findings
