// SPDX-License-Identifier: Apache-2.0
// Progress as JSON (openapi.yaml, schema PlanProgress).
#include "act/task/progress.hpp"

namespace jinglue::act::task {
namespace {

using base::Json;

Json words_json(const base::Words& words) {
  return Json::object({{"zh", words.zh}, {"en", words.en}});
}

Json counts_json(const Counts& counts) {
  const auto n = [](std::size_t value) { return Json(std::uint64_t{value}); };
  return Json::object({{"total", n(counts.total)},
                       {"done", n(counts.done)},
                       {"submitted", n(counts.submitted)},
                       {"doing", n(counts.doing)},
                       {"waiting", n(counts.waiting)},
                       {"late", n(counts.late)},
                       {"due_soon", n(counts.due_soon)},
                       {"done_late", n(counts.done_late)}});
}

Json groups_json(const std::vector<Group>& groups) {
  Json out = Json::array();
  for (const auto& group : groups) {
    Json item = Json::object({{"key", group.key}, {"name", words_json(group.name)}});
    if (!group.kind.empty()) item.set("kind", group.kind);
    if (!group.label.empty()) item.set("label", group.label);
    if (!group.parent.empty()) item.set("parent", group.parent);
    item.set("counts", counts_json(group.counts));
    out.push(std::move(item));
  }
  return out;
}

Json task_json(const TaskStanding& task) {
  Json out = Json::object({{"id", task.id},
                           {"number", task.number},
                           {"title", task.title},
                           {"state", task.state},
                           {"standing", to_key(task.standing)},
                           {"done_late", task.done_late}});
  const auto put = [&](const char* member, const std::string& value) {
    if (!value.empty()) out.set(member, value);
  };
  put("goal", task.goal);
  put("document", task.document);
  put("unit", task.unit);
  put("units_helping", task.units_helping);
  put("district", task.district);
  put("due", task.due);
  put("last_report", task.last_report);
  put("last_day", task.last_day);
  if (!task.due.empty()) out.set("days", task.days);
  if (task.percent) out.set("percent", *task.percent);
  Json why = Json::array();
  for (const auto& one : task.why)
    why.push(Json::object({{"code", one.code}, {"text", words_json(one.text)}}));
  if (!task.why.empty()) out.set("why", std::move(why));
  return out;
}

}  // namespace

Json to_json(const Progress& progress) {
  Json tasks = Json::array();
  for (const auto& task : progress.tasks) tasks.push(task_json(task));
  return Json::object({{"today", progress.today},
                       {"soon_days", progress.soon_days},
                       {"all", counts_json(progress.all)},
                       {"goals", groups_json(progress.goals)},
                       {"districts", groups_json(progress.districts)},
                       {"units", groups_json(progress.units)},
                       {"tasks", std::move(tasks)}});
}

}  // namespace jinglue::act::task
