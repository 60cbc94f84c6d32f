// SPDX-License-Identifier: Apache-2.0
// Lengths of clocks against a naive walk from day to day over the real calendar.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "registry/span.hpp"
#include "registry/work_calendar.hpp"

using namespace jinglue;
using namespace jinglue::registry;
using base::Instant;
using expression::Day;

namespace {

const WorkCalendar& calendar() {
  static const WorkCalendar kRead = *WorkCalendar::read(std::filesystem::path(JINGLUE_SOURCE_DIR) /
                                                        "data" / "calendar" / "cn_holidays.csv");
  return kRead;
}
const LocalDays kDays{"Asia/Shanghai"};
Counting counting(bool to_working_day = false) {
  return {calendar(), kDays, to_working_day};
}
Day day(const char* text) {
  Day out;
  EXPECT_TRUE(expression::read_day(text, out)) << text;
  return out;
}
Instant at(const char* text) {
  return *base::parse_iso(text);
}
std::string due(const char* length, const char* start, bool to_working_day = false,
                const std::vector<Pause>& pauses = {}) {
  const auto out = due_of(*read_span(length), at(start), pauses, counting(to_working_day));
  return out ? base::to_iso(out->at) : "paused";
}

/// What the period means, said day by day.
std::optional<Day> walked(std::int64_t count, bool working, Day start,
                          const std::vector<std::pair<Day, std::optional<Day>>>& pauses) {
  std::int64_t counted = 0;
  for (Day d{start.days + 1}; d.days < start.days + 5'000; ++d.days) {
    bool stands = false;
    for (const auto& [from, to] : pauses) {
      if (d > from && !to) return std::nullopt;
      stands = stands || (d > from && d <= *to);
    }
    if (stands || (working && !calendar().works(d))) continue;
    if (++counted == count) return d;
  }
  return std::nullopt;
}

}  // namespace

TEST(WorkCalendar, KnowsTheDaysOffAndTheWorkedWeekendsOfTheNotices) {
  EXPECT_FALSE(calendar().works(day("2026-02-23")));  // a Monday of the Spring Festival
  EXPECT_TRUE(calendar().works(day("2026-02-28")));   // a Saturday that is worked
  EXPECT_FALSE(calendar().works(day("2026-03-01")));
  EXPECT_TRUE(calendar().works(day("2026-03-02")));
  EXPECT_FALSE(calendar().works(day("2022-12-31")));
  EXPECT_FALSE(calendar().works(day("2023-01-02")));
  EXPECT_TRUE(calendar().works(day("2018-12-29")));
}

TEST(WorkCalendar, EachYearsNoticeChangesNoOtherNumberOfWorkingDays) {
  // Days off are made up for by worked weekends, but for the statutory holidays themselves:
  // 11 to 2024, 13 since (全国年节及纪念日放假办法), fewer where they fall on a weekend.
  EXPECT_EQ(calendar().between(day("2023-12-31"), day("2024-12-31")), 251);
  EXPECT_EQ(calendar().between(day("2024-12-31"), day("2025-12-31")), 248);
}

TEST(WorkCalendar, SaysWhichYearsItDoesNotKnow) {
  EXPECT_TRUE(calendar().known(2026));
  EXPECT_FALSE(calendar().known(2031));
  EXPECT_FALSE(calendar().known(day("2026-12-30"), day("2031-01-02")));
  EXPECT_TRUE(calendar().known(day("2025-12-30"), day("2026-01-02")));
  EXPECT_TRUE(calendar().works(day("2031-05-01")));  // weekends only
}

TEST(WorkCalendar, MistakesNameFileAndLine) {
  const auto refused = [](const char* row) {
    const auto out = WorkCalendar::parse(std::string("year,from,to,kind\n") + row, "days.csv");
    return out ? std::string("accepted") : out.error().text();
  };
  EXPECT_NE(refused("2026,2026-13-01,2026-13-02,off\n").find("days.csv:2"), std::string::npos);
  EXPECT_NE(refused("2026,2026-05-05,2026-05-01,off\n").find("days.csv:2"), std::string::npos);
  EXPECT_NE(refused("26x,2026-05-01,2026-05-01,off\n").find("no year"), std::string::npos);
  EXPECT_NE(refused("2026,2026-05-01,2026-05-01,half\n").find("no kind"), std::string::npos);
  EXPECT_NE(refused("2026,2026-05-01,2026-12-01,off\n").find("no days"), std::string::npos);
  EXPECT_EQ(refused("2026,2026-05-01,2026-05-01,off\n"), "accepted");
}

