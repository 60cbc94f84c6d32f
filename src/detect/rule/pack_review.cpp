// SPDX-License-Identifier: Apache-2.0
#include "detect/rule/pack_review.hpp"

#include <algorithm>
#include <map>

#include "base/local_time.hpp"

namespace jinglue::detect {
namespace {

using base::Json;

Json edge(base::Instant t) {
  if (t == base::kDistantPast || t == base::kDistantFuture) return nullptr;
  return base::to_iso(t);
}

bool overdue(const Rule& rule, base::Instant now) {
  return !rule.review.empty() &&
         base::to_local_text(now, rule.timezone).substr(0, 10) > rule.review;
}

base::Words name_of(const RulePack& pack, const std::string& area) {
  const auto zone = pack.zone_index(area);
  return zone == SIZE_MAX ? base::Words{area, area} : pack.zones()[zone]->name;
}

}  // namespace

std::vector<TimeSpan> gaps_of(const std::vector<Rule>& rules, Family family,
                              const std::string& area) {
  std::vector<TimeSpan> held;
  for (const auto& rule : rules) {
    if (rule.enabled && rule.family == family && rule.area == area) held.push_back(rule.valid);
  }
  std::sort(held.begin(), held.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  std::vector<TimeSpan> out;
  base::Instant reached = base::kDistantPast;
  for (const auto& span : held) {
    if (span.from > reached) out.push_back({reached, span.from});
    reached = std::max(reached, span.to);
  }
  if (reached < base::kDistantFuture) out.push_back({reached, base::kDistantFuture});
  return out;
}

PackReview review_pack(const RulePack& pack, base::Instant now) {
  std::map<std::pair<Family, std::string>, bool> asked;  // whether it is promised
  for (const auto& rule : pack.rules()) {
    if (rule.family != Family::kZone && rule.overrides.empty()) {
      asked.emplace(std::pair(rule.family, rule.area), false);
    }
  }
  for (const auto& coverage : pack.coverage()) asked[{coverage.family, coverage.area}] = true;
  PackReview out;
  for (const auto& [what, promised] : asked) {
    const auto& [family, area] = what;
    for (const auto& span : gaps_of(pack.rules(), family, area)) {
      out.gaps.push_back({family, area, name_of(pack, area), promised, span});
    }
  }
  for (std::size_t i = 0; i < pack.rules().size(); ++i) {
    const Rule& rule = pack.rules()[i];
    const Doubt doubt{i, !rule.verified(), overdue(rule, now)};
    if (doubt.unverified || doubt.overdue) out.doubts.push_back(doubt);
  }
  return out;
}

Json to_json(const PackReview& review, const RulePack& pack) {
  Json gaps = Json::array();
  for (const auto& gap : review.gaps) {
    gaps.push(Json::object(
        {{"kind", Json(to_key(gap.family))},
         {"area", gap.area},
         {"area_name", Json::object({{"zh", gap.area_name.zh}, {"en", gap.area_name.en}})},
         {"promised", gap.promised},
         {"from", edge(gap.span.from)},
         {"to", edge(gap.span.to)}}));
  }
  Json unverified = Json::array();
  for (const auto& doubt : review.doubts) {
    const Rule& rule = pack.rules()[doubt.rule];
    Json because = Json::array();
    if (doubt.unverified) because.push("confidence");
    if (doubt.overdue) because.push("review");
    unverified.push(Json::object({{"id", rule.id},
                                  {"version", rule.version},
                                  {"where", rule.where},
                                  {"confidence", rule.confidence},
                                  {"review", rule.review},
                                  {"because", std::move(because)}}));
  }
  return Json::object({{"gaps", std::move(gaps)}, {"unverified", std::move(unverified)}});
}

}  // namespace jinglue::detect
