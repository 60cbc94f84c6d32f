// SPDX-License-Identifier: Apache-2.0
// Findings and reviews as a test tells them.
#pragma once

#include <rapidcheck.h>

#include <string>
#include <vector>

#include "base/log.hpp"
#include "findings/findings.hpp"
#include "store/database.hpp"
#include "support/temp_folder.hpp"

namespace jinglue::tests {

using findings::Findings;
using findings::Query;
using findings::Review;
using findings::ReviewKind;
using findings::Status;
using findings::SuspendScope;
using model::FindingId;
using model::FindingStep;
using model::StepKind;

constexpr base::Instant kNoon{1'714'536'000'000};

inline base::Instant after(std::int64_t seconds) {
  return kNoon + base::Duration(seconds * 1000);
}

/// A records.db of its own with findings in it. Not synced at each commit: hundreds of them are
/// made.
struct Desk {
  test::TempFolder folder;
  store::Database records{quiet_options(folder / "records.db")};
  Findings findings{records};

  static store::OpenOptions quiet_options(const std::filesystem::path& file) {
    base::set_log_level(base::Level::kWarn);
    return {.path = file, .sync_full = false};
  }
};

inline FindingStep step_of(std::uint64_t finding, std::uint32_t number,
                           StepKind kind = StepKind::kOpened) {
  FindingStep out;
  out.finding = {finding};
  out.number = number;
  out.kind = number > 0 && kind == StepKind::kOpened ? StepKind::kExtended : kind;
  out.offset = 1000 * finding + number;
  out.at = after(static_cast<std::int64_t>(10 * finding + number));
  out.rule_id = finding % 2 == 0 ? "zone.enter" : "moratorium.out";
  out.rule_version = 1;
  out.severity = static_cast<model::Severity>(finding % 5);
  out.title = {"疑似休渔期离港", "Suspected departure in the moratorium"};
  out.reason = {"理由", "reason"};
  out.zone = "north";
  out.subjects = {{model::SubjectKind::kVessel, "vessel-" + std::to_string(finding % 10), "main",
                   "鲁荣渔" + std::to_string(10'000 + finding % 10)}};
  out.begin = after(static_cast<std::int64_t>(10 * finding));
  out.last = out.at;
  out.values = base::Json::object(
      {{"district", finding % 3 == 0 ? "rongcheng" : "rushan"}, {"speed_kn", 4.5}});
  out.positions = {{out.at, {220'000'000, 730'000'000}, 450, 9000, "mmsi:412345678", out.offset}};
  return out;
}

inline Review review_of(std::uint64_t finding, ReviewKind kind, std::int64_t at_s = 100'000) {
  Review out;
  out.finding = {finding};
  out.kind = kind;
  out.actor = "duty";
  out.at = after(at_s);
  if (kind == ReviewKind::kFalseAlarm || kind == ReviewKind::kComment) out.reason = "looked";
  if (kind == ReviewKind::kSuspend) out.until = after(at_s + 3600);
  return out;
}

/// A row of steps as a detector makes it: opened, then extended and corrected, perhaps an end.
inline std::vector<FindingStep> any_steps(std::uint64_t finding) {
  std::vector<FindingStep> out;
  const auto n = *rc::gen::inRange<std::uint32_t>(1, 12);
  for (std::uint32_t i = 0; i < n; ++i) {
    auto step = step_of(finding, i);
    if (i > 0) {
      step.kind = *rc::gen::weightedElement<StepKind>({{5, StepKind::kExtended},
                                                       {2, StepKind::kCorrected},
                                                       {1, StepKind::kRetracted},
                                                       {1, StepKind::kClosed}});
    }
    step.severity = static_cast<model::Severity>(*rc::gen::inRange(0, 5));
    step.positions.clear();
    const auto fixes = *rc::gen::inRange<std::uint32_t>(0, 40);
    for (std::uint32_t k = 0; k < fixes; ++k) {
      const auto offset = *rc::gen::inRange<std::uint64_t>(1, 500);
      step.positions.push_back({after(static_cast<std::int64_t>(offset)),
                                {220'000'000 + std::int32_t(offset), 730'000'000},
                                std::nullopt,
                                std::nullopt,
                                "mmsi:412345678",
                                offset});
    }
    out.push_back(std::move(step));
  }
  return out;
}

inline bool same(const findings::Finding& a, const findings::Finding& b) {
  const auto verdict_of = [](const findings::Finding& f) {
    return f.verdict ? f.verdict->id : std::string();
  };
  return a.now == b.now && a.opened_at == b.opened_at && a.status == b.status && a.open == b.open &&
         a.changed_since_review == b.changed_since_review && a.reviews == b.reviews &&
         verdict_of(a) == verdict_of(b);
}

}  // namespace jinglue::tests