RC_GTEST_PROP(WorkCalendar, CountsAsAWalkFromDayToDay, ()) {
  const Day from{*rc::gen::inRange<std::int64_t>(17'400, 20'900)};
  const Day to{from.days + *rc::gen::inRange<std::int64_t>(0, 500)};
  std::int64_t walked = 0;
  for (Day d{from.days + 1}; d <= to; ++d.days) walked += calendar().works(d) ? 1 : 0;
  RC_ASSERT(calendar().between(from, to) == walked);
  RC_ASSERT(calendar().between(to, from) == -walked);
}

RC_GTEST_PROP(WorkCalendar, TheNthWorkingDayIsWorkedAndTheFirstWithThatCount, ()) {
  const Day from{*rc::gen::inRange<std::int64_t>(17'400, 20'900)};
  const auto n = *rc::gen::inRange<std::int64_t>(1, 300);
  const Day found = calendar().nth_after(from, n);
  RC_ASSERT(calendar().works(found));
  RC_ASSERT(calendar().between(from, found) == n);
  const Day back = calendar().nth_back(from, n);
  RC_ASSERT(calendar().works(back));
  RC_ASSERT(calendar().between({back.days - 1}, from) == n);
}

RC_GTEST_PROP(Span, PausedPeriodsEndAsAWalkFromDayToDaySays, ()) {
  const bool working = *rc::gen::arbitrary<bool>();
  const Span length{*rc::gen::inRange<std::int64_t>(1, 90),
                    working ? SpanUnit::kWorkingDays : SpanUnit::kDays};
  Instant t{1'500'000'000'000 + *rc::gen::inRange<std::int64_t>(0, 250'000'000) * 1000};
  const Instant start = t;
  std::vector<Pause> pauses;
  std::vector<std::pair<Day, std::optional<Day>>> days;
  const int count = *rc::gen::inRange(0, 4);
  for (int i = 0; i < count; ++i) {
    t = t + std::chrono::minutes(*rc::gen::inRange(0, 60 * 24 * 30));
    Pause pause{t, std::nullopt};
    if (i + 1 < count || *rc::gen::arbitrary<bool>()) {
      t = t + std::chrono::minutes(*rc::gen::inRange(0, 60 * 24 * 20));
      pause.to = t;
    }
    pauses.push_back(pause);
    days.emplace_back(kDays.of(pause.from),
                      pause.to ? std::optional(kDays.of(*pause.to)) : std::nullopt);
  }
  const auto found = due_of(length, start, pauses, counting());
  const auto expected = walked(length.count, working, kDays.of(start), days);
  RC_ASSERT(found.has_value() == expected.has_value());
  if (!found) return;
  RC_ASSERT(found->at == kDays.end(*expected));
}

RC_GTEST_PROP(Span, AWarningLeavesExactlyItsDays, ()) {
  const bool working = *rc::gen::arbitrary<bool>();
  const Span warn{*rc::gen::inRange<std::int64_t>(1, 30),
                  working ? SpanUnit::kWorkingDays : SpanUnit::kDays};
  const Day last{*rc::gen::inRange<std::int64_t>(17'700, 20'600)};
  const Instant due = kDays.end(last);
  const Instant warns = before_due(warn, due, counting());
  RC_ASSERT(warns < due);
  RC_ASSERT(left_of(warn.unit, warns, due, counting()) == warn.count);
  RC_ASSERT(left_of(warn.unit, warns - base::Duration(1), due, counting()) >= warn.count);
}

