// SPDX-License-Identifier: Apache-2.0
// /registers: the definitions, from which forms, lists and the menu are made.
#include "registry/registry.hpp"
#include "registry/sight.hpp"
#include "registry/standing.hpp"
#include "serve/api/call.hpp"
#include "serve/form/record_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

bool is_administrator(const Call& call) {
  return access::authorise(call.actor(), access::Action::kManageRegisters).has_value();
}

/// Where the menu has it: an empty register is hidden from those who cannot fill it.
const char* menu_place(bool enabled, bool empty, bool may_edit) {
  if (!enabled) return "hidden";
  if (!empty) return "shown";
  return may_edit ? "all" : "hidden";
}

Json shown_register(const Call& call, const registry::Definition& definition) {
  const auto& actor = call.actor();
  const bool enabled = definition.enabled();
  const bool empty = registry::is_empty_for(*call.services.registry, definition, actor);
  Json out = register_json(definition, actor);
  out.set("enabled", enabled).set("empty", empty);
  out.set("menu", menu_place(enabled, empty, may_edit_register(definition, actor)));
  return out;
}

Answer list_registers(Call& call) {
  Json items = Json::array();
  const auto& registry = *call.services.registry;
  const bool administrator = is_administrator(call);
  for (const auto& definition : registry.definitions()) {
    if (!definition.enabled() && !administrator) continue;
    if (!registry::is_for_roles_of(definition, call.actor())) continue;
    items.push(shown_register(call, definition));
  }
  return json_response(Json::object({{"items", std::move(items)}}));
}

Answer get_register(Call& call) {
  const auto& registry = *call.services.registry;
  const auto* definition = registry.definition(call.part("register"));
  if (definition == nullptr) {
    return call.problem({404, "missing", "there is no such register: " + call.part("register")});
  }
  if (!is_administrator(call)) {
    if (auto enabled = registry::check_enabled(*definition); !enabled) {
      return tl::unexpected(enabled.error());
    }
  }
  if (!registry::is_for_roles_of(*definition, call.actor())) {
    return call.problem({403, "forbidden", "this register is not for your roles"});
  }
  return json_response(shown_register(call, *definition));
}

}  // namespace

void add_registers(Router& router) {
  router.add({Method::kGet, "/registers", list_registers});
  router.add({Method::kGet, "/registers/{register}", get_register});
}

}  // namespace jinglue::serve
