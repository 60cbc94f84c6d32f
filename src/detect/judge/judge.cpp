// SPDX-License-Identifier: Apache-2.0
#include "detect/judge/judge.hpp"

#include <algorithm>
#include <tuple>

namespace jinglue::detect {

bool Judge::in_berth(const model::Fix& fix) const {
  const auto berths = m_pack->berths();
  return berths->find(fix.position.degrees(), picture::kBerthEnter_m) != nullptr;
}

bool Judge::in_area(const std::string& area, geo::LatLon place, const std::string& berth) const {
  const std::size_t zone = m_pack->zone_index(area);
  if (zone == SIZE_MAX) return false;
  if (area == berth || m_pack->zones()[zone]->area->contains(place)) return true;
  const std::size_t lies = m_pack->zone_index(berth);
  const std::string& port = m_pack->zones()[zone]->place;
  return lies != SIZE_MAX && !port.empty() && m_pack->zones()[lies]->place == port;
}

bool Judge::zone_condition(const Rule& rule, const model::Fix& fix,
                           const picture::BerthState& berth) const {
  // Entering and leaving are made of presence alone; see episode/reduce.
  if (rule.trigger == Trigger::kEnter || rule.trigger == Trigger::kLeave) return true;
  if (rule.at_berth_silent && (berth.at_berth || in_berth(fix))) return false;
  if (!rule.speed_min_kn && !rule.speed_max_kn) return true;
  if (!fix.sog_ckn) return false;
  const double speed_kn = *fix.sog_ckn / 100.0;
  return (!rule.speed_min_kn || speed_kn >= *rule.speed_min_kn) &&
         (!rule.speed_max_kn || speed_kn < *rule.speed_max_kn);
}

bool Judge::condition(const Rule& rule, const model::Fix& fix, const picture::BerthState& berth,
                      const Sender& sender) const {
  switch (rule.family) {
    case Family::kMoratorium:
      return berth.known && !berth.at_berth && !in_berth(fix);
    case Family::kHomePort: {
      if (!berth.at_berth || !sender.view.vessel || sender.view.vessel->home_port.empty()) {
        return false;
      }
      const auto* lies = m_pack->berths()->zone(berth.zone);
      return lies != nullptr && !lies->place.empty() &&
             lies->place != sender.view.vessel->home_port;
    }
    case Family::kZone:
      break;
  }
  return zone_condition(rule, fix, berth);
}

void Judge::collect(const model::Fix& fix, const Sender& sender) {
  m_candidates.clear();
  m_replaced.clear();
  const auto take = [&](std::size_t rule) {
    if (!sender.concerned.has(rule) || !m_pack->rules()[rule].valid.holds(fix.time)) return;
    m_candidates.push_back(rule);
    if (!sender.lifts.has(rule)) return;
    for (const auto other : m_pack->replaced_by(rule)) m_replaced.push_back(other);
  };
  for (const auto zone : m_zones) {
    for (const auto rule : m_pack->rules_inside(zone)) take(rule);
  }
  for (const auto rule : m_pack->rules_outside()) {
    if (!std::binary_search(m_zones.begin(), m_zones.end(), m_pack->rules()[rule].zone)) take(rule);
  }
}

/// The higher severity, then the later end, then the nearer authority; the id makes it definite.
bool Judge::stricter(const Verdict& a, const Verdict& b) const {
  if (a.exempt != b.exempt) return !a.exempt;
  const Rule& x = m_pack->rules()[a.rule];
  const Rule& y = m_pack->rules()[b.rule];
  return std::tie(x.severity, a.season.to, x.level, y.id) >
         std::tie(y.severity, b.season.to, y.level, x.id);
}

void Judge::add(std::size_t rule, const TimeSpan& season, bool exempt) {
  const Verdict fresh{m_pack->group_of(rule), rule, season, exempt, {}};
  const auto at = std::lower_bound(m_verdicts.begin(), m_verdicts.end(), fresh.group,
                                   [](const Verdict& v, std::size_t g) { return v.group < g; });
  if (at == m_verdicts.end() || at->group != fresh.group) {
    m_verdicts.insert(at, fresh);
  } else if (stricter(fresh, *at)) {
    *at = fresh;
  }
}

std::span<const Verdict> Judge::look(const model::Fix& fix, const picture::BerthState& berth,
                                     const Sender& sender) {
  m_zones.clear();
  m_verdicts.clear();
  if (m_pack == nullptr) return {};
  const auto place = fix.position.degrees();
  m_pack->zones_at(place, m_zones);
  collect(fix, sender);
  for (const auto rule_index : m_candidates) {
    if (std::find(m_replaced.begin(), m_replaced.end(), rule_index) != m_replaced.end()) continue;
    const Rule& rule = m_pack->rules()[rule_index];
    const auto season = span_at(rule.seasons, fix.time);
    if (!season || !condition(rule, fix, berth, sender)) continue;
    const std::string lies_in = berth.at_berth ? berth.zone : std::string();
    const bool exempt =
        m_exemptions->covers(sender.vessel_id(), rule, fix.time, fix.offset,
                             [&](const auto& area) { return in_area(area, place, lies_in); });
    add(rule_index, *season, exempt);
  }
  for (auto& verdict : m_verdicts) {
    if (m_replaced.empty()) break;
    const auto& replaces = m_pack->replaced_by(verdict.rule);
    for (const auto other : replaces) {
      if (std::find(m_replaced.begin(), m_replaced.end(), other) == m_replaced.end()) continue;
      if (m_pack->rules()[other].valid.holds(fix.time)) {
        verdict.replaced.push_back(std::uint32_t(other));
      }
    }
  }
  return m_verdicts;
}

}  // namespace jinglue::detect
