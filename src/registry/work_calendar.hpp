// SPDX-License-Identifier: Apache-2.0
// WorkCalendar: which days are worked: Monday to Friday but for the days off of the yearly notices
// of the State Council, and the weekend days that those notices make working days (调休).
// Data: data/calendar/cn_holidays.csv. Days are local dates, without a zone. A year without a
// notice is not known: its weekends alone are days off, and who asks can say so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "registry/expression/value.hpp"

namespace jinglue::registry {

class WorkCalendar {
 public:
  using Day = expression::Day;

  /// Weekends only; no year is known.
  WorkCalendar() = default;
  /// Columns year, from, to, kind (off, work), name, source, confidence; lines with # are comments.
  /// A mistake is an Error with file and line.
  static base::Result<WorkCalendar> read(const std::filesystem::path& file);
  static base::Result<WorkCalendar> parse(std::string_view csv, const std::string& name);

  bool known(int year) const;
  /// Whether all years of these two days and between them are known.
  bool known(Day from, Day to) const;
  bool works(Day day) const;
  /// Working days after `after` up to and with `to`; negative the other way round.
  std::int64_t between(Day after, Day to) const;
  /// The n-th working day after `after`; `after` itself for 0.
  Day nth_after(Day after, std::int64_t n) const;
  /// The n-th working day counted backwards, `last` itself being the first when it is one.
  Day nth_back(Day last, std::int64_t n) const;

 private:
  std::vector<Day> m_off;    ///< Mondays to Fridays that are days off, ascending
  std::vector<Day> m_work;   ///< Saturdays and Sundays that are worked, ascending
  std::vector<int> m_years;  ///< ascending
};

/// The year of a day.
int year_of(expression::Day day);

}  // namespace jinglue::registry
