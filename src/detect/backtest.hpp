// SPDX-License-Identifier: Apache-2.0
// Back-test: a rule pack over fixes of the past, by the same Engine as live. The register is as
// given (known at one moment); the clock ticks with the arrivals, once a second where something is
// due, and once more at the end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/engine.hpp"
#include "detect/rule/pack.hpp"
#include "model/finding.hpp"
#include "model/record_change.hpp"

namespace jinglue::detect {

struct BacktestSetup {
  std::shared_ptr<const RulePack> pack;
  /// Approved exemptions and other records, taken before the first fix.
  std::vector<model::RecordChange> changes;
  /// What is known of a fix's sender; app answers from the picture.
  std::function<SubjectView(const model::Fix&)> sender;
  /// Gives fixes in the order of arrival until the visitor says stop.
  std::function<void(const std::function<bool(const model::Fix&)>&)> source;
  std::string rule;  ///< only findings of this rule or family of ids; empty = all
  /// Asked now and then with the number of fixes done; false cancels.
  std::function<bool(std::uint64_t)> progress;
};

struct BacktestResult {
  /// The last step of each finding that was not retracted, by begin, rule and subject. A finding
  /// without an end went on when the fixes ended.
  std::vector<model::FindingStep> findings;
  std::uint64_t fixes{0};
  std::uint64_t steps{0};
  std::uint64_t vessels{0};                  ///< subjects of the findings
  std::optional<base::Instant> first, last;  ///< event times
  bool cancelled{false};
  base::Json counters;  ///< of the engine
};

BacktestResult run_backtest(const BacktestSetup& setup);

/// The last steps of findings out of any sequence of steps, without the retracted ones; ordered by
/// begin, rule id and subject.
std::vector<model::FindingStep> last_steps(std::span<const model::FindingStep> steps);

}  // namespace jinglue::detect
