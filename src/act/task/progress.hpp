// SPDX-License-Identifier: Apache-2.0
// Progress: how the tasks stand, per line, per district and per unit, which are late and why.
// "Late" is worked out from the due date and the day in the authority's zone, never stored: a task
// is late while its due date has passed and it has not been handed in; one handed in after its due
// date counts as done, late. Cancelled tasks count nowhere.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace jinglue::registry {
class Registry;
struct Record;
}  // namespace jinglue::registry

namespace jinglue::act::task {

enum class Standing { kLate, kDueSoon, kOpen, kSubmitted, kDone };
std::string_view to_key(Standing standing);
std::optional<Standing> standing_from(std::string_view key);

/// A fact by which a task is late, with the sentence for people.
struct Why {
  std::string code;  ///< "not_accepted", "not_started", "returned", "no_report", ...
  base::Words text;
};

struct TaskStanding {
  std::string id, number, title, state;
  std::string goal, document, unit, units_helping, district;
  std::string due;  ///< "" = none
  std::optional<std::int64_t> percent;
  Standing standing{Standing::kOpen};
  std::int64_t days{0};     ///< late by, or left; 0 without a due date
  bool done_late{false};    ///< handed in after its due date
  std::string last_report;  ///< text of the newest progress row
  std::string last_day;     ///< its date
  std::vector<Why> why;     ///< of late ones
};

struct Counts {
  std::size_t total{0}, done{0}, doing{0}, waiting{0};  ///< waiting: not accepted, or not begun
  std::size_t submitted{0}, late{0}, due_soon{0}, done_late{0};
};

struct Group {
  std::string key;  ///< id of a goal, district, unit; "" = tasks without one
  base::Words name;
  std::string kind, label, parent;  ///< of goals
  Counts counts;
};

struct ProgressQuery {
  std::string document, goal, district, unit;  ///< empty = all; a goal with all below it
  std::optional<Standing> standing;            ///< only these in `tasks`; the counts are of all
  std::int64_t soon_days{7};                   ///< due within so many days is "due soon"
};

struct Progress {
  std::string today;
  std::int64_t soon_days{7};
  Counts all;
  std::vector<Group> goals, districts, units;  ///< in order of the tree; of names
  std::vector<TaskStanding> tasks;             ///< by line, then by due date
};

/// Of the tasks that `actor` may see.
base::Result<Progress> progress_of(const registry::Registry& registry, const access::Actor& actor,
                                   const ProgressQuery& query, base::Instant now);
/// One task as it stands on a day.
TaskStanding standing_of(const registry::Record& task, const std::string& today,
                         std::int64_t soon_days);

base::Json to_json(const Progress& progress);

}  // namespace jinglue::act::task
