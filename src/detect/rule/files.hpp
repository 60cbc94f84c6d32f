// SPDX-License-Identifier: Apache-2.0
// RuleFiles: the files of rules/ as text, and load_pack(), which makes a RulePack of them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace jinglue::detect {

/// The files of rules/ as text, by path relative to rules/ ("summer_moratorium.toml",
/// "zones/berths.geojson"): exactly what a kRulePack journal entry carries.
struct RuleFiles {
  std::string revision;  ///< hash over all files
  std::vector<std::pair<std::string, std::string>> files;
  base::Json to_json() const;
  static base::Result<RuleFiles> from_json(const base::Json& json);
};
/// Reads a folder. Error with the file when it cannot be read.
base::Result<RuleFiles> read_rule_files(const std::string& folder);

class RulePack;  ///< detect/rule/pack.hpp
/// All mistakes, each with file, line and key; empty when the pack is good.
struct PackResult {
  std::shared_ptr<const RulePack> pack;  // shared: engine, API and back-test; null when refused
  std::vector<base::Error> errors;
};
PackResult load_pack(const RuleFiles& files);

}  // namespace jinglue::detect
