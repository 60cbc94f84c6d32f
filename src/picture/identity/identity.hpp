// SPDX-License-Identifier: Apache-2.0
// Identity: which vessel of the register carries a terminal at an instant. Built from the record
// changes of the journal, so that a replay knows what was known then. A terminal that no vessel
// claims stands as itself (未匹配登记). Owned by the pipeline thread.
// When several vessels claim a terminal at the same instant, the claim that begins later wins (a
// terminal that moved on, while the former record was left open); of equal begins the record made
// later (the greater UUIDv7). An edit of something else never moves a terminal.
#pragma once

#include <cstdint>
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
  /// Takes changes of `vessel`; others are ignored. Returns the terminals whose owner or its facts
  /// may differ now. A record that cannot be read is logged and counted, its former facts stay.
  std::vector<model::TerminalId> apply(const model::RecordChange& change);
  /// Null when no vessel claims the terminal at t, and for a second hull on its number (another
  /// segment than 0), which is not the vessel that was registered. Shared: facts outlive a later
  /// change while steps use them.
  std::shared_ptr<const model::VesselFacts> vessel_at(model::TrackId track, base::Instant t) const;
  std::shared_ptr<const model::VesselFacts> vessel(const std::string& record_id) const;

  std::size_t size() const { return m_vessels.size(); }
  /// Terminals that two vessels claim at the same time: a fault of the register to be shown.
  std::vector<model::TerminalId> disputed() const;
  std::uint64_t refused() const { return m_refused; }  ///< records that could not be read

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  struct Claim {
    base::Instant from, to;
    std::shared_ptr<const model::VesselFacts> vessel;  // shared with m_vessels
  };
  void add(std::shared_ptr<const model::VesselFacts> vessel);
  void release(const model::VesselFacts& vessel);

  std::unordered_map<std::string, std::shared_ptr<const model::VesselFacts>> m_vessels;
  std::unordered_map<model::TerminalId, std::vector<Claim>> m_claims;  ///< the winner first
  std::uint64_t m_refused{0};
};

}  // namespace jinglue::picture
