// SPDX-License-Identifier: Apache-2.0
// /registers/standing: which registers are in use, for administrators (registry/standing.hpp).
#include "registry/standing.hpp"
#include "serve/api/call.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr std::size_t kMostChanges = 500;

registry::Standings standings(const Call& call) {
  return {*call.services.registry, *call.services.access};
}

Json standing_json(const registry::Registry& registry, const registry::Standing& one) {
  const auto& definition = *registry.definition(one.register_id);
  Json users = Json::array();
  for (const auto& id : registry::users_of(registry, one.register_id)) users.push(id);
  Json out = Json::object({{"register", one.register_id},
                           {"name", words_json(definition.name)},
                           {"enabled", one.enabled},
                           {"core", definition.core},
                           {"used_by", std::move(users)}});
  out.set("records", registry::record_count(registry, definition));
  if (one.at.ms == 0) return out;
  out.set("at", base::to_iso(one.at)).set("by", one.by);
  if (!one.reason.empty()) out.set("reason", one.reason);
  return out;
}

Response all_standings(const Call& call) {
  Json items = Json::array();
  for (const auto& one : standings(call).all()) {
    items.push(standing_json(*call.services.registry, one));
  }
  return json_response(Json::object({{"items", std::move(items)}}));
}

Answer list_standings(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kManageRegisters);
  if (!may) return tl::unexpected(may.error());
  return all_standings(call);
}

/// {"changes": [{"register", "enabled"}], "reason"}: one or many at once.
base::Result<std::vector<registry::StandingChange>> read_changes(const Call& call) {
  const Json& list = call.json["changes"];
  const bool good = list.is_array() && !list.items().empty() && list.items().size() <= kMostChanges;
  if (!good) {
    return base::fail(base::Code::kMalformed, "a list of {register, enabled}", "changes");
  }
  std::vector<registry::StandingChange> out;
  for (const auto& one : list.items()) {
    if (!one["register"].is_string() || !one["enabled"].is_bool()) {
      return base::fail(base::Code::kMalformed, "each change names a register and says enabled",
                        "changes", "{\"register\": \"case\", \"enabled\": true}");
    }
    out.push_back({one["register"].as_string(), one["enabled"].as_bool()});
  }
  return out;
}

Answer change_standings(Call& call) {
  const auto may = access::authorise(call.actor(), access::Action::kManageRegisters);
  if (!may) return tl::unexpected(may.error());
  const auto changes = read_changes(call);
  if (!changes) return tl::unexpected(changes.error());
  const registry::Write write{call.actor(), call.now, {}, call.json["reason"].as_string()};
  auto done = standings(call).set(*changes, write);
  if (!done) return call.refused(done.error());
  return all_standings(call);
}

}  // namespace

void add_register_standing(Router& router, const Hooks& hooks) {
  router.add({Method::kGet, "/registers/standing", list_standings});
  router.add({Method::kPatch, "/registers/standing",
              [told = hooks.registers_changed](Call& call) {
                auto answer = change_standings(call);
                if (answer && answer->status == 200) told();
                return answer;
              },
              Body::kJson});
}

}  // namespace jinglue::serve
