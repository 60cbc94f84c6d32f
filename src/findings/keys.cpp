// SPDX-License-Identifier: Apache-2.0
// Keys of statuses, reviews and suspensions. They are part of the API, of the audit log and of the
// evidence.
#include "base/keys.hpp"

#include "findings/findings.hpp"

namespace jinglue::findings {
namespace {

constexpr std::array<std::string_view, 7> kStatuses = {
    "", "new", "acknowledged", "verified", "false_alarm", "suspended", "retracted"};
constexpr std::array<std::string_view, 7> kReviewKinds = {
    "", "acknowledge", "verify", "false_alarm", "suspend", "comment", "reopen"};
constexpr std::array<std::string_view, 4> kScopes = {"", "vessel_and_rule", "vessel", "rule"};

}  // namespace

std::string_view to_key(Status status) {
  return base::key_of(kStatuses, status);
}
std::string_view to_key(ReviewKind kind) {
  return base::key_of(kReviewKinds, kind);
}
std::string_view to_key(SuspendScope scope) {
  return base::key_of(kScopes, scope);
}
std::optional<Status> status_from(std::string_view key) {
  return base::value_of<Status>(kStatuses, key);
}
std::optional<ReviewKind> review_kind_from(std::string_view key) {
  return base::value_of<ReviewKind>(kReviewKinds, key);
}
std::optional<SuspendScope> suspend_scope_from(std::string_view key) {
  return base::value_of<SuspendScope>(kScopes, key);
}

}  // namespace jinglue::findings
