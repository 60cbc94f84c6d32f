// SPDX-License-Identifier: Apache-2.0
// Working days by whole weeks and the exceptions between two days: a clock of 200 working days
// costs as much as one of 2.
#include "registry/work_calendar.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>

#include "registry/csv.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using Day = WorkCalendar::Day;

constexpr std::int64_t kLongestBreak = 31;  // days in one row: more is a slip of the pen

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}
/// Monday 0 to Sunday 6; 1970-01-01 was a Thursday.
std::int64_t weekday(Day day) {
  const std::int64_t since_monday = day.days + 3;
  return since_monday - 7 * floor_div(since_monday, 7);
}
bool is_weekend(Day day) {
  return weekday(day) >= 5;
}
/// Mondays to Fridays up to and with a day, counted from one fixed Monday.
std::int64_t weekdays_until(Day day) {
  const std::int64_t since_monday = day.days + 3;
  return floor_div(since_monday, 7) * 5 + std::min<std::int64_t>(5, weekday(day) + 1);
}

std::int64_t within(const std::vector<Day>& days, Day after, Day to) {
  return std::upper_bound(days.begin(), days.end(), to) -
         std::upper_bound(days.begin(), days.end(), after);
}

tl::unexpected<base::Error> mistake(const std::string& name, const CsvRow& row, std::string what) {
  return base::fail(Code::kMalformed, std::move(what), name + ":" + std::to_string(row.line),
                    "columns: year, from, to, kind (off or work), name, source, confidence");
}

template <class T>
void sort_once(std::vector<T>& days) {
  std::sort(days.begin(), days.end());
  days.erase(std::unique(days.begin(), days.end()), days.end());
}

}  // namespace

int year_of(Day day) {
  const std::chrono::sys_days date{
      std::chrono::days{static_cast<std::chrono::days::rep>(day.days)}};
  return int(std::chrono::year_month_day{date}.year());
}

base::Result<WorkCalendar> WorkCalendar::read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return base::fail(Code::kMissing, "the calendar of working days cannot be read", file.string(),
                      "data/calendar/cn_holidays.csv is part of the program");
  }
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return parse(bytes, file.string());
}

base::Result<WorkCalendar> WorkCalendar::parse(std::string_view csv, const std::string& name) {
  const auto rows = read_csv(csv);
  if (!rows) return base::fail(rows.error().code, rows.error().message, name, rows.error().hint);
  WorkCalendar out;
  for (const auto& row : *rows) {
    const auto cell = [&](std::size_t i) { return i < row.cells.size() ? row.cells[i] : ""; };
    if (cell(0).starts_with("#") || cell(0) == "year") continue;
    int year = 0;
    const std::string text = cell(0);
    const auto end = std::from_chars(text.data(), text.data() + text.size(), year);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size() || year < 1949 || year > 9999)
      return mistake(name, row, "'" + text + "' is no year");
    Day from, to;
    if (!expression::read_day(cell(1), from) || !expression::read_day(cell(2), to) || to < from ||
        to.days - from.days >= kLongestBreak)
      return mistake(name, row, "'" + cell(1) + "' to '" + cell(2) + "' are no days in order");
    const bool off = cell(3) == "off";
    if (!off && cell(3) != "work") return mistake(name, row, "'" + cell(3) + "' is no kind");
    for (Day day = from; day <= to; ++day.days) {
      if (off != is_weekend(day)) (off ? out.m_off : out.m_work).push_back(day);
    }
    out.m_years.push_back(year);
  }
  sort_once(out.m_off);
  sort_once(out.m_work);
  sort_once(out.m_years);
  for (const Day day : out.m_off) {
    // A later notice may take a day off back; two rows that say both are a mistake of the file.
    if (std::binary_search(out.m_work.begin(), out.m_work.end(), day))
      return base::fail(Code::kConflict, expression::to_text(day) + " is both off and worked",
                        name);
  }
  return out;
}

bool WorkCalendar::known(int year) const {
  return std::binary_search(m_years.begin(), m_years.end(), year);
}

bool WorkCalendar::known(Day from, Day to) const {
  for (int year = year_of(std::min(from, to)); year <= year_of(std::max(from, to)); ++year) {
    if (!known(year)) return false;
  }
  return true;
}

bool WorkCalendar::works(Day day) const {
  return is_weekend(day) ? std::binary_search(m_work.begin(), m_work.end(), day)
                         : !std::binary_search(m_off.begin(), m_off.end(), day);
}

std::int64_t WorkCalendar::between(Day after, Day to) const {
  if (to < after) return -between(to, after);
  return weekdays_until(to) - weekdays_until(after) - within(m_off, after, to) +
         within(m_work, after, to);
}

Day WorkCalendar::nth_after(Day after, std::int64_t n) const {
  Day out = after;
  // Each step goes on by as many days as are still missing: it never passes the n-th.
  for (std::int64_t missing = n; missing > 0; missing = n - between(after, out))
    out.days += missing;
  return out;
}

Day WorkCalendar::nth_back(Day last, std::int64_t n) const {
  if (n <= 0) return last;
  Day before = last;  // the day before the one that is looked for
  for (std::int64_t missing = n; missing > 0; missing = n - between(before, last))
    before.days -= missing;
  return {before.days + 1};
}

}  // namespace jinglue::registry
