// SPDX-License-Identifier: Apache-2.0
// RulePack: the rules and zones of one revision, checked, with seasons laid out as instants and an
// index by zone. Immutable; shared by engine, API and back-test. The API shows rules(), zones() and
// gaps() as they are; rule_json() gives a rule's words.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "detect/rule/files.hpp"
#include "detect/rule/rule.hpp"
#include "detect/rule/shared_number_rule.hpp"
#include "geo/area.hpp"
#include "model/zone.hpp"
#include "picture/berth/berth_watch.hpp"

namespace jinglue::detect {

/// Rules that give one episode together: all of the moratorium, or the versions of one other rule.
struct Group {
  std::string key;  ///< "moratorium", or the rule's id
  Family family{Family::kZone};
  std::vector<std::size_t> rules;  ///< positions in rules()
};

/// The pack promises a rule of this family for this area at any time; where it holds none, that is
/// reported, never passed over in silence.
struct Coverage {
  Family family{Family::kMoratorium};
  std::string area;
  std::size_t zone{0};
  std::vector<model::VesselKind> kinds;  ///< whose fixes raise the notice
  std::vector<TimeSpan> gaps;            ///< ascending; no enabled rule is valid
};

class RulePack {
 public:
  const std::string& revision() const { return m_revision; }
  const std::vector<Rule>& rules() const { return m_rules; }
  const std::vector<std::shared_ptr<const model::Zone>>& zones() const { return m_zones; }
  const std::vector<Group>& groups() const { return m_groups; }
  const std::vector<Coverage>& coverage() const { return m_coverage; }
  const std::vector<Source>& sources() const { return m_sources; }
  std::shared_ptr<const picture::BerthMap> berths() const { return m_berths; }

  const std::vector<SharedNumberRule>& shared_numbers() const { return m_shared_numbers; }
  /// The version valid at t; null when none is held.
  const SharedNumberRule* shared_number(base::Instant t) const;

  const Source* source(std::string_view id) const;
  /// SIZE_MAX when there is none.
  std::size_t zone_index(std::string_view id) const;
  std::size_t group_index(std::string_view key) const;
  /// The version valid at t; null when none is held.
  const Rule* rule(std::string_view id, base::Instant t) const;
  /// The group of a rule by its position.
  std::size_t group_of(std::size_t rule) const { return m_group_of[rule]; }
  /// Rules that look at fixes inside zone z, and those that look at fixes outside of theirs.
  const std::vector<std::size_t>& rules_inside(std::size_t zone) const { return m_inside[zone]; }
  const std::vector<std::size_t>& rules_outside() const { return m_outside; }
  /// Positions of rules that a rule replaces (all versions).
  const std::vector<std::size_t>& replaced_by(std::size_t rule) const { return m_replaces[rule]; }
  const std::vector<std::size_t>& coverage_of(std::size_t zone) const { return m_covered[zone]; }
  /// Appends the zones that hold p, ascending.
  void zones_at(geo::LatLon p, std::vector<std::size_t>& out) const { m_index->find(p, out); }

 private:
  friend class PackBuilder;
  std::string m_revision;
  std::vector<Rule> m_rules;
  std::vector<std::shared_ptr<const model::Zone>> m_zones;  // shared with the map and the berths
  std::vector<Group> m_groups;
  std::vector<Coverage> m_coverage;
  std::vector<Source> m_sources;
  std::vector<SharedNumberRule> m_shared_numbers;
  std::shared_ptr<const picture::BerthMap> m_berths;  // shared with the live picture
  std::unique_ptr<const geo::AreaIndex> m_index;
  std::vector<std::size_t> m_group_of;
  std::vector<std::vector<std::size_t>> m_inside, m_replaces, m_covered;
  std::vector<std::size_t> m_outside;
};

/// For the API and `jinglue rules check`: identity, words, season, criteria, article, state.
base::Json rule_json(const Rule& rule);
base::Json shared_number_json(const SharedNumberRule& rule, const RulePack& pack);
/// A GeoJSON FeatureCollection of all zones, with the properties of the zone files.
base::Json zones_geojson(const RulePack& pack);

}  // namespace jinglue::detect
