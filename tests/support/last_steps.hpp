// SPDX-License-Identifier: Apache-2.0
// last_steps: findings out of any sequence of steps, for tests that compare what was found.
#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "model/finding.hpp"

namespace jinglue::test {

/// The last step of each finding, without the retracted ones, by begin, rule id and subject. Throws
/// when the steps of a finding are not numbered 0, 1, 2 ... in their order.
inline std::vector<model::FindingStep> last_steps(std::span<const model::FindingStep> steps) {
  std::map<std::uint64_t, const model::FindingStep*> last;
  for (const auto& step : steps) {
    auto& known = last[step.finding.value];
    if (step.number != (known == nullptr ? 0 : known->number + 1)) {
      throw std::runtime_error("steps of a finding are not in sequence");
    }
    known = &step;
  }
  std::vector<model::FindingStep> out;
  for (const auto& [id, step] : last) {
    if (step->kind != model::StepKind::kRetracted) out.push_back(*step);
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::tie(a.begin, a.rule_id, a.subjects.at(0).id, a.finding.value) <
           std::tie(b.begin, b.rule_id, b.subjects.at(0).id, b.finding.value);
  });
  return out;
}

}  // namespace jinglue::test
