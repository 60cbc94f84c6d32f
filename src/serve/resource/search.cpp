// SPDX-License-Identifier: Apache-2.0
// /search: one box for vessels, records, findings and typed coordinates.
#include "registry/search.hpp"
#include "picture/live/live.hpp"
#include "registry/registry.hpp"
#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/finding_form.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/form/record_form.hpp"
#include "serve/form/typed_position.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

Json find_vessels(const Call& call, const picture::LiveSnapshot& live, const std::string& text,
                  std::size_t limit) {
  Json out = Json::array();
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return out;
  // More than asked for, because some may be another district's.
  for (const auto* entry : live.search(text, limit * 8)) {
    if (out.items().size() == limit) break;
    if (entry->vessel && !right.sees(entry->vessel->district)) continue;
    out.push(vessel_json(*entry, live.now, call.services.flags));
  }
  return out;
}

Json parts_json(const std::vector<registry::TextPart>& parts) {
  Json out = Json::array();
  for (const auto& part : parts) {
    Json one = Json::object({{"text", part.text}});
    if (part.hit) one.set("hit", true);
    out.push(std::move(one));
  }
  return out;
}

Json find_records(const Call& call, const std::string& text, std::size_t limit) {
  const auto& registry = *call.services.registry;
  Json out = Json::array();
  for (const auto& found : registry::search(registry, call.actor(), text, limit)) {
    const auto& record = found.record;
    Json item = Json::object({{"register", record.register_id},
                              {"id", record.id},
                              {"title", title_of(registry, record)}});
    if (!record.number.empty()) item.set("number", record.number);
    if (!record.state.empty()) item.set("state", record.state);
    if (!found.title.empty()) item.set("title_parts", parts_json(found.title));
    Json snippets = Json::array();
    for (const auto& one : found.snippets) {
      snippets.push(Json::object({{"field", one.field}, {"parts", parts_json(one.parts)}}));
    }
    if (!snippets.items().empty()) item.set("snippets", std::move(snippets));
    out.push(std::move(item));
  }
  return out;
}

Json find_findings(const Call& call, const picture::LiveSnapshot& live, const std::string& text,
                   std::size_t limit) {
  Json out = Json::array();
  const RowRight right = finding_right(call.actor());
  if (!right.status()) return out;
  findings::Query query;
  query.text = text;
  query.within = call.actor().reach();
  query.limit = limit;
  for (const auto& finding : call.services.findings->list(query, call.now).items) {
    out.push(finding_json(finding, &live));
  }
  return out;
}

Answer search(Call& call) {
  const std::string text(base::trim(call.text("q")));
  if (text.empty()) return base::fail(base::Code::kMalformed, "a text to search for", "q");
  const auto limit = call.limit(10, 50);
  if (!limit) return tl::unexpected(limit.error());
  const auto live = call.services.live();
  Json out = Json::object({{"vessels", find_vessels(call, *live, text, *limit)},
                           {"records", find_records(call, text, *limit)},
                           {"findings", find_findings(call, *live, text, *limit)}});
  if (const auto position = parse_typed_position(text)) {
    out.set("position", Json::object({{"lat", position->lat_deg}, {"lon", position->lon_deg}}));
  }
  return json_response(out);
}

}  // namespace

void add_search(Router& router) {
  router.add({Method::kGet, "/search", search});
}

}  // namespace jinglue::serve
