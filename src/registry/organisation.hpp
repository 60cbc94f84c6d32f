// SPDX-License-Identifier: Apache-2.0
// Organisation: the units of the authority as the register `organisation_unit` has them: a tree
// with dated validity. A unit that was merged into another one keeps its key, its records and its
// names; from that day on the other unit reaches them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

struct FormerName {
  base::Words name;
  std::string until;  ///< last day, "2024-05-01"
};
struct Unit {
  std::string key;
  base::Words name;
  std::string kind;         ///< key of the choice: "authority", "district", ...
  std::string parent;       ///< key of the unit above; empty = the top
  std::string from, until;  ///< first and last day; empty = open
  std::string merged_into;  ///< key of the unit that goes on with its work after `until`
  std::vector<FormerName> former;
  bool stands(std::string_view day) const;
};

class Organisation {
 public:
  Organisation() = default;
  explicit Organisation(const std::vector<Record>& units);

  bool empty() const { return m_units.empty(); }
  const Unit* find(std::string_view key) const;
  const std::map<std::string, Unit, std::less<>>& units() const { return m_units; }
  /// Keys below `key` on `day`, and those of units merged into one of them by then; not itself.
  std::vector<std::string> below(std::string_view key, std::string_view day) const;
  /// The unit itself or the nearest above it that is a district; empty when there is none.
  std::string district_of(std::string_view key) const;
  /// From the unit's parent to the top.
  std::vector<std::string> above(std::string_view key) const;
  /// The name that it had on that day.
  base::Words name_on(std::string_view key, std::string_view day) const;

 private:
  std::map<std::string, Unit, std::less<>> m_units;
};

}  // namespace jinglue::registry
