// SPDX-License-Identifier: Apache-2.0
// From one TOML file of rules/ to rules, sources and coverage promises. What needs the other files
// (zone ids, rule ids in `overrides`, sources) is checked afterwards by the pack builder, which is
// why each name keeps the node where it stands.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/config.hpp"
#include "detect/rule/pack.hpp"
#include "detect/rule/rule.hpp"

namespace jinglue::detect {

struct ReadRule {
  Rule rule;
  base::ConfigNode node;
};
struct ReadCoverage {
  Coverage coverage;
  base::ConfigNode node;
};
struct ReadSharedNumber {
  SharedNumberRule rule;
  base::ConfigNode node;
};
struct ReadFile {
  std::vector<ReadRule> rules;
  std::vector<ReadSharedNumber> shared_numbers;
  std::vector<ReadCoverage> coverage;
  std::vector<Source> sources;
};

ReadFile read_rule_file(const std::string& name, const std::string& text,
                        std::vector<base::Error>& errors);

/// Zones of one GeoJSON FeatureCollection. Mistakes name the file, line and feature.
std::vector<std::shared_ptr<const model::Zone>> read_zone_file(const std::string& name,
                                                               const std::string& text,
                                                               std::vector<base::Error>& errors);

}  // namespace jinglue::detect
