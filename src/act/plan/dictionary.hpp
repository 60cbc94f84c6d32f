// SPDX-License-Identifier: Apache-2.0
// Dictionary: the words by which a work document is read, and by which a register, a unit and an
// indicator are proposed for each measure (docs/format/plan.md, data/plan/dictionary.toml).
#pragma once

#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace jinglue::act::plan {

struct Proposal {
  std::string id;  ///< of a register or an indicator; empty for a unit
  base::Words name;
  std::vector<std::u32string> words;
};
struct Dictionary {
  std::vector<std::u32string> words;  ///< of the trade
  std::vector<std::u32string> adverbs, actions, aims;
  std::vector<std::u32string> leads;  ///< open a circumstance: 在…的前提下
  std::vector<std::u32string> means;  ///< open what is done something with: 利用…核查
  std::vector<std::u32string> units;  ///< of measure, longest first
  std::vector<Proposal> registers, responsible, indicators;
  bool due_at_year_end{false};  ///< for measures that name no date
};

/// Errors with file, line and key.
base::Result<Dictionary> read_dictionary(const base::ConfigNode& document);

/// The proposal whose words in `text` are the longest together; null when none is there.
const Proposal* best(const std::vector<Proposal>& among, std::u32string_view text);

}  // namespace jinglue::act::plan
