// SPDX-License-Identifier: Apache-2.0
#include "registry/recurrence.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using expression::Day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr std::array<const char*, 5> kEvery = {"day", "week", "month", "quarter", "year"};
constexpr std::array<const char*, 4> kOffDays = {"keep", "next", "previous", "skip"};
/// A due day that is moved off days off stays this near its own; the longest holidays of China
/// with their weekends are nine days.
constexpr std::int64_t kMostMoved = 31;

year_month_day civil(Day day) {
  return year_month_day{sys_days{days{day.days}}};
}
Day day_of(const year_month_day& date) {
  return {sys_days{date}.time_since_epoch().count()};
}
Day plus(Day day, std::int64_t count) {
  return {day.days + count};
}
Day monday_of(Day day) {
  const std::chrono::weekday on{sys_days{days{day.days}}};
  return plus(day, 1 - std::int64_t(on.iso_encoding()));
}
year_month month_of(Day day) {
  const auto date = civil(day);
  return date.year() / date.month();
}
Day last_of(year_month of) {
  return day_of(year_month_day{of / std::chrono::last});
}

int length_in_months(Every every) {
  if (every == Every::kMonth) return 1;
  return every == Every::kQuarter ? 3 : 12;
}

/// The first month of the period that holds `day`.
year_month first_month(Every every, Day day) {
  const auto of = month_of(day);
  const unsigned length = unsigned(length_in_months(every));
  return of.year() / month{(unsigned(of.month()) - 1) / length * length + 1};
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

/// The periods of a rule, numbered from that of its first day.
class Periods {
 public:
  explicit Periods(const Recurrence& rule) : m_rule(rule) {}

  std::int64_t holding(Day day) const {
    switch (m_rule.every) {
      case Every::kDay:
        return floor_div(day.days - m_rule.from.days, m_rule.interval);
      case Every::kWeek:
        return floor_div(monday_of(day).days - monday_of(m_rule.from).days,
                         7 * std::int64_t{m_rule.interval});
      default: {
        const auto apart = first_month(m_rule.every, day) - first_month(m_rule.every, m_rule.from);
        return floor_div(apart.count(),
                         std::int64_t{length_in_months(m_rule.every)} * m_rule.interval);
      }
    }
  }
  Day begin(std::int64_t number) const {
    const std::int64_t step = number * m_rule.interval;
    switch (m_rule.every) {
      case Every::kDay:
        return plus(m_rule.from, step);
      case Every::kWeek:
        return plus(monday_of(m_rule.from), 7 * step);
      default:
        return day_of(months_on(step) / 1);
    }
  }
  Day end(std::int64_t number) const {
    if (m_rule.every == Every::kDay) return begin(number);
    if (m_rule.every == Every::kWeek) return plus(begin(number), 6);
    return last_of(month_of(begin(number)) + months{length_in_months(m_rule.every) - 1});
  }
  std::string key(std::int64_t number) const {
    const auto date = civil(begin(number));
    const int of = int(date.year());
    const unsigned in = unsigned(date.month());
    switch (m_rule.every) {
      case Every::kDay:
        return expression::to_text(begin(number));
      case Every::kWeek:
        return week_key(begin(number));
      case Every::kMonth:
        return fmt::format("{:04}-{:02}", of, in);
      case Every::kQuarter:
        return fmt::format("{:04}-Q{}", of, (in - 1) / 3 + 1);
      case Every::kYear:
        break;
    }
    return fmt::format("{:04}", of);
  }

 private:
  year_month months_on(std::int64_t step) const {
    return first_month(m_rule.every, m_rule.from) + months{step * length_in_months(m_rule.every)};
  }
  /// ISO 8601: the week belongs to the year of its Thursday.
  static std::string week_key(Day monday) {
    const Day thursday = plus(monday, 3);
    const auto of = civil(thursday).year();
    const Day first = day_of(of / 1 / 1);
    return fmt::format("{:04}-W{:02}", int(of), (thursday.days - first.days) / 7 + 1);
  }
  const Recurrence& m_rule;
};

/// The day in the month on which it is due, before days off are looked at.
Day day_in(const Recurrence& rule, const WorkCalendar& calendar, year_month of) {
  const Day first = day_of(of / 1);
  const Day last = last_of(of);
  if (rule.working_day > 0) {
    return std::min(calendar.nth_after(plus(first, -1), rule.working_day), last);
  }
  if (rule.working_day < 0) return calendar.nth_back(last, 1);
  return rule.day < 0 ? last : std::min(plus(first, rule.day - 1), last);
}

Day nominal(const Recurrence& rule, const WorkCalendar& calendar, Day begin) {
  if (rule.every == Every::kDay) return begin;
  if (rule.every == Every::kWeek) return plus(begin, rule.weekday - 1);
  const int into = rule.every == Every::kMonth ? 0 : rule.month - 1;
  return day_in(rule, calendar, month_of(begin) + months{into});
}

/// Nothing for a period that is left out.
std::optional<Day> moved(const Recurrence& rule, const WorkCalendar& calendar, Day day) {
  if (rule.off_days == OffDays::kKeep || calendar.works(day)) return day;
  if (rule.off_days == OffDays::kSkip) return std::nullopt;
  return rule.off_days == OffDays::kNext ? calendar.nth_after(day, 1) : calendar.nth_back(day, 1);
}

/// Reads one key after the other, and remembers the first mistake.
class Reader {
 public:
  explicit Reader(const Json& json) : m_json(json) {}

  int whole(const char* key, int otherwise, int least, int most) {
    const Json& value = m_json[key];
    if (value.is_null()) return otherwise;
    if (value.is_int() && value.as_int() >= least && value.as_int() <= most) {
      return int(value.as_int());
    }
    wrong(key, fmt::format("a whole number from {} to {}", least, most));
    return otherwise;
  }
  template <std::size_t N>
  int word(const char* key, int otherwise, const std::array<const char*, N>& known) {
    const Json& value = m_json[key];
    if (value.is_null() && otherwise >= 0) return otherwise;
    std::string all;
    for (std::size_t i = 0; i < N; ++i) {
      if (value.is_string() && value.as_string() == known[i]) return int(i);
      all += (i == 0 ? "" : ", ") + std::string(known[i]);
    }
    wrong(key, "one of " + all);
    return 0;
  }
  std::optional<Day> day(const char* key) {
    const Json& value = m_json[key];
    if (value.is_null()) return std::nullopt;
    Day out;
    if (value.is_string() && expression::read_day(value.as_string(), out)) return out;
    wrong(key, "a date, 2024-05-01");
    return std::nullopt;
  }
  std::string text(const char* key) {
    const Json& value = m_json[key];
    if (!value.is_null() && !value.is_string()) wrong(key, "the key of a field");
    return value.as_string();
  }
  void only(std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : m_json.members()) {
      if (std::find(known.begin(), known.end(), key) == known.end()) wrong(key, "no such key");
    }
  }
  void wrong(const std::string& key, const std::string& why) {
    if (!m_error) m_error = {Code::kMalformed, why, "rule." + key, {}};
  }
  const std::optional<base::Error>& error() const { return m_error; }

 private:
  const Json& m_json;
  std::optional<base::Error> m_error;
};

