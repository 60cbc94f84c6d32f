// SPDX-License-Identifier: Apache-2.0
// Discussion: comments on records, and who watches them. Everyone who may see a record may comment
// on it and watch it. Those who watch are told of comments of others and of changes of its state.
// Comments are no part of the record: they change no revision; each has its audit line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "registry/registry.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::registry {

struct Comment {
  std::int64_t number{0};
  base::Instant at;
  std::string person;  ///< sign-in name
  std::string text;
};

class Discussion {
 public:
  /// On the tables of the registry.
  Discussion(access::Access& access, const Registry& registry)
      : m_records(registry.records()), m_access(access), m_registry(registry) {}

  /// kForbidden when the person may not see the record, kMalformed without text, kTooLarge above
  /// 2,000 characters. Who comments watches from then on. Under the idempotency key of a comment
  /// that was made before that comment is returned; kConflict when it was another request.
  base::Result<Comment> comment(const Record& record, const std::string& text, const Write& write);
  /// Oldest first, with numbers above `after`; at most `limit`.
  std::vector<Comment> comments(const Record& record, std::int64_t after = 0,
                                std::size_t limit = 1000) const;

  /// No audit line when nothing changes by it.
  base::Status watch(const Record& record, bool watches, const Write& write);
  std::vector<std::string> watchers(const Record& record) const;

 private:
  store::Database& m_records;
  access::Access& m_access;
  const Registry& m_registry;
};

}  // namespace jinglue::registry
