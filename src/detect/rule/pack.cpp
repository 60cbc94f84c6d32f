// SPDX-License-Identifier: Apache-2.0
#include "detect/rule/pack.hpp"

#include <algorithm>

namespace jinglue::detect {
namespace {

using base::Json;

Json to_json(const base::Words& words) {
  return Json::object({{"zh", words.zh}, {"en", words.en}});
}

Json to_json(const std::vector<std::string>& texts) {
  Json out = Json::array();
  for (const auto& text : texts) out.push(text);
  return out;
}

/// Null for "since ever" and "until further notice".
Json to_json(base::Instant t) {
  if (t == base::kDistantPast || t == base::kDistantFuture) return nullptr;
  return base::to_iso(t);
}

Json maybe(const std::optional<double>& value) {
  return value ? Json(*value) : Json();
}

Json to_json(const Criteria& c) {
  Json kinds = Json::array();
  for (const auto kind : c.kinds) kinds.push(Json(model::to_key(kind)));
  Json out = Json::object();
  const auto list = [&out](const char* key, Json value) {
    if (!value.items().empty()) out.set(key, std::move(value));
  };
  list("kinds", std::move(kinds));
  list("gears", to_json(c.gears));
  list("flags", to_json(c.flags));
  list("home_ports", to_json(c.home_ports));
  list("districts", to_json(c.districts));
  list("groups", to_json(c.groups));
  list("vessels", to_json(c.vessels));
  if (c.length_min_m) out.set("length_min_m", maybe(c.length_min_m));
  if (c.length_max_m) out.set("length_max_m", maybe(c.length_max_m));
  if (c.registered) out.set("registered", *c.registered);
  return out;
}

void add_condition(const Rule& r, Json& out) {
  if (r.family == Family::kZone) {
    out.set("on", Json(to_key(r.trigger)));
    out.set("speed_min_kn", maybe(r.speed_min_kn));
    out.set("speed_max_kn", maybe(r.speed_max_kn));
    out.set("at_berth", r.at_berth_silent ? "silent" : "count");
  }
  out.set("dwell_fixes", r.dwell.fixes);
  out.set("dwell_s", r.dwell.time.count() / 1000);
  out.set("hysteresis_fixes", r.hysteresis.fixes);
  out.set("hysteresis_s", r.hysteresis.time.count() / 1000);
  Json escalate = Json::array();
  for (const auto& step : r.escalate) {
    escalate.push(Json::object({{"after_min", step.after.count() / 60'000},
                                {"severity", Json(model::to_key(step.severity))}}));
  }
  out.set("escalate", std::move(escalate));
  if (r.late_return) {
    out.set("late_return", Json::object({{"severity", Json(model::to_key(r.late_return->severity))},
                                         {"grace_min", r.late_return->grace.count() / 60'000},
                                         {"speed_min_kn", r.late_return->speed_min_kn}}));
  }
}

}  // namespace

const Source* RulePack::source(std::string_view id) const {
  const auto at = std::find_if(m_sources.begin(), m_sources.end(),
                               [&](const auto& source) { return source.id == id; });
  return at == m_sources.end() ? nullptr : &*at;
}

std::size_t RulePack::zone_index(std::string_view id) const {
  const auto at = std::find_if(m_zones.begin(), m_zones.end(),
                               [&](const auto& zone) { return zone->id == id; });
  return at == m_zones.end() ? SIZE_MAX : std::size_t(at - m_zones.begin());
}

std::size_t RulePack::group_index(std::string_view key) const {
  const auto at = std::find_if(m_groups.begin(), m_groups.end(),
                               [&](const auto& group) { return group.key == key; });
  return at == m_groups.end() ? SIZE_MAX : std::size_t(at - m_groups.begin());
}

const SharedNumberRule* RulePack::shared_number(base::Instant t) const {
  for (const auto& rule : m_shared_numbers) {
    if (rule.valid.from <= t && t < rule.valid.to) return &rule;
  }
  return nullptr;
}

const Rule* RulePack::rule(std::string_view id, base::Instant t) const {
  for (const auto& rule : m_rules) {
    if (rule.enabled && rule.id == id && rule.valid.holds(t)) return &rule;
  }
  return nullptr;
}

Json rule_json(const Rule& r) {
  Json out = Json::object({{"id", r.id},
                           {"version", r.version},
                           {"kind", Json(to_key(r.family))},
                           {"level", Json(to_key(r.level))},
                           {"name", to_json(r.name)},
                           {"enabled", r.enabled},
                           {"valid_from", to_json(r.valid.from)},
                           {"valid_to", to_json(r.valid.to)},
                           {"area", r.area},
                           {"season", r.season_text},
                           {"timezone", r.timezone},
                           {"severity", Json(model::to_key(r.severity))},
                           {"gears", to_json(r.gears)},
                           {"exempt_gears", to_json(r.exempt_gears)},
                           {"auxiliary", r.auxiliary},
                           {"include", to_json(r.include)},
                           {"exclude", to_json(r.exclude)},
                           {"overrides", to_json(r.overrides)},
                           {"article", to_json(r.article.text)},
                           {"article_as_of", r.article.as_of},
                           {"sources", to_json(r.sources)},
                           {"confidence", r.confidence},
                           {"verified", r.verified()},
                           {"review", r.review},
                           {"note", r.note},
                           {"where", r.where}});
  if (!r.title.zh.empty()) out.set("title", to_json(r.title));
  if (!r.enabled) out.set("disabled_because", to_json(r.disabled_because));
  add_condition(r, out);
  return out;
}

Json shared_number_json(const SharedNumberRule& r, const RulePack& pack) {
  Json kinds = Json::array();
  for (const auto kind : r.exclude_kinds) kinds.push(Json(model::to_key(kind)));
  base::Words basis;
  for (const auto& id : r.sources) {
    const auto* source = pack.source(id);
    if (source == nullptr) continue;
    basis.zh += (basis.zh.empty() ? "" : "；") + source->title;
    basis.en += (basis.en.empty() ? "" : "; ") + source->title;
  }
  return Json::object({{"id", r.id},
                       {"version", r.version},
                       {"kind", "shared_number"},
                       {"name", to_json(r.name)},
                       {"title", to_json(r.title)},
                       {"enabled", true},
                       {"valid_from", to_json(r.valid.from)},
                       {"valid_to", to_json(r.valid.to)},
                       {"severity", Json(model::to_key(r.severity))},
                       {"apart_nm", r.apart_nm},
                       {"window_min", r.window.count() / 60'000},
                       {"silence_min", r.silence.count() / 60'000},
                       {"exclude", Json::object({{"kinds", std::move(kinds)}})},
                       {"article", to_json(basis)},
                       {"sources", to_json(r.sources)},
                       {"confidence", r.confidence},
                       {"review", r.review},
                       {"note", r.note},
                       {"where", r.where}});
}

Json zones_geojson(const RulePack& pack) {
  Json features = Json::array();
  for (const auto& zone : pack.zones()) {
    features.push(Json::object({{"type", "Feature"},
                                {"id", zone->id},
                                {"properties", Json::object({{"kind", zone->kind},
                                                             {"name_zh", zone->name.zh},
                                                             {"name_en", zone->name.en},
                                                             {"source", zone->source},
                                                             {"confidence", zone->confidence},
                                                             {"place", zone->place}})},
                                {"geometry", zone->area->to_geojson()}}));
  }
  return Json::object({{"type", "FeatureCollection"}, {"features", std::move(features)}});
}

}  // namespace jinglue::detect
