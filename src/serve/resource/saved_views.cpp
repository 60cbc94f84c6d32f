// SPDX-License-Identifier: Apache-2.0
// /registers/{register}/views: ways of looking at a register that people keep under a name.
#include "registry/saved_views.hpp"
#include "registry/registry.hpp"
#include "serve/api/call.hpp"
#include "serve/form/find_record.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Json view_json(const registry::SavedView& view) {
  return Json::object({{"id", view.id},
                       {"name", view.name},
                       {"query", view.query},
                       {"shared", view.shared},
                       {"owner", view.owner},
                       {"changed_at", base::to_iso(view.changed_at)}});
}

/// The register of the path, when the person may see it.
base::Result<std::string> readable_register(const Call& call) {
  const auto definition = find_readable_register(call);
  if (!definition) return tl::unexpected(definition.error());
  return (*definition)->id;
}

registry::SavedViews views_of(const Call& call) {
  return registry::SavedViews(call.services.registry->records());
}

Answer list_views(Call& call) {
  const auto id = readable_register(call);
  if (!id) return tl::unexpected(id.error());
  Json items = Json::array();
  for (const auto& view : views_of(call).list(*id, call.actor().user)) items.push(view_json(view));
  return json_response(Json::object({{"items", std::move(items)}}));
}

Answer save_view(Call& call) {
  const auto id = readable_register(call);
  if (!id) return tl::unexpected(id.error());
  const Json& shared = call.json["shared"];
  if (!shared.is_null() && !shared.is_bool()) {
    return base::fail(base::Code::kMalformed, "true or false", "shared");
  }
  const auto name = call.required_text("name");
  if (!name) return tl::unexpected(name.error());
  registry::SavedView view;
  view.register_id = *id;
  view.owner = call.actor().user;
  view.name = *name;
  view.query = call.json["query"].is_string() ? call.json["query"].as_string() : std::string();
  view.shared = shared.is_bool() && shared.as_bool();
  const auto saved = views_of(call).save(view, call.now);
  if (!saved) return call.refused(saved.error());
  if (saved->shared) {
    call.services.access->audit(call.actor(), "register.view.share", *id,
                                Json::object({{"name", saved->name}}), call.now);
  }
  return json_response(view_json(*saved));
}

/// One's own; who manages accounts removes those that anyone shares.
Answer remove_view(Call& call) {
  const auto id = readable_register(call);
  if (!id) return tl::unexpected(id.error());
  const bool any = access::authorise(call.actor(), access::Action::kManageUsers).has_value();
  const auto& view = call.part("view");
  if (auto done = views_of(call).remove(*id, view, call.actor().user, any); !done) {
    return call.problem({404, "missing", "there is no such view of yours"});
  }
  return no_content();
}

}  // namespace

void add_saved_views(Router& router) {
  router.add({Method::kGet, "/registers/{register}/views", list_views});
  router.add({Method::kPut, "/registers/{register}/views", save_view, Body::kJson});
  router.add({Method::kDelete, "/registers/{register}/views/{view}", remove_view});
}

}  // namespace jinglue::serve
