// SPDX-License-Identifier: Apache-2.0
// load_pack: all files together. What one file cannot know is checked here: zone, rule and source
// names, double ids, versions that overlap. With any mistake there is no pack.
#include <algorithm>
#include <map>
#include <set>

#include "detect/rule/pack.hpp"
#include "detect/rule/pack_review.hpp"
#include "detect/rule/read_rule.hpp"

namespace jinglue::detect {

using base::Code;

class PackBuilder {
 public:
  PackResult build(const RuleFiles& files) {
    m_pack->m_revision = files.revision;
    for (const auto& [name, text] : files.files) read(name, text);
    check_names();
    check_versions();
    if (!m_errors.empty()) return {nullptr, std::move(m_errors)};
    arrange();
    return {std::move(m_pack), {}};
  }

 private:
  static bool ends_with(const std::string& name, std::string_view suffix) {
    return name.size() >= suffix.size() &&
           name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0;
  }

  void read(const std::string& name, const std::string& text) {
    if (ends_with(name, ".geojson")) {
      for (auto& zone : read_zone_file(name, text, m_errors)) add_zone(name, std::move(zone));
      return;
    }
    if (!ends_with(name, ".toml")) return;
    auto file = read_rule_file(name, text, m_errors);
    std::move(file.rules.begin(), file.rules.end(), std::back_inserter(m_rules));
    std::move(file.coverage.begin(), file.coverage.end(), std::back_inserter(m_coverage));
    std::move(file.shared_numbers.begin(), file.shared_numbers.end(),
              std::back_inserter(m_shared_numbers));
    std::move(file.sources.begin(), file.sources.end(), std::back_inserter(m_pack->m_sources));
  }

  void add_zone(const std::string& file, std::shared_ptr<const model::Zone> zone) {
    if (!m_zone_ids.emplace(zone->id, m_pack->m_zones.size()).second) {
      m_errors.push_back({Code::kConflict, "a second zone with the id '" + zone->id + "'",
                          file + " " + zone->id, "zone ids are unique over all files"});
      return;
    }
    m_pack->m_zones.push_back(std::move(zone));
  }

  void complain(const base::ConfigNode& node, Code code, std::string message,
                std::string hint = {}) {
    m_errors.push_back(node.error(code, std::move(message), std::move(hint)).value());
  }

  /// Position of the zone that a node names; complains when there is none.
  std::size_t zone_of(const base::ConfigNode& node, const std::string& id) {
    if (id.empty()) return SIZE_MAX;  // reported where it was read
    const auto at = m_zone_ids.find(id);
    if (at != m_zone_ids.end()) return at->second;
    complain(node, Code::kUnknown, "there is no zone '" + id + "'",
             "zones are the features of rules/zones/*.geojson");
    return SIZE_MAX;
  }

  void check_names() {
    std::set<std::string> rule_ids;
    std::set<std::string> source_ids;
    for (const auto& r : m_rules) rule_ids.insert(r.rule.id);
    for (const auto& s : m_pack->m_sources) source_ids.insert(s.id);
    for (auto& [rule, node] : m_rules) {
      // A rule that is switched off may wait for an area that is not drawn yet.
      if (rule.enabled) rule.zone = zone_of(node["area"], rule.area);
      for (const auto& other : rule.overrides) {
        if (other == rule.id) complain(node["overrides"], Code::kConflict, "overrides itself");
        if (rule_ids.count(other) == 0) {
          complain(node["overrides"], Code::kUnknown, "there is no rule '" + other + "'");
        }
      }
      for (const auto& source : rule.sources) {
        if (source_ids.count(source) != 0) continue;
        complain(node["source"], Code::kUnknown, "there is no source '" + source + "'",
                 "add a [[source]] with this id");
      }
    }
    for (auto& [coverage, node] : m_coverage) coverage.zone = zone_of(node["area"], coverage.area);
    for (const auto& [rule, node] : m_shared_numbers) {
      for (const auto& source : rule.sources) {
        if (source_ids.count(source) != 0) continue;
        complain(node["source"], Code::kUnknown, "there is no source '" + source + "'",
                 "add a [[source]] with this id");
      }
      if (rule_ids.count(rule.id) != 0) {
        complain(node["id"], Code::kConflict, "'" + rule.id + "' is the id of another rule");
      }
    }
  }

