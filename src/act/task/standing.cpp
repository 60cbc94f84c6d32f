// SPDX-License-Identifier: Apache-2.0
// One task on one day: whether it is late, and by which facts.
#include <fmt/format.h>

#include <array>

#include "act/task/local_day.hpp"
#include "act/task/progress.hpp"
#include "base/keys.hpp"
#include "registry/registry.hpp"

namespace jinglue::act::task {
namespace {

using base::Json;

constexpr std::array<std::string_view, 5> kStandings = {"late", "due_soon", "open", "submitted",
                                                        "done"};
constexpr std::int64_t kSilentDays = 30;  ///< without a report while the work goes on

std::string day_of(const Json& instant) {
  const auto at = base::parse_iso(instant.as_string());
  return at ? local_day(*at) : std::string();
}

bool is_after(const std::string& day, const std::string& due) {
  return !day.empty() && !due.empty() && day > due;  // ISO dates sort as they follow each other
}

void read_reports(const Json& rows, TaskStanding& out) {
  for (const auto& row : rows.items()) {
    const std::string& on = row["on"].as_string();
    if (on < out.last_day) continue;
    out.last_day = on;
    out.last_report = row["text"].as_string();
  }
}

void add(std::vector<Why>& why, std::string code, std::string zh, std::string en) {
  why.push_back({std::move(code), {std::move(zh), std::move(en)}});
}

void add_state(const registry::Record& task, const std::string& today, std::vector<Why>& why) {
  if (task.state == "issued") {
    const auto days = days_between(task.fields["issued_on"].as_string(), today).value_or(0);
    const bool some = days > 0;
    add(why, "not_accepted", some ? fmt::format("下达 {} 天未签收", days) : "尚未签收",
        some ? fmt::format("not accepted for {} days", days) : "not accepted yet");
  }
  if (task.state == "accepted")
    add(why, "not_started", "已签收未开始办理", "accepted, work has not begun");
  if (task.state == "returned") add(why, "returned", "报结后被退回重办", "was returned");
  if (!task.pending.is_null())
    add(why, "waits", "延期申请待批", "more time was asked for and is not granted yet");
}

void add_reports(const registry::Record& task, const TaskStanding& seen, const std::string& today,
                 std::vector<Why>& why) {
  if (task.state != "doing") return;
  if (seen.last_day.empty()) return add(why, "no_report", "无进展记录", "no progress was reported");
  const auto days = days_between(seen.last_day, today).value_or(0);
  if (days >= kSilentDays)
    add(why, "silent", fmt::format("{} 天无新进展", days),
        fmt::format("no progress was reported for {} days", days));
}

std::vector<Why> why_late(const registry::Record& task, const TaskStanding& seen,
                          const std::string& today) {
  std::vector<Why> out;
  add_state(task, today, out);
  add_reports(task, seen, today, out);
  if (is_after(task.fields["issued_on"].as_string(), seen.due))
    add(out, "issued_late", "下达时已过时限", "was past its due date when it was issued");
  if (seen.unit.empty()) add(out, "no_unit", "未明确责任单位", "no unit is responsible");
  const std::string& stated = task.fields["delay_reason"].as_string();
  if (!stated.empty()) add(out, "stated", stated, stated);
  return out;
}

Standing standing(const registry::Record& task, const TaskStanding& seen, const std::string& today,
                  std::int64_t soon_days) {
  if (task.state == "done") return Standing::kDone;
  if (task.state == "submitted") return Standing::kSubmitted;
  if (is_after(today, seen.due)) return Standing::kLate;
  const auto left = days_between(today, seen.due);
  return left && *left <= soon_days ? Standing::kDueSoon : Standing::kOpen;
}

}  // namespace

std::string_view to_key(Standing standing) {
  return base::key_of(kStandings, standing);
}

std::optional<Standing> standing_from(std::string_view key) {
  return base::value_of<Standing>(kStandings, key);
}

TaskStanding standing_of(const registry::Record& task, const std::string& today,
                         std::int64_t soon_days) {
  const auto text = [&](const char* key) { return task.fields[key].as_string(); };
  TaskStanding out;
  out.id = task.id;
  out.number = task.number;
  out.state = task.state;
  out.title = text("title");
  out.goal = text("goal");
  out.document = text("document");
  out.unit = text("unit");
  out.units_helping = text("units_helping");
  out.district = text("district");
  out.due = text("due");
  if (task.fields["percent"].is_int()) out.percent = task.fields["percent"].as_int();
  read_reports(task.fields["progress"], out);
  out.standing = standing(task, out, today, soon_days);
  const bool finished = task.state == "done" || task.state == "submitted";
  out.done_late = finished && is_after(day_of(task.fields["submitted_at"]), out.due);
  if (!finished) out.days = days_between(today, out.due).value_or(0);
  if (out.standing == Standing::kLate) {
    out.days = -out.days;
    out.why = why_late(task, out, today);
  }
  return out;
}

}  // namespace jinglue::act::task
