// SPDX-License-Identifier: Apache-2.0
// Recurrence: "every month on day 25", "every quarter", "every working Monday": which periods there
// are, on which local day each is due and on which day its record is made. Days off come from the
// dated work calendar. Every period has a key of its own (2024-05, 2024-Q2, 2024-W19), so that it
// is made once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "registry/expression/value.hpp"
#include "registry/work_calendar.hpp"

namespace jinglue::registry {

enum class Every { kDay, kWeek, kMonth, kQuarter, kYear };
/// Where a day that is not worked goes.
enum class OffDays { kKeep, kNext, kPrevious, kSkip };

struct Recurrence {
  using Day = expression::Day;
  Every every{Every::kMonth};
  int interval{1};     ///< every second month: 2; counted from the period of `from`
  int weekday{1};      ///< kWeek: 1 = Monday to 7
  int month{1};        ///< kQuarter: 1 to 3 of the quarter; kYear: 1 to 12
  int day{1};          ///< of the month, 1 to 31 (a shorter month: its last), or -1: the last
  int working_day{0};  ///< instead of `day`: the n-th working day of the month, -1: the last
  OffDays off_days{OffDays::kKeep};
  int lead_days{0};  ///< the record is made so many days before it is due
  Day from;
  std::optional<Day> until;
  std::string due_field;     ///< a date that receives the due day; empty = none
  std::string period_field;  ///< a period that receives the period; empty = none
};
/// {"every": "month", "day": 25, ...}; keys as the members. kMalformed names the key.
base::Result<Recurrence> read_recurrence(const base::Json& json, expression::Day today);
base::Json to_json(const Recurrence& recurrence);

struct Occurrence {
  std::string period;
  expression::Day begin, end;  ///< of the period, both in it
  expression::Day due, make_on;
};
/// Those that are due on `due_from` or later and made on `make_until` or before, in order; at most
/// `most`.
std::vector<Occurrence> occurrences(const Recurrence& recurrence, const WorkCalendar& calendar,
                                    expression::Day due_from, expression::Day make_until,
                                    std::size_t most = 1'000);

}  // namespace jinglue::registry
