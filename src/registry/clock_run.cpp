// SPDX-License-Identifier: Apache-2.0
#include "registry/clock_run.hpp"

namespace jinglue::registry {

using base::Instant;

void recount(ClockRun& run, const ClockRule& rule, const Counting& counting,
             std::optional<Instant> until) {
  if (rule.start == ClockStart::kUntil) {
    run.due = until;
  } else {
    const auto due = due_of(rule.length, run.started, run.pauses, counting);
    run.due = due ? std::optional(due->at) : std::nullopt;
    run.uncertain = due ? due->uncertain : run.uncertain;
  }
  run.warn = run.due && rule.warn ? std::optional(before_due(*rule.warn, *run.due, counting))
                                  : std::nullopt;
  // A later day: what was told was told of the former one.
  if (run.warned && run.warn && *run.warn > *run.warned) run.warned.reset();
  if (run.late && run.due && *run.due > *run.late) {
    run.late.reset();
    run.escalated = 0;
  }
}

std::optional<ClockEvent> next_event(const ClockRun& run, const ClockRule& rule,
                                     const Counting& counting) {
  if (!run.open() || !run.due) return std::nullopt;
  if (run.warn && !run.warned && !run.late) return ClockEvent{ClockMoment::kWarn, *run.warn};
  if (!run.late) return ClockEvent{ClockMoment::kLate, *run.due};
  if (std::size_t(run.escalated) >= rule.escalations.size()) return std::nullopt;
  const auto& step = rule.escalations[std::size_t(run.escalated)];
  return ClockEvent{ClockMoment::kEscalate, after_due(step.after, *run.due, counting)};
}

void tell(ClockRun& run, const ClockEvent& event) {
  if (event.moment == ClockMoment::kWarn) run.warned = event.at;
  if (event.moment == ClockMoment::kLate) run.late = event.at;
  if (event.moment == ClockMoment::kEscalate) ++run.escalated;
}

std::string_view state_of(const ClockRun& run, Instant now) {
  if (run.outcome == "met") return "met";
  if (run.outcome == "late") return "late";
  if (!run.open()) return "void";
  if (run.late || (run.due && now >= *run.due)) return "overdue";
  if (!run.due) return "paused";
  return run.warn && now >= *run.warn ? "due_soon" : "running";
}

}  // namespace jinglue::registry