void check_together(const Recurrence& rule, const Json& json, Reader& read) {
  const bool monthly = rule.every >= Every::kMonth;
  if (!json["weekday"].is_null() && rule.every != Every::kWeek) {
    read.wrong("weekday", "only every week has this");
  }
  if (!json["month"].is_null() && rule.every != Every::kQuarter && rule.every != Every::kYear) {
    read.wrong("month", "only every quarter and every year have this");
  }
  if (rule.every == Every::kQuarter && rule.month > 3) read.wrong("month", "from 1 to 3");
  if (!monthly && !(json["day"].is_null() && json["working_day"].is_null())) {
    read.wrong("day", "a day of a month: every month, quarter or year");
  }
  if (rule.day == 0) read.wrong("day", "from 1 to 31, or -1 for the last");
  if (!json["day"].is_null() && rule.working_day != 0) {
    read.wrong("working_day", "instead of day");
  }
  if (rule.until && *rule.until < rule.from) read.wrong("until", "is before from");
}

}  // namespace

base::Result<Recurrence> read_recurrence(const Json& json, Day today) {
  if (!json.is_object()) return base::fail(Code::kMalformed, "must be an object", "rule");
  Reader read(json);
  read.only({"every", "interval", "weekday", "month", "day", "working_day", "off_days", "lead_days",
             "from", "until", "due_field", "period_field"});
  Recurrence out;
  out.every = Every(read.word("every", -1, kEvery));
  out.interval = read.whole("interval", 1, 1, 60);
  out.weekday = read.whole("weekday", 1, 1, 7);
  out.month = read.whole("month", 1, 1, 12);
  out.day = read.whole("day", 1, -1, 31);
  out.working_day = read.whole("working_day", 0, -1, 23);
  out.off_days = OffDays(read.word("off_days", 0, kOffDays));
  out.lead_days = read.whole("lead_days", 0, 0, 366);
  out.from = read.day("from").value_or(today);
  out.until = read.day("until");
  out.due_field = read.text("due_field");
  out.period_field = read.text("period_field");
  check_together(out, json, read);
  if (read.error()) return tl::unexpected(*read.error());
  return out;
}

Json to_json(const Recurrence& r) {
  Json out = Json::object({{"every", kEvery[std::size_t(r.every)]}});
  if (r.interval != 1) out.set("interval", r.interval);
  if (r.every == Every::kWeek) out.set("weekday", r.weekday);
  if (r.every == Every::kQuarter || r.every == Every::kYear) out.set("month", r.month);
  if (r.every >= Every::kMonth) {
    out.set(r.working_day != 0 ? "working_day" : "day", r.working_day != 0 ? r.working_day : r.day);
  }
  out.set("off_days", kOffDays[std::size_t(r.off_days)]);
  if (r.lead_days > 0) out.set("lead_days", r.lead_days);
  out.set("from", expression::to_text(r.from));
  if (r.until) out.set("until", expression::to_text(*r.until));
  if (!r.due_field.empty()) out.set("due_field", r.due_field);
  if (!r.period_field.empty()) out.set("period_field", r.period_field);
  return out;
}

std::vector<Occurrence> occurrences(const Recurrence& rule, const WorkCalendar& calendar,
                                    Day due_from, Day make_until, std::size_t most) {
  const Periods periods(rule);
  std::vector<Occurrence> out;
  std::int64_t number =
      std::max<std::int64_t>(0, periods.holding(plus(std::max(due_from, rule.from), -kMostMoved)));
  for (; out.size() < most; ++number) {
    const Day begin = periods.begin(number);
    if (plus(begin, -rule.lead_days - kMostMoved) > make_until) break;
    const Day own = nominal(rule, calendar, begin);
    if (rule.until && begin > *rule.until) break;
    if (own < rule.from || (rule.until && own > *rule.until)) continue;
    const auto due = moved(rule, calendar, own);
    if (!due || *due < due_from) continue;
    const Day make_on = plus(*due, -rule.lead_days);
    if (make_on > make_until) continue;
    out.push_back({periods.key(number), begin, periods.end(number), *due, make_on});
  }
  return out;
}

}  // namespace jinglue::registry
