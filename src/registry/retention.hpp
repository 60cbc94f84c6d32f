// SPDX-License-Identifier: Apache-2.0
// Retention: how long records are kept after they are closed, and their disposal
// (docs/format/register.md, "Retention"). A record whose time is over is only listed; an
// administrator of the whole authority disposes of it, with a reason. Then its content is gone from
// the database, history, changes, comments and files included, and a tombstone stays: number, who,
// when, why. Never by itself. Days are those of the authority's zone.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "registry/life.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

base::Json to_json(const RetentionRule& rule);

/// A record whose time is over. Days as "2024-05-01".
struct DueRecord {
  std::string id, number, state;
  std::string shown;  ///< number, and title where the person sees it
  std::string since;  ///< it was closed on
  std::string due;    ///< and kept until the day before
};
struct Tombstone {
  std::string register_id, id, number, state;
  base::Instant at;
  std::string by, reason, basis;
};
base::Json to_json(const Tombstone& tombstone);

/// The first day on which a record that was closed on `since` ("2024-05-01") may go.
std::string retention_ends(const RetentionRule& rule, const std::string& since);

class RetentionDesk {
 public:
  RetentionDesk(access::Access& access, Registry& registry)
      : m_access(access), m_registry(registry) {}

  /// kMissing when the register is kept without end.
  base::Result<RetentionRule> rule(const std::string& register_id) const;
  /// In the order of creation. kForbidden for others than administrators of the whole authority.
  base::Result<std::vector<DueRecord>> due(const access::Actor& actor,
                                           const std::string& register_id, base::Instant now,
                                           std::size_t limit) const;
  /// The last ones first.
  base::Result<std::vector<Tombstone>> disposed(const access::Actor& actor,
                                                const std::string& register_id,
                                                std::size_t limit) const;
  /// Once: saying it again returns the tombstone that is there. kConflict before its time,
  /// kMalformed without a reason.
  base::Result<Tombstone> dispose(const std::string& register_id, const std::string& id,
                                  const std::string& reason, const Write& write);

 private:
  access::Access& m_access;
  Registry& m_registry;
};

}  // namespace jinglue::registry
