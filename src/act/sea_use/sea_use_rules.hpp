// SPDX-License-Identifier: Apache-2.0
// SeaUseRules: who decides on a use of the sea, by its mode and area, and for how many years it may
// be granted at most, by its purpose: dated rows of data/sea_use/approval.toml with their
// provision.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "registry/expression/value.hpp"

namespace jinglue::act::sea_use {

using registry::expression::Day;

struct Provision {
  std::string text;                ///< as people cite it
  std::string confidence;          ///< "high", "medium", "memory" (unverified)
  std::optional<Day> from, until;  ///< days of validity, both included
};
struct Level {
  std::string level;  ///< state_council, province, city, county
  std::vector<std::string> modes;
  double from_ha{0};               ///< included
  std::optional<double> under_ha;  ///< not included
  Provision provision;
};
struct Term {
  std::string purpose;
  int years{0};
  Provision provision;
};

class SeaUseRules {
 public:
  /// The first mistake with file, line and key.
  static base::Result<SeaUseRules> read(const std::filesystem::path& file);
  /// None when no row covers it: nothing is guessed.
  const Level* level(const std::string& mode, double area_ha, Day on) const;
  const Term* term(const std::string& purpose, Day on) const;
  const std::vector<Level>& levels() const { return m_levels; }

 private:
  std::vector<Level> m_levels;
  std::vector<Term> m_terms;
};

}  // namespace jinglue::act::sea_use
