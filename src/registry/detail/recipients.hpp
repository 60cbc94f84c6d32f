// SPDX-License-Identifier: Apache-2.0
// Who is told of a record: people, from what a definition writes under `to`. Nobody is told of a
// record that they may not see; disabled accounts are left out.
#pragma once

#include <string>
#include <vector>

#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// Those who watch the record.
std::vector<std::string> watchers_of(store::Db& db, const Record& record);

/// Sign-in names, each once.
std::vector<std::string> recipients(store::Db& db, const access::Access& access,
                                    const Definition& d, const Record& record,
                                    const std::vector<std::string>& to);

/// Tells those who watch it, but the person who did it, that the state changed.
void tell_watchers(store::Db& db, const access::Access& access, const Definition& d,
                   const Record& before, const Record& after, const Write& write);

}  // namespace jinglue::registry::detail
