// SPDX-License-Identifier: Apache-2.0
// /rules: the rules of the pack in force, each version by itself, with the text of its file, and
// what the pack lacks. For those who see findings and for those who look after the system, whose
// folder the pack comes from.
#include "detect/rule/pack.hpp"
#include "detect/rule/pack_review.hpp"
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

/// "zones/x.toml:12" -> "zones/x.toml"
std::string file_of(const detect::Rule& rule) {
  return rule.where.substr(0, rule.where.find(':'));
}

Json rule_form(const detect::Rule& rule) {
  Json out = detect::rule_json(rule);
  out.set("file", file_of(rule));
  return out;
}

base::Result<std::shared_ptr<const detect::RulePack>> pack_for(const Call& call) {
  const access::Target own{"", call.actor().district};
  const auto may = access::authorise(call.actor(), access::Action::kSeeFindings, own);
  if (!may && !access::authorise(call.actor(), access::Action::kSeeSystem, own)) {
    return tl::unexpected(may.error());
  }
  auto pack = call.services.rules();
  if (!pack) {
    return base::fail(base::Code::kUnavailable, "no rule pack is in force", {},
                      "see /system/health");
  }
  return pack;
}

Answer list_rules(Call& call) {
  const auto pack = pack_for(call);
  if (!pack) return tl::unexpected(pack.error());
  Json items = Json::array();
  for (const auto& rule : (*pack)->rules()) items.push(rule_form(rule));
  const Json review = detect::to_json(detect::review_pack(**pack, call.now), **pack);
  return json_response(Json::object({{"revision", (*pack)->revision()},
                                     {"items", std::move(items)},
                                     {"gaps", review["gaps"]},
                                     {"unverified", review["unverified"]}}));
}

/// The version in force now, else the last one of that id.
Answer get_rule(Call& call) {
  const auto pack = pack_for(call);
  if (!pack) return tl::unexpected(pack.error());
  const std::string& id = call.part("rule");
  const detect::Rule* found = (*pack)->rule(id, call.now);
  const auto version = call.integer("version", 0, 0, INT64_MAX);
  if (!version) return tl::unexpected(version.error());
  for (const auto& rule : (*pack)->rules()) {
    if (rule.id != id) continue;
    if (rule.version == *version || (found == nullptr && *version == 0)) found = &rule;
  }
  if (found == nullptr || (*version != 0 && found->version != *version)) {
    return call.problem({404, "missing", "there is no such rule: " + id});
  }
  Json out = rule_form(*found);
  out.set("revision", (*pack)->revision());
  const auto text =
      call.services.rule_text ? call.services.rule_text(file_of(*found)) : std::nullopt;
  out.set("text", text.value_or(""));
  return json_response(out);
}

}  // namespace

void add_rules(Router& router) {
  router.add({Method::kGet, "/rules", list_rules});
  router.add({Method::kGet, "/rules/{rule}", get_rule});
}

}  // namespace jinglue::serve
