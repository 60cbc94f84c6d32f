// SPDX-License-Identifier: Apache-2.0
// ClockRun: one run of a clock of one record, as it is kept. What is still to be told of it and
// when follows from the rule, the calendar and what has been told already; nothing here asks for
// the time by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/life.hpp"

namespace jinglue::registry {

struct ClockRun {
  std::string register_id, record_id, clock;
  std::int64_t number{1};  ///< of this clock of this record; a new start is a new run
  base::Instant started;
  std::vector<Pause> pauses;
  std::optional<base::Instant> due;  ///< absent while it stands still
  bool uncertain{false};             ///< days off of a year were needed that are not known
  std::optional<base::Instant> warn;
  std::optional<base::Instant> warned, late;  ///< the instants that were told of
  std::int64_t escalated{0};                  ///< steps told of
  std::optional<base::Instant> ended;
  std::string outcome;  ///< "met", "late", "void" (record removed, date taken away); empty: runs

  bool open() const { return outcome.empty(); }
  bool paused() const { return open() && !pauses.empty() && !pauses.back().to; }
};

/// Due and warning of a run whose start, pauses or calendar changed. `until`: the instant with
/// which a clock of the kind kUntil is due.
void recount(ClockRun& run, const ClockRule& rule, const Counting& counting,
             std::optional<base::Instant> until);

enum class ClockMoment { kWarn, kLate, kEscalate };
struct ClockEvent {
  ClockMoment moment;
  base::Instant at;
};
/// What is to be told of it next; nothing while it stands still or when all has been told.
std::optional<ClockEvent> next_event(const ClockRun& run, const ClockRule& rule,
                                     const Counting& counting);
/// Marks that event as told.
void tell(ClockRun& run, const ClockEvent& event);

/// "running", "due_soon", "overdue", "paused", "met", "late" or "void".
std::string_view state_of(const ClockRun& run, base::Instant now);

}  // namespace jinglue::registry