TEST(Span, IsReadWithItsUnit) {
  EXPECT_EQ(*read_span("7 working days"), (Span{7, SpanUnit::kWorkingDays}));
  EXPECT_EQ(*read_span("1 day"), (Span{1, SpanUnit::kDays}));
  EXPECT_EQ(*read_span("24 hours"), (Span{24, SpanUnit::kHours}));
  EXPECT_EQ(*read_span("30 minutes"), (Span{30, SpanUnit::kMinutes}));
  EXPECT_EQ(*read_span("6 months"), (Span{6, SpanUnit::kMonths}));
  for (const char* text : {"", "7", "seven days", "7 workdays", "0 days", "-1 days", "7  days",
                           "100001 days", "7 days ", "99999999999999999999 days"}) {
    EXPECT_FALSE(read_span(text)) << text;
  }
}

TEST(Span, TheDayOfTheBeginningDoesNotCount) {
  // Friday 2026-04-24 23:30 in Beijing: working days 27, 28, 29, 30 April and, after the holiday
  // to 5 May, 6, 7, 8 and Saturday 9 May, which is worked.
  EXPECT_EQ(due("1 working day", "2026-04-24T15:30:00Z"), "2026-04-27T16:00:00.000Z");
  EXPECT_EQ(due("5 working days", "2026-04-24T15:30:00Z"), "2026-05-06T16:00:00.000Z");
  EXPECT_EQ(due("8 working days", "2026-04-24T15:30:00Z"), "2026-05-09T16:00:00.000Z");
  EXPECT_EQ(due("9 working days", "2026-04-24T15:30:00Z"), "2026-05-11T16:00:00.000Z");
}

TEST(Span, ADayIsThatOfTheZone) {
  EXPECT_EQ(due("1 day", "2026-05-11T15:59:59Z"), "2026-05-12T16:00:00.000Z");
  EXPECT_EQ(due("1 day", "2026-05-11T16:00:00Z"), "2026-05-13T16:00:00.000Z");
}

TEST(Span, MonthsEndOnTheDayOfTheSameNumberOrTheLastOne) {
  EXPECT_EQ(due("1 month", "2026-01-31T04:00:00Z"), "2026-02-28T16:00:00.000Z");
  EXPECT_EQ(due("6 months", "2025-08-31T04:00:00Z"), "2026-02-28T16:00:00.000Z");
  EXPECT_EQ(due("12 months", "2024-02-29T04:00:00Z"), "2025-02-28T16:00:00.000Z");
}

TEST(Span, AStatutoryPeriodThatEndsOnADayOffEndsWithTheNextWorkingDay) {
  EXPECT_EQ(due("10 days", "2026-09-24T04:00:00Z"), "2026-10-04T16:00:00.000Z");
  EXPECT_EQ(due("10 days", "2026-09-24T04:00:00Z", true), "2026-10-08T16:00:00.000Z");
}

TEST(Span, PausingAndGoingOnWithinADayChangesNothing) {
  const std::vector<Pause> same{{at("2026-05-13T02:00:00Z"), at("2026-05-13T08:00:00Z")}};
  const std::vector<Pause> three{{at("2026-05-13T02:00:00Z"), at("2026-05-16T08:00:00Z")}};
  const std::vector<Pause> open{{at("2026-05-13T02:00:00Z"), std::nullopt}};
  const std::vector<Pause> later{{at("2026-06-13T02:00:00Z"), std::nullopt}};
  EXPECT_EQ(due("10 days", "2026-05-11T04:00:00Z", false, same), "2026-05-21T16:00:00.000Z");
  EXPECT_EQ(due("10 days", "2026-05-11T04:00:00Z", false, three), "2026-05-24T16:00:00.000Z");
  EXPECT_EQ(due("10 days", "2026-05-11T04:00:00Z", false, open), "paused");
  EXPECT_EQ(due("10 days", "2026-05-11T04:00:00Z", false, later), "2026-05-21T16:00:00.000Z");
  EXPECT_EQ(due("24 hours", "2026-05-13T00:00:00Z", false, same), "2026-05-14T06:00:00.000Z");
}

TEST(Span, IsUncertainWhenAYearIsNotKnown) {
  const auto counted = [](const char* length, bool rolls) {
    return due_of(*read_span(length), at("2026-12-28T04:00:00Z"), {}, counting(rolls))->uncertain;
  };
  EXPECT_TRUE(counted("10 working days", false));
  EXPECT_FALSE(counted("2 working days", false));
  EXPECT_FALSE(counted("10 days", false));
  EXPECT_TRUE(counted("10 days", true));
}
