// SPDX-License-Identifier: Apache-2.0
// /registers: the definitions, from which forms and lists are made.
#include "registry/registry.hpp"
#include "registry/sight.hpp"
#include "serve/api/call.hpp"
#include "serve/form/record_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Answer list_registers(Call& call) {
  Json items = Json::array();
  const auto& registry = *call.services.registry;
  for (const auto& definition : registry.definitions()) {
    if (!registry::may_see_any(definition, call.actor())) continue;
    items.push(register_json(definition, call.actor()));
  }
  return json_response(Json::object({{"items", std::move(items)}}));
}

Answer get_register(Call& call) {
  const auto& registry = *call.services.registry;
  const auto* definition = registry.definition(call.part("register"));
  if (definition == nullptr) {
    return call.problem({404, "missing", "there is no such register: " + call.part("register")});
  }
  if (!registry::may_see_any(*definition, call.actor())) {
    return call.problem({403, "forbidden", "this register is not for your roles"});
  }
  return json_response(register_json(*definition, call.actor()));
}

}  // namespace

void add_registers(Router& router) {
  router.add({Method::kGet, "/registers", list_registers});
  router.add({Method::kGet, "/registers/{register}", get_register});
}

}  // namespace jinglue::serve
