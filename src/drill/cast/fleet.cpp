// SPDX-License-Identifier: Apache-2.0
#include "drill/cast/fleet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "base/hash.hpp"
#include "base/local_time.hpp"
#include "drill/motion/planner.hpp"

namespace jinglue::drill::cast {
namespace {

using base::Code;

std::string with_number(std::string text, std::int64_t number) {
  constexpr std::string_view kMark = "{n}";
  if (const auto at = text.find(kMark); at != std::string::npos) {
    text.replace(at, kMark.size(), std::to_string(number));
  }
  return text;
}

/// Local midnights from the day of the begin to the end; movement starts at the first.
base::Result<std::vector<std::int64_t>> midnights(const script::Scenario& scenario) {
  std::vector<std::int64_t> out;
  auto civil = base::to_civil(scenario.begin, scenario.timezone);
  if (!civil) return tl::unexpected(civil.error());
  civil->hour = civil->minute = civil->second = 0;
  const auto first = base::to_instant(*civil, scenario.timezone);
  if (!first) return tl::unexpected(first.error());
  // Zones with summer time shift by an hour in some nights; an exercise may bear that.
  for (std::int64_t t = first->ms; t < scenario.end.ms; t += 86'400'000) out.push_back(t);
  return out;
}

Vessel identity(const script::Group& group, int index, std::uint64_t seed) {
  Vessel v;
  v.group = &group;
  v.number = group.number_from + index;
  v.key = group.single ? group.key : fmt::format("{}_{:03}", group.key, index + 1);
  v.seed = base::stable_hash(fmt::format("{}:{}", seed, v.key));
  chance::Random random(v.seed);
  v.name = with_number(group.name, v.number);
  v.ais_name = with_number(group.ais_name, v.number);
  v.call_sign = fmt::format("YL{:05}", (group.mmsi_from + index) % 100'000);
  const auto& carry = group.carry[random.below(group.carry.size())];
  for (std::size_t i = 0; i < carry.size(); ++i) {
    const auto from = i == 0 ? group.mmsi_from : group.second_mmsi_from;
    v.terminals.push_back({carry[i], static_cast<std::uint32_t>(from + index)});
  }
  if (!group.gears.empty()) v.gears = group.gears[random.below(group.gears.size())];
  v.length_m = std::round(random.between(group.length_m.low, group.length_m.high) * 10) / 10;
  v.beam_m = v.length_m / random.between(4.2, 5.4);
  if (!group.home_ports.empty()) {
    v.home_port = group.home_ports[static_cast<std::size_t>(index) % group.home_ports.size()];
  }
  if (!group.destinations.empty()) {
    v.destination = group.destinations[random.below(group.destinations.size())];
  }
  v.registered = index < group.count - group.unregistered;
  return v;
}

base::Status check_identities(const std::vector<Vessel>& vessels) {
  std::set<model::TerminalId> ids;
  std::set<std::string> keys;
  for (const auto& v : vessels) {
    if (!keys.insert(v.key).second) {
      return v.group->node.error(Code::kConflict, "two vessels have the key " + v.key);
    }
    for (const auto& t : v.terminals) {
      if (!ids.insert(t.id()).second) {
        return v.group->node.error(Code::kConflict, "two terminals are " + model::to_text(t.id()),
                                   "give the group another mmsi_from");
      }
    }
  }
  return {};
}

}  // namespace

model::TerminalId Terminal::id() const {
  constexpr std::uint32_t kCards = 10'000'000;  // seven digits, as the cards of the sea have
  if (carry == script::Carry::kBeidou) {
    return model::TerminalId::make(model::TerminalKind::kBeidou, mmsi % kCards);
  }
  return model::TerminalId::make(model::TerminalKind::kMmsi, mmsi);
}

base::Result<Fleet> Fleet::make(script::Scenario scenario, std::uint64_t seed) {
  Fleet fleet;
  fleet.m_scenario = std::make_unique<script::Scenario>(std::move(scenario));
  auto map = sea::SeaMap::make(*fleet.m_scenario);
  if (!map) return tl::unexpected(map.error());
  fleet.m_map = std::make_unique<sea::SeaMap>(std::move(*map));
  auto days = midnights(*fleet.m_scenario);
  if (!days) return tl::unexpected(days.error());
  motion::Moorings moorings(chance::mix(seed ^ 0x6D6F6F72ULL));
  std::map<std::string, const motion::Track*> others;
  const std::int64_t first_ms = days->front();
  const motion::Stage stage{*fleet.m_map,    moorings, others, first_ms, fleet.m_scenario->end.ms,
                            std::move(*days)};
  std::size_t count = 0;
  for (const auto& group : fleet.m_scenario->groups) count += std::size_t(group.count);
  fleet.m_vessels.reserve(count);  // `others` points at the tracks
  for (const auto& group : fleet.m_scenario->groups) {
    for (int i = 0; i < group.count; ++i) {
      Vessel vessel = identity(group, i, seed);
      auto track = motion::Planner(stage, chance::mix(vessel.seed)).make(group.plan, group.daily);
      if (!track) return tl::unexpected(track.error());
      vessel.track = std::move(*track);
      fleet.m_by_key[vessel.key] = fleet.m_vessels.size();
      fleet.m_vessels.push_back(std::move(vessel));
      if (group.single) others[group.key] = &fleet.m_vessels.back().track;
    }
  }
  if (const auto s = check_identities(fleet.m_vessels); !s) return tl::unexpected(s.error());
  return fleet;
}

const Vessel* Fleet::find(const std::string& key) const {
  const auto found = m_by_key.find(key);
  return found == m_by_key.end() ? nullptr : &m_vessels[found->second];
}

std::vector<const Vessel*> Fleet::find_all(const std::string& key) const {
  std::vector<const Vessel*> out;
  for (const auto& v : m_vessels) {
    if (v.key == key || v.group->key == key) out.push_back(&v);
  }
  return out;
}

}  // namespace jinglue::drill::cast
