// SPDX-License-Identifier: Apache-2.0
// Who is told of a record: people, from what a definition writes under `to`. Nobody is told of a
// record that they may not see, nor, by its text, of what of it they do not see; disabled accounts
// are left out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "registry/organisation.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// Where people, and what records say of them, are looked up.
struct People {
  store::Db& db;
  const access::Access& access;
  const std::vector<Definition>& all;
  std::function<std::shared_ptr<const Organisation>()> units;  ///< asked when somebody is told
  base::Instant now;
};

/// Those who watch the record.
std::vector<std::string> watchers_of(store::Db& db, const Record& record);

/// Each once, with what decides on what they see.
std::vector<access::Actor> recipients(const People& people, const Definition& d,
                                      const Record& record, const std::vector<std::string>& to);

/// Number, and title where the person sees it.
std::string shown_to(const Definition& d, const Record& record, const access::Actor& actor);

/// Tells those who watch it, but the person who did it, that the state changed.
void tell_watchers(const People& people, const Definition& d, const Record& before,
                   const Record& after, const Write& write);

}  // namespace jinglue::registry::detail
