// SPDX-License-Identifier: Apache-2.0
#include "serve/form/find_record.hpp"

#include "registry/sight.hpp"
#include "registry/standing.hpp"

namespace jinglue::serve {

base::Result<const registry::Definition*> find_register(const Call& call) {
  const auto* definition = call.services.registry->definition(call.part("register"));
  if (definition == nullptr) {
    return base::fail(base::Code::kMissing, "there is no such register: " + call.part("register"));
  }
  if (auto enabled = registry::check_enabled(*definition); !enabled) {
    return tl::unexpected(enabled.error());
  }
  return definition;
}

base::Result<const registry::Definition*> find_readable_register(const Call& call) {
  auto definition = find_register(call);
  if (!definition) return definition;
  if (!registry::may_see_any(**definition, call.actor())) {
    return base::fail(base::Code::kForbidden, "this register is not for your roles");
  }
  return definition;
}

base::Result<registry::Record> find_record(const Call& call, const std::string& register_id) {
  const auto& registry = *call.services.registry;
  const auto* definition = registry.definition(register_id);
  const std::string& id = call.part("record");
  const auto missing = base::fail(base::Code::kMissing, "there is no such record: " + id);
  if (definition == nullptr) return missing;
  if (auto enabled = registry::check_enabled(*definition); !enabled) {
    return tl::unexpected(enabled.error());
  }
  if (!registry::may_see_any(*definition, call.actor())) {
    return base::fail(base::Code::kForbidden, "this register is not for your roles");
  }
  auto record = registry.find(register_id, id);
  if (!record || !registry.may_see(*record, call.actor())) return missing;
  return std::move(*record);
}

}  // namespace jinglue::serve
