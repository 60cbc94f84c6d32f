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
  Discussion(store::Database& records, access::Access& access, const Registry& registry)
      : m_records(records), m_access(access), m_registry(registry) {}

  /// kForbidden when the person may not see the record, kMalformed without text, kTooLarge above
  /// 2,000 characters. Who comments watches from then on.
  base::Result<Comment> comment(const Record& record, const std::string& text, const Write& write);
  std::vector<Comment> comments(const Record& record) const;  ///< oldest first

  base::Status watch(const Record& record, bool watches, const Write& write);
  std::vector<std::string> watchers(const Record& record) const;

 private:
  store::Database& m_records;
  access::Access& m_access;
  const Registry& m_registry;
};

}  // namespace jinglue::registry
