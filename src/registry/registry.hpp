// SPDX-License-Identifier: Apache-2.0
// Registry: the register engine. A TOML definition in registers/ gives a table, typed fields with
// units, lifecycle states and guarded transitions, full history, an optimistic version check per
// field and idempotent writes. A new kind of record is a definition and no C++.
// Every committed change gets a number; the app appends it to the journal (changes_after), so that
// the pipeline and every replay know what was known when.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "model/record_change.hpp"
#include "registry/definition.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::registry {

struct Record {
  std::string register_id;
  std::string id;      ///< UUIDv7
  std::string number;  ///< human number where the register defines one: "AJ-2024-0001"
  std::int64_t revision{0};
  std::string state;  ///< lifecycle state; empty when the register has none
  base::Json fields;  ///< object by field key; absent values are left out
  base::Instant created_at, changed_at;
  std::string created_by, changed_by;
  bool removed{false};
};
struct HistoryLine {
  std::int64_t revision{0};
  std::string field;  ///< field key, or "state"
  base::Json before, after;
  std::string actor;
  base::Instant at;
  std::string note;
};
/// A write by a person carries all three; the key makes a repeated request return the first answer.
struct Write {
  access::Actor actor;
  base::Instant now;
  std::string idempotency_key;  ///< may be empty for the program's own writes
  std::string note;
};
struct Query {
  std::string text;  ///< search in the definition's searched fields
  std::vector<std::pair<std::string, std::string>> equals;  ///< field key -> value ("state" too)
  std::string sort;                                         ///< field key, "-" first for descending
  std::string cursor;
  std::size_t limit{100};
  bool with_removed{false};
};
struct Page {
  std::vector<Record> items;
  std::string next;
  std::uint64_t total{0};
};
/// A rule beyond what TOML can say, registered by act for one transition of one register.
using TransitionGuard =
    std::function<base::Status(const Record&, const base::Json& input, const Write&)>;

class Registry {
 public:
  /// Reads every *.toml of `definitions`, makes or checks the tables. Throws WorldError with file,
  /// line and key when a definition is bad or differs from its table (a migration plan is printed).
  Registry(store::Database& records, access::Access& access,
           const std::filesystem::path& definitions);
  ~Registry();

  const std::vector<Definition>& definitions() const;
  const Definition* definition(const std::string& register_id) const;

  base::Result<Record> create(const std::string& register_id, const base::Json& fields,
                              const Write& write);
  /// `base_revision` is what the editor saw: disjoint fields merge, the same field is kConflict
  /// with both values named in Error::message and conflict().
  base::Result<Record> patch(const std::string& register_id, const std::string& id,
                             std::int64_t base_revision, const base::Json& fields,
                             const Write& write);
  /// Runs a transition of the lifecycle: role, required fields, guard.
  base::Result<Record> transition(const std::string& register_id, const std::string& id,
                                  const std::string& transition, const base::Json& input,
                                  const Write& write);
  base::Result<Record> remove(const std::string& register_id, const std::string& id,
                              std::int64_t base_revision, const Write& write);
  void set_guard(const std::string& register_id, const std::string& transition,
                 TransitionGuard guard);

  std::optional<Record> find(const std::string& register_id, const std::string& id) const;
  std::optional<Record> find_by(const std::string& register_id, const std::string& field,
                                const std::string& value) const;
  Page list(const std::string& register_id, const Query& query) const;
  std::vector<HistoryLine> history(const std::string& register_id, const std::string& id) const;
  /// Transitions that `actor` may run on the record now, with the reason for those it may not.
  base::Json transitions_for(const Record& record, const access::Actor& actor) const;

  /// Committed changes in number order, for the journal.
  std::vector<model::RecordChange> changes_after(std::int64_t number, std::size_t limit) const;
  /// Called after each commit, from the writer's thread; must return at once.
  void on_change(std::function<void(const model::RecordChange&)> told);
  /// Runs `work` so that every write of any room in it commits together or not at all.
  void together(const std::function<base::Status()>& work);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::registry
