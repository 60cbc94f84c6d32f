// SPDX-License-Identifier: Apache-2.0
// Registry::Impl: what the sources of Registry share. A write first checks everything and only
// then changes rows, inside one write of the database: a refused request leaves no trace.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "registry/registry.hpp"
#include "store/database.hpp"

namespace jinglue::registry {

/// One change of one record, checked and ready to be stored.
struct Commit {
  const Definition& definition;
  const Record* before{nullptr};   ///< null: a new record
  Record after;                    ///< revision, times and people are filled in by commit()
  std::string action;              ///< of the audit line
  std::vector<HistoryLine> asked;  ///< lines beyond the differences: what a transition asked
};

struct Registry::Impl {
  Impl(store::Database& database, access::Access& audit) : db(database), access(audit) {}

  store::Database& db;
  access::Access& access;
  std::vector<Definition> definitions;

  mutable std::shared_mutex guards_mutex;
  std::map<std::pair<std::string, std::string>, TransitionGuard> guards;
  std::mutex told_mutex;
  std::function<void(const model::RecordChange&)> told;

  const Definition* find(const std::string& register_id) const;
  base::Result<const Definition*> need(const std::string& register_id) const;
  TransitionGuard guard(const std::string& register_id, const std::string& transition) const;

  /// Row, history, number, change, audit line; the listener is told after the commit.
  Record commit(store::Db& db, Commit change, const Write& write);
  /// Runs `work` unless this person's idempotency key has been answered before.
  base::Result<Record> once(const Write& write, const base::Json& request,
                            const std::function<base::Result<Record>(store::Db&)>& work);

  /// A transition checked to the end, before anything is written.
  struct Prepared {
    base::Json input;
    Record after;
    bool only_request{false};  ///< it waits for a second person now
  };
  base::Result<Prepared> prepare(store::Db& db, const Definition& d, const Record& before,
                                 const std::string& transition, const base::Json& input,
                                 const Write& write) const;

  /// Canonical values of the keys of `given`; unknown keys are refused.
  static base::Result<base::Json> canonical_fields(const Definition& d, const base::Json& given);
  base::Status check_links(store::Db& db, const std::vector<Field>& fields,
                           const base::Json& values) const;
  static base::Status check_unique(store::Db& db, const Definition& d, const Record& record);
  /// The record, if it is there and not removed.
  static base::Result<Record> need_record(store::Db& db, const Definition& d,
                                          const std::string& id);
};

/// `fields` of `record` with the members of `changes` over them; null takes a value away.
base::Json merged(const base::Json& fields, const base::Json& changes, const Definition& d);

}  // namespace jinglue::registry
