// SPDX-License-Identifier: Apache-2.0
// /registers/{register}/schedules: records that come again and again (registry/record_schedules).
#include "registry/record_schedules.hpp"
#include "registry/life.hpp"
#include "registry/registry.hpp"
#include "registry/span.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/form/left_out.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr std::size_t kShownNext = 3;
constexpr std::size_t kShownRuns = 12;

registry::RecordSchedules schedules_of(const Call& call) {
  return {*call.services.registry, *call.services.access};
}

Json next_json(const registry::Occurrence& one) {
  return Json::object({{"period", one.period},
                       {"due", registry::expression::to_text(one.due)},
                       {"make_on", registry::expression::to_text(one.make_on)}});
}

Json run_json(const registry::ScheduleRun& run) {
  Json out = Json::object({{"period", run.period},
                           {"due", registry::expression::to_text(run.due)},
                           {"at", base::to_iso(run.at)}});
  if (!run.record.empty()) out.set("record", run.record);
  return out;
}

Json schedule_json(const Call& call, const registry::Definition& definition,
                   const registry::RecordSchedule& one) {
  const auto schedules = schedules_of(call);
  auto seen = registry::fitted(definition, one.fields, call.actor());
  Json tell = Json::array();
  for (const auto& to : one.tell) tell.push(to);
  Json next = Json::array();
  for (const auto& period : schedules.next(one, call.now, kShownNext)) next.push(next_json(period));
  Json runs = Json::array();
  for (const auto& run : schedules.runs(one.id, kShownRuns)) runs.push(run_json(run));
  Json out = Json::object({{"id", one.id},
                           {"name", one.name},
                           {"owner", one.owner},
                           {"fields", std::move(seen.fields)},
                           {"left_out", left_out_json(seen.left_out)},
                           {"rule", registry::to_json(one.rule)},
                           {"tell", std::move(tell)},
                           {"paused", one.paused},
                           {"next", std::move(next)},
                           {"runs", std::move(runs)},
                           {"changed_at", base::to_iso(one.changed_at)}});
  if (!one.trouble.empty()) out.set("trouble", one.trouble);
  return out;
}

Answer list_schedules(Call& call) {
  const auto definition = find_readable_register(call);
  if (!definition) return tl::unexpected(definition.error());
  Json items = Json::array();
  for (const auto& one : schedules_of(call).list((*definition)->id)) {
    items.push(schedule_json(call, **definition, one));
  }
  return json_response(Json::object({{"items", std::move(items)}}));
}

base::Result<registry::RecordSchedule> read_schedule(const Call& call,
                                                     const registry::Definition& definition) {
  const registry::LocalDays local{registry::zone_of(definition)};
  auto rule = registry::read_recurrence(call.json["rule"], local.of(call.now));
  if (!rule) return tl::unexpected(rule.error());
  if (!call.json["fields"].is_object()) {
    return base::fail(base::Code::kMalformed, "values by field key", "fields");
  }
  const Json& paused = call.json["paused"];
  const Json& tell = call.json["tell"];
  if (!(paused.is_null() || paused.is_bool()) || !(tell.is_null() || tell.is_array())) {
    return base::fail(base::Code::kMalformed, "paused: true or false; tell: a list",
                      paused.is_null() || paused.is_bool() ? "tell" : "paused");
  }
  registry::RecordSchedule out;
  out.register_id = definition.id;
  out.name = call.json["name"].as_string();
  out.fields = call.json["fields"];
  out.rule = std::move(*rule);
  for (const auto& to : tell.items()) out.tell.push_back(to.as_string());
  out.paused = paused.is_bool() && paused.as_bool();
  return out;
}

bool may_change_any(const Call& call) {
  return access::authorise(call.actor(), access::Action::kManageUsers).has_value();
}

Answer save_schedule(Call& call) {
  const auto definition = find_readable_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const auto name = call.required_text("name");
  if (!name) return tl::unexpected(name.error());
  const auto wanted = read_schedule(call, **definition);
  if (!wanted) return call.refused(wanted.error());
  const auto saved = schedules_of(call).save(*wanted, call.actor(), may_change_any(call), call.now);
  if (!saved) return call.refused(saved.error());
  return json_response(schedule_json(call, **definition, *saved));
}

Answer remove_schedule(Call& call) {
  const auto definition = find_readable_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const auto done = schedules_of(call).remove((*definition)->id, call.part("schedule"),
                                              call.actor(), may_change_any(call), call.now);
  if (!done) return tl::unexpected(done.error());
  return no_content();
}

}  // namespace

void add_record_schedules(Router& router) {
  const std::string list = "/registers/{register}/schedules";
  router.add({Method::kGet, list, list_schedules});
  router.add({Method::kPut, list, save_schedule, Body::kJson});
  router.add({Method::kDelete, list + "/{schedule}", remove_schedule});
}

}  // namespace jinglue::serve
