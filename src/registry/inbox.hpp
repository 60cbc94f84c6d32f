// SPDX-License-Identifier: Apache-2.0
// Inbox: notices for people: what effects of transitions tell, what clocks come to, comments and
// changes of records that somebody watches. A notice is kept once per person and cause, however
// often its cause is looked at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace jinglue::store {
class Database;
class Db;
}  // namespace jinglue::store

namespace jinglue::registry {

struct Notice {
  std::int64_t number{0};  ///< given by put_notice()
  std::string person;      ///< sign-in name
  base::Instant at;
  std::string kind;  ///< "effect", "clock", "comment", "change", "schedule"
  std::string register_id, record_id;
  base::Words text;
  std::string source;  ///< what caused it; with the person, unique
  std::optional<base::Instant> read_at;
};
base::Json to_json(const Notice& notice);

class Discussion;  // registry/discussion.hpp

class Inbox {
 public:
  /// The tables are those of a Registry on the same database.
  explicit Inbox(store::Database& records) : m_records(records) {}

  struct Page {
    std::vector<Notice> items;
    std::int64_t next{0};  ///< `before` of the next page; 0 = this was the last
    std::uint64_t unread{0}, total{0};
  };
  /// Newest first, with numbers below `before` (0 = from the newest).
  Page list(const std::string& person, bool unread_only, std::int64_t before,
            std::size_t limit) const;
  /// Of everyone, with numbers above `number`, oldest first: for what sends them on.
  std::vector<Notice> after(std::int64_t number, std::size_t limit) const;
  std::vector<std::string> people_with_unread() const;
  /// Their own notices only, those of others and those read before stay as they are; how many it
  /// marked.
  std::size_t mark_read(const std::string& person, const std::vector<std::int64_t>& numbers,
                        base::Instant now);
  /// All up to and with `last`.
  std::size_t mark_all_read(const std::string& person, std::int64_t last, base::Instant now);

 private:
  store::Database& m_records;
};

/// In the caller's write; false when this person was told of this before.
bool put_notice(store::Db& db, const Notice& notice);

}  // namespace jinglue::registry
