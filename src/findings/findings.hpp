// SPDX-License-Identifier: Apache-2.0
// Findings: the append-only steps of every finding, the reviews that people add, and their fold.
// Steps come from the pipeline (each exactly once, by finding and number), reviews from people
// (each exactly once, by idempotency key). A review points at the step that the officer saw.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "model/finding.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::findings {

enum class ReviewKind : std::uint8_t {
  kAcknowledge = 1,  ///< heard; silences the sound at all stations
  kVerify,           ///< true; a case lead is made
  kFalseAlarm,       ///< with a reason
  kSuspend,          ///< until an instant, for this vessel, this rule or both
  kComment,
  kReopen,  ///< takes back a false alarm or a suspension (undo)
};
enum class SuspendScope : std::uint8_t { kVesselAndRule = 1, kVessel, kRule };
/// What a finding is to the duty officer, from its steps and reviews.
enum class Status : std::uint8_t {
  kNew = 1,
  kAcknowledged,
  kVerified,
  kFalseAlarm,
  kSuspended,
  kRetracted
};
std::string_view to_key(Status status);
std::string_view to_key(ReviewKind kind);
std::string_view to_key(SuspendScope scope);
std::optional<Status> status_from(std::string_view key);
std::optional<ReviewKind> review_kind_from(std::string_view key);
std::optional<SuspendScope> suspend_scope_from(std::string_view key);

struct Review {
  std::string id;  ///< UUIDv7
  model::FindingId finding;
  ReviewKind kind{ReviewKind::kComment};
  std::uint32_t seen_step{0};  ///< number of the step that the officer looked at
  std::string reason;
  std::optional<base::Instant> until;  ///< kSuspend
  SuspendScope scope{SuspendScope::kVesselAndRule};
  std::string case_id;          ///< kVerify: the lead that was made
  std::string actor;            ///< user name
  base::Instant at;             ///< clock of the data folder
  std::string idempotency_key;  ///< unique
};

/// The present of a finding: the fold of its steps and reviews. A verdict of a person stands above
/// what the machine does later: a verified finding that is retracted stays verified and says that
/// it has changed. A suspension silences every finding in its scope that has no verdict and is not
/// retracted, also those opened later, until it ends.
struct Finding {
  model::FindingStep now;   ///< last step; positions of all steps thinned to 64
  base::Instant opened_at;  ///< `at` of the first step
  Status status{Status::kNew};
  bool open{true};  ///< the episode goes on
  /// There is a verdict, and since a person last looked (any review but a comment) a corrected or
  /// retracted step came.
  bool changed_since_review{false};
  /// Last verify, false alarm or suspend that stands; perhaps the suspension of another finding.
  std::optional<Review> verdict;
  std::uint32_t reviews{0};  ///< of this finding
};

/// Newest first: by opened_at, then id.
struct Query {
  std::vector<Status> status;  ///< empty = all
  std::vector<std::string> rules;
  std::vector<model::Severity> severity;
  std::string subject;                    ///< id of a subject
  std::string text;                       ///< words in labels, titles, terminals, rule, id
  std::optional<base::Instant> from, to;  ///< begin in [from, to)
  std::optional<bool> open;
  std::string district;             ///< only findings whose values.district equals it
  std::vector<std::string> within;  ///< row right: districts of the person; empty = all
  std::string cursor;  ///< from Page::next, see is_cursor(); another text is the first page
  std::size_t limit{100};
};
struct Page {
  std::vector<Finding> items;
  std::string next;  ///< empty at the end
  std::uint64_t total{0};
};

/// True for a text that a Page::next can be.
bool is_cursor(std::string_view text);

/// The fold itself, without a database (also for back-test results). `steps` in number order, at
/// least one; `reviews` of this finding in the order in which they were made, and suspensions of
/// other findings whose scope covers this one.
Finding fold(std::span<const model::FindingStep> steps, std::span<const Review> reviews,
             base::Instant now);

class Findings {
 public:
  explicit Findings(store::Database& records);
  ~Findings();

  /// Stores steps that are not stored yet, durable on return; returns how many were new. Steps of
  /// one call commit together with `applied_offset` (all steps up to it are stored).
  std::size_t append(std::span<const model::FindingStep> steps, std::uint64_t applied_offset);
  std::uint64_t applied_offset() const;
  /// Stores one review; the same idempotency key again returns the stored one. kMissing when there
  /// is no such finding, kMalformed when reason or until is required and absent, kConflict when
  /// `seen_step` is older than a later corrected or retracted step, when there is nothing to take
  /// back, or when the key belongs to another review. Joins a write() of the same database.
  base::Result<Review> add_review(Review review);

  std::optional<Finding> find(model::FindingId id, base::Instant now) const;
  Page list(const Query& query, base::Instant now) const;
  std::vector<model::FindingStep> steps(model::FindingId id) const;
  /// In offset order, for a stream that resumes. Steps of one offset are never separated: there may
  /// be a few more than `limit`.
  std::vector<model::FindingStep> steps_after(std::uint64_t offset, std::size_t limit) const;
  std::vector<Review> reviews(model::FindingId id) const;
  /// Suspensions that stand at `now`: newest first.
  std::vector<Review> suspensions(base::Instant now) const;
  /// {"status": {key: n}, "severity": {key: n}, "rules": {id: n}} for badges; severity and rules
  /// count only what waits for a person (new or acknowledged).
  base::Json counts(base::Instant now, const std::vector<std::string>& within = {}) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::findings