  void check_versions() {
    for (std::size_t i = 0; i < m_rules.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) check_pair(m_rules[i], m_rules[j].rule);
    }
    for (std::size_t i = 0; i < m_shared_numbers.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const auto& [later, node] = m_shared_numbers[i];
        const auto& earlier = m_shared_numbers[j].rule;
        if (later.valid.from >= earlier.valid.to || earlier.valid.from >= later.valid.to) continue;
        complain(node["valid"], Code::kConflict,
                 "two rules of shared numbers are valid at once: also the one at " + earlier.where,
                 "let the older one end where the newer begins");
      }
    }
  }

  void check_pair(const ReadRule& later, const Rule& earlier) {
    const Rule& rule = later.rule;
    if (rule.id.empty() || rule.id != earlier.id) return;
    const std::string other = "the one at " + earlier.where;
    if (rule.version == earlier.version) {
      complain(later.node["version"], Code::kConflict,
               "'" + rule.id + "' has this version twice: also " + other);
    } else if (rule.family != earlier.family) {
      complain(later.node["kind"], Code::kConflict,
               "'" + rule.id + "' is of another kind than " + other);
    } else if (rule.enabled && earlier.enabled && rule.valid.from < earlier.valid.to &&
               earlier.valid.from < rule.valid.to) {
      complain(later.node["valid"], Code::kConflict,
               "two versions of '" + rule.id + "' are valid at once: also " + other,
               "let the older one end where the newer begins");
    }
  }

  void arrange() {
    auto& p = *m_pack;
    for (auto& r : m_rules) p.m_rules.push_back(std::move(r.rule));
    for (auto& c : m_coverage) p.m_coverage.push_back(std::move(c.coverage));
    for (auto& s : m_shared_numbers) p.m_shared_numbers.push_back(std::move(s.rule));
    p.m_inside.resize(p.m_zones.size());
    p.m_covered.resize(p.m_zones.size());
    p.m_replaces.resize(p.m_rules.size());
    for (std::size_t i = 0; i < p.m_rules.size(); ++i) place_rule(i);
    for (std::size_t i = 0; i < p.m_coverage.size(); ++i) {
      p.m_covered[p.m_coverage[i].zone].push_back(i);
      p.m_coverage[i].gaps = gaps_of(p.m_rules, p.m_coverage[i].family, p.m_coverage[i].area);
    }
    std::vector<const geo::Area*> areas;
    areas.reserve(p.m_zones.size());
    for (const auto& zone : p.m_zones) areas.push_back(zone->area.get());
    p.m_index = std::make_unique<const geo::AreaIndex>(areas);
    p.m_berths = std::make_shared<const picture::BerthMap>(p.m_zones);
  }

  void place_rule(std::size_t i) {
    auto& p = *m_pack;
    const Rule& rule = p.m_rules[i];
    const std::string key =
        rule.family == Family::kMoratorium ? std::string(to_key(rule.family)) : rule.id;
    const auto [at, fresh] = m_group_ids.emplace(key, p.m_groups.size());
    if (fresh) p.m_groups.push_back({key, rule.family, {}});
    p.m_groups[at->second].rules.push_back(i);
    p.m_group_of.push_back(at->second);
    if (!rule.enabled) return;
    const bool outside = rule.family == Family::kZone && rule.trigger == Trigger::kOutside;
    (outside ? p.m_outside : p.m_inside[rule.zone]).push_back(i);
    for (std::size_t j = 0; j < p.m_rules.size(); ++j) {
      const auto& names = rule.overrides;
      if (std::find(names.begin(), names.end(), p.m_rules[j].id) != names.end()) {
        p.m_replaces[i].push_back(j);
      }
    }
  }

  std::shared_ptr<RulePack> m_pack = std::make_shared<RulePack>();
  std::vector<ReadRule> m_rules;
  std::vector<ReadCoverage> m_coverage;
  std::vector<ReadSharedNumber> m_shared_numbers;
  std::map<std::string, std::size_t> m_zone_ids;
  std::map<std::string, std::size_t> m_group_ids;
  std::vector<base::Error> m_errors;
};

PackResult load_pack(const RuleFiles& files) {
  return PackBuilder().build(files);
}

}  // namespace jinglue::detect
