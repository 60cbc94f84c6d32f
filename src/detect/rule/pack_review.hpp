// SPDX-License-Identifier: Apache-2.0
// review_pack: what a good pack still lacks. A gap is a time for which no enabled rule of a family
// is held for an area; a doubt is a rule that nobody read in a source, or whose review is due.
// `jinglue rules check`, GET /rules and the Rules page all show this one answer.
#pragma once

#include <string>
#include <vector>

#include "detect/rule/pack.hpp"

namespace jinglue::detect {

struct Gap {
  Family family{Family::kMoratorium};
  std::string area;
  base::Words area_name;  ///< the area's id when it is not drawn
  bool promised{false};   ///< by a [[coverage]]: a vessel there raises "no rule held"
  TimeSpan span;
};

struct Doubt {
  std::size_t rule{0};     ///< position in RulePack::rules()
  bool unverified{false};  ///< confidence memory or example
  bool overdue{false};     ///< the review date has passed, in the rule's own time zone
};

struct PackReview {
  std::vector<Gap> gaps;      ///< by family, area, time
  std::vector<Doubt> doubts;  ///< in the order of the rules
};

/// Gaps of all that is promised, and of every area for which the pack has a moratorium or home-port
/// rule that stands by itself (one that `overrides` another refines it: that other is held there).
PackReview review_pack(const RulePack& pack, base::Instant now);

/// {"gaps": [{kind, area, area_name, promised, from, to}],
///  "unverified": [{id, version, where, confidence, review, because: [confidence|review]}]}
base::Json to_json(const PackReview& review, const RulePack& pack);

/// Where no enabled rule of the family for this very area is valid, ascending.
std::vector<TimeSpan> gaps_of(const std::vector<Rule>& rules, Family family,
                              const std::string& area);

}  // namespace jinglue::detect
