// SPDX-License-Identifier: Apache-2.0
// Exemptions: the approved exemption records and since which journal offset they are known. Each
// silences exactly its scope: one vessel, rules or families, an area, [from, to). A position is
// judged by what was known when its line was journaled, so that a re-evaluation repeats the past.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "detect/rule/rule.hpp"
#include "model/record_change.hpp"
#include "model/vessel.hpp"

namespace jinglue::detect {

class Exemptions {
 public:
  /// True when an area (zone id) is where the vessel is.
  using InArea = std::function<bool(const std::string&)>;

  /// A change of the register `exemption`. The vessels whose exemptions may differ now; an error
  /// when an approved record is malformed (it then silences nothing).
  base::Result<std::vector<std::string>> apply(const model::RecordChange& change,
                                               std::uint64_t offset);

  bool covers(const std::string& vessel, const Rule& rule, base::Instant t, std::uint64_t known_at,
              const InArea& in_area) const;
  /// The first instant after `after` at which an exemption that covers the rule is in force.
  std::optional<base::Instant> next_start(const std::string& vessel, const Rule& rule,
                                          base::Instant after, std::uint64_t known_at,
                                          const InArea& in_area) const;
  std::size_t size() const { return m_records.size(); }

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  struct Version {
    std::uint64_t offset{0};
    std::optional<model::ExemptionFacts> facts;  ///< none: not approved, revoked or removed
  };
  using Record = std::vector<Version>;

  void index(const std::string& record_id, const std::string& vessel);
  const model::ExemptionFacts* in_force(const Record& record, std::uint64_t known_at) const;
  template <class Visit>
  void each(const std::string& vessel, const Rule& rule, std::uint64_t known_at,
            const Visit& visit) const;

  std::map<std::string, Record> m_records;
  std::map<std::string, std::vector<std::string>> m_by_vessel;  ///< vessel id -> record ids
};

/// An exemption names rule ids, id families ("summer_moratorium" for "summer_moratorium.x") or the
/// families of rules (moratorium, home_port, zone).
bool names_rule(std::string_view key, const Rule& rule);

}  // namespace jinglue::detect
