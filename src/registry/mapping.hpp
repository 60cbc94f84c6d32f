// SPDX-License-Identifier: Apache-2.0
// Which column of a file is which field: proposed from keys, names in either language and likeness,
// or as the same headings were read into the same register before.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry/definition.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

/// Heading -> field key; "id" and "number" name the record itself; "" leaves the column out.
using Mapping = std::vector<std::pair<std::string, std::string>>;

struct ProposedColumn {
  enum class How { kNone, kKey, kName, kLikely, kRemembered };
  std::string heading;
  std::string field;  ///< "" = left out
  How how{How::kNone};
};
std::string_view to_key(ProposedColumn::How how);

/// No field twice; `remembered` goes before.
std::vector<ProposedColumn> propose_mapping(const Definition& definition,
                                            const std::vector<std::string>& headings,
                                            const Mapping& remembered = {});

/// For the same headings in the same order; empty when there is none.
Mapping remembered_mapping(const Registry& registry, const std::string& register_id,
                           const std::vector<std::string>& headings);
/// Joins the write that is open.
void remember_mapping(Registry& registry, const std::string& register_id,
                      const std::vector<std::string>& headings, const Mapping& mapping,
                      const Write& write);
/// Its table; of the room's migrations.
void prepare_mappings(store::Database& database);

}  // namespace jinglue::registry
