// SPDX-License-Identifier: Apache-2.0
// SavedViews: how a person looks at a register (view, search, filters, sort: the query of the
// page's address) under a name, for oneself or for everyone who may read the register. A view holds
// no records: who opens it sees what that person may see.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "registry/registry.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::registry {

struct SavedView {
  std::string id;
  std::string register_id;
  std::string owner;  ///< sign-in name
  std::string name;
  std::string query;  ///< "view=board&f.district=rongcheng", without the question mark
  bool shared{false};
  base::Instant changed_at;
};

class SavedViews {
 public:
  static constexpr std::size_t kMostName = 60;  ///< characters
  static constexpr std::size_t kMostQuery = 2'000;
  static constexpr std::size_t kMostOfOne = 50;  ///< views of one person in one register

  /// The tables are those of a Registry on the same database.
  explicit SavedViews(store::Database& records) : m_records(records) {}

  /// One's own and those that others share; own ones first, each by name.
  std::vector<SavedView> list(const std::string& register_id, const std::string& person) const;
  /// A view of the same name and owner is replaced. kMalformed for a name or query that is empty,
  /// too long or holds control characters, and above kMostOfOne.
  base::Result<SavedView> save(const SavedView& view, base::Instant now);
  /// Their own, or any that is shared when `any`. kUnknown for one that is not theirs to remove.
  base::Status remove(const std::string& register_id, const std::string& id,
                      const std::string& person, bool any);

 private:
  store::Database& m_records;
};

}  // namespace jinglue::registry
