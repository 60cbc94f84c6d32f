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
std::string file_of(const std::string& where) {
  return where.substr(0, where.find(':'));
}

Json with_file(Json rule) {
  rule.set("file", file_of(rule["where"].as_string()));
  return rule;
}

/// Every version of every rule of the pack.
std::vector<Json> forms_of(const detect::RulePack& pack) {
  std::vector<Json> out;
  for (const auto& rule : pack.rules()) out.push_back(with_file(detect::rule_json(rule)));
  for (const auto& rule : pack.shared_numbers()) {
    out.push_back(with_file(detect::shared_number_json(rule, pack)));
  }
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
  for (auto& rule : forms_of(**pack)) items.push(std::move(rule));
  const Json review = detect::to_json(detect::review_pack(**pack, call.now), **pack);
  return json_response(Json::object({{"revision", (*pack)->revision()},
                                     {"items", std::move(items)},
                                     {"gaps", review["gaps"]},
                                     {"unverified", review["unverified"]}}));
}

/// 0 when none is in force.
std::int64_t version_now(const detect::RulePack& pack, const std::string& id, base::Instant now) {
  if (const auto* rule = pack.rule(id, now)) return rule->version;
  const auto* shared = pack.shared_number(now);
  return shared != nullptr && shared->id == id ? shared->version : 0;
}

/// The version in force now, else the last one of that id.
Answer get_rule(Call& call) {
  const auto pack = pack_for(call);
  if (!pack) return tl::unexpected(pack.error());
  const std::string& id = call.part("rule");
  const auto version = call.integer("version", 0, 0, INT64_MAX);
  if (!version) return tl::unexpected(version.error());
  const auto wanted = *version != 0 ? *version : version_now(**pack, id, call.now);
  Json out;
  for (auto& rule : forms_of(**pack)) {
    const bool it = rule["id"].as_string() == id;
    if (it && (wanted == 0 || rule["version"].as_int() == wanted)) out = std::move(rule);
  }
  if (out.is_null()) return call.problem({404, "missing", "there is no such rule: " + id});
  out.set("revision", (*pack)->revision());
  const auto text =
      call.services.rule_text ? call.services.rule_text(out["file"].as_string()) : std::nullopt;
  out.set("text", text.value_or(""));
  return json_response(out);
}

}  // namespace

void add_rules(Router& router) {
  router.add({Method::kGet, "/rules", list_rules});
  router.add({Method::kGet, "/rules/{rule}", get_rule});
}

}  // namespace jinglue::serve
