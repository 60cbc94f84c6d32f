// SPDX-License-Identifier: Apache-2.0
// /registers/{register}/templates: values kept under a name, with which a new record begins.
#include "registry/record_templates.hpp"
#include "registry/registry.hpp"
#include "registry/sight.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/form/left_out.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

/// As this person may use it.
Json template_json(const registry::Definition& definition, const registry::RecordTemplate& one,
                   const access::Actor& actor) {
  auto seen = registry::fitted(definition, one.fields, actor);
  Json out = Json::object({{"id", one.id},
                           {"name", one.name},
                           {"owner", one.owner},
                           {"shared", one.shared},
                           {"fields", std::move(seen.fields)},
                           {"left_out", left_out_json(seen.left_out)},
                           {"changed_at", base::to_iso(one.changed_at)}});
  return out;
}

registry::RecordTemplates templates_of(const Call& call) {
  return registry::RecordTemplates(*call.services.registry);
}

Answer list_templates(Call& call) {
  const auto definition = find_readable_register(call);
  if (!definition) return tl::unexpected(definition.error());
  Json items = Json::array();
  for (const auto& one : templates_of(call).list((*definition)->id, call.actor().user)) {
    items.push(template_json(**definition, one, call.actor()));
  }
  return json_response(Json::object({{"items", std::move(items)}}));
}

/// What is to be kept: values of a form, or those of a record as the person sees it.
base::Result<Json> read_values(const Call& call, const registry::Definition& definition) {
  const Json& fields = call.json["fields"];
  const Json& record = call.json["record"];
  if (fields.is_object() && record.is_null()) return fields;
  if (!fields.is_null() || !record.is_string()) {
    return base::fail(base::Code::kMalformed, "values by field key, or record: an id", "fields");
  }
  const auto found =
      call.services.registry->find_for(call.actor(), definition.id, record.as_string());
  if (!found) return base::fail(base::Code::kMissing, "there is no such record", "record");
  return found->fields;
}

Answer save_template(Call& call) {
  const auto definition = find_readable_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const Json& shared = call.json["shared"];
  if (!shared.is_null() && !shared.is_bool()) {
    return base::fail(base::Code::kMalformed, "true or false", "shared");
  }
  const auto name = call.required_text("name");
  if (!name) return tl::unexpected(name.error());
  const auto values = read_values(call, **definition);
  if (!values) return call.refused(values.error());
  registry::RecordTemplate wanted;
  wanted.register_id = (*definition)->id;
  wanted.name = *name;
  wanted.fields = *values;
  wanted.shared = shared.is_bool() && shared.as_bool();
  const auto saved = templates_of(call).save(wanted, call.actor(), call.now);
  if (!saved) return call.refused(saved.error());
  if (saved->shared) {
    call.services.access->audit(call.actor(), "register.template.share", (*definition)->id,
                                Json::object({{"name", saved->name}}), call.now);
  }
  Json out = template_json(**definition, *saved, call.actor());
  // What of the given values was not kept, and why.
  out.set("left_out",
          left_out_json(registry::fitted(**definition, *values, call.actor()).left_out));
  return json_response(std::move(out));
}

/// One's own; who manages accounts removes those that anyone shares.
Answer remove_template(Call& call) {
  const auto definition = find_readable_register(call);
  if (!definition) return tl::unexpected(definition.error());
  const bool any = access::authorise(call.actor(), access::Action::kManageUsers).has_value();
  if (!templates_of(call).remove((*definition)->id, call.part("template"), call.actor().user,
                                 any)) {
    return call.problem({404, "missing", "there is no such template of yours"});
  }
  return no_content();
}

}  // namespace

void add_record_templates(Router& router) {
  const std::string list = "/registers/{register}/templates";
  router.add({Method::kGet, list, list_templates});
  router.add({Method::kPut, list, save_template, Body::kJson});
  router.add({Method::kDelete, list + "/{template}", remove_template});
}

}  // namespace jinglue::serve
