// SPDX-License-Identifier: Apache-2.0
// Computed fields: their values are stored with the record, so that lists, filters, sorting and
// export treat them as any other, and are worked out again in the transaction that changes what
// they look at. today and now are refused in them: a stored value would grow old by itself.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "registry/definition.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// Second pass of reading, when all definitions are known: expressions, types, units, secrecy and
/// cycles. `documents` are those of `definitions`, in the same order.
void read_computed(std::vector<Definition>& definitions,
                   const std::vector<base::ConfigNode>& documents,
                   std::vector<base::Error>& errors);

/// Sets the record's computed fields from the others and from linked records; true when one
/// changed.
bool compute(store::Db& db, const std::vector<Definition>& all, const Definition& d, Record& record,
             base::Instant now);

/// A computed field of `owner` that looks at records of another register.
struct Dependent {
  const Definition* owner{nullptr};
  /// From the owner along links to the register that changes; empty when that one links to the
  /// owner by `back`.
  std::vector<std::string> route;
  std::string back;
  std::string name;  ///< the field that is read there
};
/// What looks at records of `register_id`. Pointers into `all`.
std::vector<Dependent> dependents_of(const std::vector<Definition>& all,
                                     const std::string& register_id);
/// Ids of the owner's records whose value may differ after `before` became `after` (`before` may be
/// null, a new record), of which the fields `changed` differ.
std::vector<std::string> touched(store::Db& db, const std::vector<Definition>& all,
                                 const Dependent& dependent, const Record* before,
                                 const Record& after, const std::set<std::string>& changed);

/// All computed fields of all registers anew: after a definition has changed. Returns how many
/// records differ.
std::size_t recompute_all(store::Db& db, const std::vector<Definition>& all, base::Instant now);

}  // namespace jinglue::registry::detail
