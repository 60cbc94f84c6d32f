// SPDX-License-Identifier: Apache-2.0
// /zones: all zones of the rule pack as GeoJSON. The ETag is the pack's revision, so that a browser
// fetches them again only when they changed. The text is made once per pack.
#include <mutex>
#include <set>

#include "base/hash.hpp"
#include "detect/rule/pack.hpp"
#include "serve/api/call.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

/// The last answer: packs change a few times a year.
struct Kept {
  std::mutex mutex;
  std::string revision;
  std::shared_ptr<const std::string> text;  // shared with the responses under way
};

std::shared_ptr<const std::string> all_zones(Kept& kept, const detect::RulePack& pack) {
  const std::lock_guard lock(kept.mutex);
  if (!kept.text || kept.revision != pack.revision()) {
    kept.text = std::make_shared<const std::string>(detect::zones_geojson(pack).dump());
    kept.revision = pack.revision();
  }
  return kept.text;
}

std::string zones_of_kinds(const detect::RulePack& pack, const std::vector<std::string>& kinds) {
  const std::set<std::string> wanted(kinds.begin(), kinds.end());
  const Json whole = detect::zones_geojson(pack);
  Json features = Json::array();
  for (const auto& feature : whole["features"].items()) {
    if (wanted.contains(feature["properties"]["kind"].as_string())) features.push(feature);
  }
  return Json::object({{"type", "FeatureCollection"}, {"features", std::move(features)}}).dump();
}

Answer list_zones(Call& call, Kept& kept) {
  const auto may =
      access::authorise(call.actor(), access::Action::kSeeSituation, {"", call.actor().district});
  // Who says where an output ends must know the areas; they are no positions.
  if (!may && !access::authorise(call.actor(), access::Action::kManageOutputs)) {
    return tl::unexpected(may.error());
  }
  const auto pack = call.services.rules();
  if (!pack) {
    return base::fail(base::Code::kUnavailable, "no rule pack is in force", {},
                      "see /system/health");
  }
  const auto kinds = call.list("kind");
  const std::string tag =
      base::sha256_hex(pack->revision() + " " + call.text("kind")).substr(0, 32);
  Response out;
  out.headers.emplace_back("ETag", '"' + tag + '"');
  out.headers.emplace_back("Cache-Control", "private, no-cache");
  if (call.request.header("if-none-match").find(tag) != std::string_view::npos) {
    out.status = 304;
    return out;
  }
  out.type = "application/geo+json";
  if (kinds.empty()) {
    out.body = all_zones(kept, *pack);
  } else {
    out.set_body(zones_of_kinds(*pack, kinds));
  }
  return out;
}

}  // namespace

void add_zones(Router& router) {
  // Shared because the handler is copied with its route; guarded by its mutex.
  auto kept = std::make_shared<Kept>();
  router.add({Method::kGet, "/zones", [kept](Call& call) { return list_zones(call, *kept); }});
}

}  // namespace jinglue::serve
