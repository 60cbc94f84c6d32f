// SPDX-License-Identifier: Apache-2.0
// /registers/changes: what has changed in the registers since a cursor, for programs that keep a
// copy (registry/change_feed.hpp).
#include "registry/change_feed.hpp"
#include "registry/standing.hpp"
#include "serve/api/call.hpp"
#include "serve/form/question.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

base::Result<std::vector<std::string>> read_registers(const Call& call) {
  auto out = call.list("register");
  for (const auto& id : out) {
    const auto* definition = call.services.registry->definition(id);
    if (definition == nullptr) {
      return base::fail(base::Code::kMalformed, "there is no such register: " + id, "register");
    }
    if (auto enabled = registry::check_enabled(*definition); !enabled) {
      return tl::unexpected(enabled.error());
    }
  }
  return out;
}

Answer list_changes(Call& call) {
  const auto limit = call.limit(500);
  if (!limit) return tl::unexpected(limit.error());
  const auto registers = read_registers(call);
  if (!registers) return tl::unexpected(registers.error());
  const auto form = read_format(call, {"json", "ndjson"});
  if (!form) return tl::unexpected(form.error());
  registry::ChangePage page;
  if (call.text("since") == "now") {
    page.next = registry::last_change(*call.services.registry);
  } else {
    const auto since = call.integer("since", 0, 0, INT64_MAX);
    if (!since) return tl::unexpected(since.error());
    page = registry::changes_for(*call.services.registry, call.actor(), *since, *limit, *registers);
  }
  if (*form == "ndjson") {
    std::string lines;
    for (const auto& one : page.items) lines += registry::to_json(one).dump() + "\n";
    Response out = bytes_response(std::move(lines), std::string(kNdjson));
    out.headers.emplace_back("X-Next-Cursor", std::to_string(page.next));
    out.headers.emplace_back("X-More", page.more ? "true" : "false");
    return out;
  }
  Json items = Json::array();
  for (const auto& one : page.items) items.push(registry::to_json(one));
  return json_response(
      Json::object({{"items", std::move(items)}, {"next", page.next}, {"more", page.more}}));
}

}  // namespace

void add_register_changes(Router& router) {
  router.add({Method::kGet, "/registers/changes", list_changes});
}

}  // namespace jinglue::serve
