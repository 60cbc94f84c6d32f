// SPDX-License-Identifier: Apache-2.0
// Identity: which vessel of the register carries a terminal at an instant. Built from the record
// changes of the journal, so that a replay knows what was known then. A terminal that no vessel
// claims stands as itself (未匹配登记). Owned by the pipeline thread.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "model/record_change.hpp"
#include "model/terminal.hpp"
#include "model/vessel.hpp"

namespace jinglue::picture {

/// The facts in a record of the register `vessel` / `exemption`; kMalformed names the field.
base::Result<model::VesselFacts> vessel_facts(const model::RecordChange& change);
base::Result<model::ExemptionFacts> exemption_facts(const model::RecordChange& change);

class Identity {
 public:
  /// Takes changes of `vessel`; others are ignored. Returns the terminals whose owner may differ
  /// now.
  std::vector<model::TerminalId> apply(const model::RecordChange& change);
  /// Null when no vessel claims it at t. Shared: facts outlive a later change while steps use them.
  std::shared_ptr<const model::VesselFacts> vessel_at(model::TerminalId terminal,
                                                      base::Instant t) const;
  std::shared_ptr<const model::VesselFacts> vessel(const std::string& record_id) const;

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  std::unordered_map<std::string, std::shared_ptr<const model::VesselFacts>> m_vessels;
  std::unordered_map<model::TerminalId, std::vector<std::string>> m_claims;
};

}  // namespace jinglue::picture
