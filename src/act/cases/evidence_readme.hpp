// SPDX-License-Identifier: Apache-2.0
// README.md of an evidence folder, in Chinese and English: what it is, that it is not reviewed yet,
// what each file holds, how to check it.
#pragma once

#include <string>
#include <vector>

#include "base/text.hpp"
#include "registry/registry.hpp"

namespace jinglue::act::cases {

struct ReadmeContent {
  const registry::Record& record;
  base::Words state;
  std::string rule;  ///< "rule id, version 3"; empty when the case has none
  bool rule_text_held{false};
  std::vector<std::string> paths;  ///< of the other files
};
std::string readme_text(const ReadmeContent& content);

}  // namespace jinglue::act::cases
