// SPDX-License-Identifier: Apache-2.0
// Recurrence: which periods, due when, made when; days off of China in 2024 and 2025.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <set>

#include "registry/recurrence.hpp"
#include "support/few_cases.hpp"

namespace jinglue::registry {
namespace {

using base::Json;
using expression::Day;

Day day(const char* text) {
  Day out;
  EXPECT_TRUE(expression::read_day(text, out)) << text;
  return out;
}

const WorkCalendar& china() {
  static const WorkCalendar calendar = *WorkCalendar::read(
      std::filesystem::path(JINGLUE_SOURCE_DIR) / "data/calendar/cn_holidays.csv");
  return calendar;
}

Recurrence rule(const char* json) {
  const auto read = read_recurrence(*base::parse_json(json), day("2024-01-01"));
  EXPECT_TRUE(read) << read.error().text();
  return read.value_or(Recurrence{});
}

/// "2024-05 due 2024-05-24 made 2024-05-19, ..."
std::vector<std::string> shown(const char* json, const char* from, const char* until) {
  std::vector<std::string> out;
  for (const auto& one : occurrences(rule(json), china(), day(from), day(until))) {
    std::string line = one.period + " " + expression::to_text(one.due);
    if (one.make_on != one.due) line += " made " + expression::to_text(one.make_on);
    out.push_back(line);
  }
  return out;
}
using Lines = std::vector<std::string>;

TEST(Recurrence, every_month_on_a_day_that_moves_before_days_off) {
  EXPECT_EQ(
      shown(R"({"every":"month","day":31,"off_days":"previous"})", "2024-01-01", "2024-04-30"),
      (Lines{"2024-01 2024-01-31", "2024-02 2024-02-29", "2024-03 2024-03-29",
             "2024-04 2024-04-30"}));
  // 1 to 5 May 2024 are days off; the next working day is Monday 6 May.
  EXPECT_EQ(shown(R"({"every":"month","day":2,"off_days":"next","lead_days":3})", "2024-05-01",
                  "2024-05-10"),
            (Lines{"2024-05 2024-05-06 made 2024-05-03"}));
}

TEST(Recurrence, every_quarter_and_year_in_their_months) {
  EXPECT_EQ(shown(R"({"every":"quarter","month":1,"day":15})", "2024-01-01", "2024-12-31"),
            (Lines{"2024-Q1 2024-01-15", "2024-Q2 2024-04-15", "2024-Q3 2024-07-15",
                   "2024-Q4 2024-10-15"}));
  EXPECT_EQ(shown(R"({"every":"year","month":2,"day":29})", "2024-01-01", "2026-12-31"),
            (Lines{"2024 2024-02-29", "2025 2025-02-28", "2026 2026-02-28"}));
}

TEST(Recurrence, every_working_monday_leaves_holidays_out) {
  // Monday 12 February 2024 is in the Spring Festival, 6 May is worked.
  EXPECT_EQ(shown(R"({"every":"week","weekday":1,"off_days":"skip"})", "2024-02-05", "2024-02-26"),
            (Lines{"2024-W06 2024-02-05", "2024-W08 2024-02-19", "2024-W09 2024-02-26"}));
}

TEST(Recurrence, a_week_has_the_year_of_its_thursday) {
  EXPECT_EQ(shown(R"({"every":"week","weekday":1})", "2024-12-23", "2025-01-06"),
            (Lines{"2024-W52 2024-12-23", "2025-W01 2024-12-30", "2025-W02 2025-01-06"}));
}

TEST(Recurrence, the_fifth_working_day_of_each_second_month) {
  EXPECT_EQ(shown(R"({"every":"month","interval":2,"working_day":5,"from":"2024-01-01"})",
                  "2024-01-01", "2024-06-30"),
            (Lines{"2024-01 2024-01-08", "2024-03 2024-03-07", "2024-05 2024-05-10"}));
  EXPECT_EQ(shown(R"({"every":"month","working_day":-1})", "2024-06-01", "2024-06-30"),
            (Lines{"2024-06 2024-06-28"}));
}

TEST(Recurrence, begins_and_ends_with_its_dates) {
  EXPECT_EQ(shown(R"({"every":"month","day":10,"from":"2024-03-11","until":"2024-05-10"})",
                  "2024-01-01", "2024-12-31"),
            (Lines{"2024-04 2024-04-10", "2024-05 2024-05-10"}));
}

TEST(Recurrence, what_makes_no_sense_is_refused_with_its_key) {
  const auto where = [](const char* json) {
    const auto read = read_recurrence(*base::parse_json(json), Day{});
    return read ? std::string("fine") : read.error().where;
  };
  EXPECT_EQ(where(R"({})"), "rule.every");
  EXPECT_EQ(where(R"({"every":"fortnight"})"), "rule.every");
  EXPECT_EQ(where(R"({"every":"month","day":0})"), "rule.day");
  EXPECT_EQ(where(R"({"every":"month","day":1,"working_day":1})"), "rule.working_day");
  EXPECT_EQ(where(R"({"every":"week","day":1})"), "rule.day");
  EXPECT_EQ(where(R"({"every":"month","weekday":1})"), "rule.weekday");
  EXPECT_EQ(where(R"({"every":"month","month":1})"), "rule.month");
  EXPECT_EQ(where(R"({"every":"quarter","month":4})"), "rule.month");
  EXPECT_EQ(where(R"({"every":"day","interval":0})"), "rule.interval");
  EXPECT_EQ(where(R"({"every":"day","from":"soon"})"), "rule.from");
  EXPECT_EQ(where(R"({"every":"day","from":"2024-02-02","until":"2024-02-01"})"), "rule.until");
  EXPECT_EQ(where(R"({"every":"day","hours":1})"), "rule.hours");
  EXPECT_EQ(where(R"([])"), "rule");
}

Recurrence any_rule() {
  using rc::gen::inRange;
  Recurrence r;
  r.every = Every(*inRange(0, 5));
  r.interval = *inRange(1, 5);
  r.weekday = *inRange(1, 8);
  r.month = r.every == Every::kQuarter ? *inRange(1, 4) : *inRange(1, 13);
  r.day = *rc::gen::element(-1, 1, 15, 29, 30, 31);
  r.working_day = *rc::gen::element(0, 0, 1, 10, 23, -1);
  r.off_days = OffDays(*inRange(0, 4));
  r.lead_days = *inRange(0, 40);
  r.from = {19'700 + *inRange(0, 800)};
  if (*inRange(0, 2) == 1) r.until = Day{r.from.days + *inRange(0, 900)};
  return r;
}

RC_GTEST_PROP(RecurrenceProperty, periods_come_once_and_a_cut_window_misses_none, ()) {
  const Recurrence r = any_rule();
  const Day end{r.from.days + 900};
  std::set<std::string> keys;
  std::vector<std::string> whole;
  Day last{0};
  for (const auto& one : occurrences(r, china(), r.from, end)) {
    RC_ASSERT(keys.insert(one.period).second);
    RC_ASSERT(one.begin <= one.end);
    RC_ASSERT(one.make_on.days == one.due.days - r.lead_days);
    RC_ASSERT(last <= one.due);
    RC_ASSERT(r.off_days == OffDays::kKeep || china().works(one.due));
    last = one.due;
    whole.push_back(one.period);
  }
  // Looked at day by day, as the station does, each comes as soon as it may and none twice.
  std::vector<std::string> seen;
  for (Day today = r.from; today <= end; today = {today.days + 1}) {
    for (const auto& one : occurrences(r, china(), r.from, today)) {
      if (std::find(seen.begin(), seen.end(), one.period) == seen.end()) {
        seen.push_back(one.period);
        RC_ASSERT(one.make_on == today || today == r.from);
      }
    }
    if (today.days - r.from.days > 120) break;
  }
  RC_ASSERT(seen.size() <= whole.size());
  RC_ASSERT(std::equal(seen.begin(), seen.end(), whole.begin()));
}

RC_GTEST_PROP(RecurrenceProperty, a_rule_reads_back_from_its_json, ()) {
  Recurrence r = any_rule();
  const auto again = read_recurrence(to_json(r), Day{0});
  RC_ASSERT(again.has_value());
  RC_ASSERT(to_json(*again).dump() == to_json(r).dump());
}

}  // namespace
}  // namespace jinglue::registry
