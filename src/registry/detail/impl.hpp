// SPDX-License-Identifier: Apache-2.0
// Registry::Impl: what the sources of Registry share. A write first checks everything and only
// then changes rows, inside one write of the database: a refused request leaves no trace.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "registry/clock_run.hpp"
#include "registry/life.hpp"
#include "registry/registry.hpp"
#include "registry/work_calendar.hpp"
#include "store/database.hpp"

namespace jinglue::registry {

namespace detail {
struct People;  // registry/detail/recipients.hpp
}

/// The register that holds the units of the authority, and that of its people.
inline constexpr const char* kUnits = "organisation_unit";
inline constexpr const char* kPersons = "person";

/// One change of one record, checked and ready to be stored.
struct Commit {
  const Definition& definition;
  const Record* before{nullptr};   ///< null: a new record
  Record after;                    ///< revision, times and people are filled in by commit()
  std::string action;              ///< of the audit line
  std::vector<HistoryLine> asked;  ///< lines beyond the differences: what a transition asked
};

/// What an effect did, kept so that it can be taken back.
struct EffectLine {
  std::string kind;  ///< "create", "update", "run"
  std::string register_id, record_id;
  std::int64_t revision{0};  ///< of that record, afterwards
};

struct Registry::Impl {
  Impl(store::Database& database, access::Access& audit) : db(database), access(audit) {}

  store::Database& db;
  access::Access& access;
  std::vector<Definition> definitions;
  WorkCalendar calendar;
  std::filesystem::path files;
  std::mutex files_mutex;
  mutable std::mutex units_mutex;
  mutable std::uint64_t units_changes{0};  ///< counted, so that what was read before is not kept
  mutable std::shared_ptr<const Organisation>
      units;  // shared with those who look; null = read anew

  mutable std::shared_mutex guards_mutex;
  std::map<std::pair<std::string, std::string>, TransitionGuard> guards;
  std::mutex told_mutex;
  std::function<void(const model::RecordChange&)> told;

  const Definition* find(const std::string& register_id) const;
  base::Result<const Definition*> need(const std::string& register_id) const;
  /// For writes: one that is not enabled takes none, not even of the program.
  base::Result<const Definition*> need_enabled(const std::string& register_id) const;
  TransitionGuard guard(const std::string& register_id, const std::string& transition) const;

  /// As this read or write of the database sees the units.
  std::shared_ptr<const Organisation> units_now(store::Db& db) const;

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

  /// All conditions of the transition of which the values are known; the reasons in both
  /// languages otherwise. `seen`: the record as the transition's input fills it.
  base::Status check_conditions(store::Db& db, const Definition& d, const Transition& t,
                                const Record& seen, base::Instant now,
                                const std::vector<std::string>& not_known) const;

  /// A transition with its effects, within the caller's write. `depth`: how many effects led here.
  base::Result<Record> run(Registry& registry, store::Db& db, const Definition& d,
                           const std::string& id, const std::string& transition,
                           const base::Json& input, const Write& write, int depth);
  /// Effects on the record itself, and new records: before `after` is stored.
  base::Result<std::vector<EffectLine>> fill_and_create(Registry& registry, store::Db& db,
                                                        const Definition& d, const Transition& t,
                                                        const Record& before, Record& after,
                                                        const Write& write);
  /// Effects on other records, and notices: after `record` was stored.
  base::Status carry_out(Registry& registry, store::Db& db, const Definition& d,
                         const Transition& t, const Record& record, const Write& write, int depth,
                         std::vector<EffectLine>& done);
  /// Takes back the record's last transition. kConflict when something happened since.
  base::Result<Record> undo(Registry& registry, store::Db& db, const Definition& d,
                            const Record& record, const std::string& transition,
                            const base::Json& input, const Write& write);
  class Undoing;

  /// The last transition of the record when the definition lets somebody take it back.
  std::optional<std::string> undoable(store::Db& db, const Definition& d,
                                      const Record& record) const;

  Counting counting(const Definition& d, const ClockRule& rule) const;
  /// Starts, pauses, moves and ends the record's clocks; the lines for its history. `undone`: the
  /// change takes a transition back.
  std::vector<HistoryLine> follow_clocks(store::Db& db, const Definition& d, const Record* before,
                                         const Record& after, base::Instant now, bool undone) const;
  /// Clocks that a transition at that instant ended run again, those that it started are void.
  void take_back_clocks(store::Db& db, const Definition& d, const Record& record,
                        base::Instant moved_at) const;
  void tell_clock(store::Db& db, ClockRun run, base::Instant now, SweepReport& report);
  void recount_uncertain();

  /// Canonical values of the keys of `given`; unknown keys are refused.
  static base::Result<base::Json> canonical_fields(const Definition& d, const base::Json& given);
  /// A record that `actor` does not see is refused as one that is not there, unless `held`, the
  /// values of before, has it already.
  base::Status check_links(store::Db& db, const std::vector<Field>& fields,
                           const base::Json& values, const base::Json& held,
                           const access::Actor& actor) const;
  base::Status check_unique(store::Db& db, const Definition& d, const Record& record,
                            const access::Actor& actor) const;
  /// Units, persons, codes and files that `after` names anew; sets its code versions.
  base::Status check_values(store::Db& db, const Definition& d, const Record* before, Record& after,
                            const Write& write) const;
  base::Status check_unit(store::Db& db, const Field& f, const std::string& key,
                          const std::string& day) const;
  base::Status check_named_person(store::Db& db, const Field& f, const std::string& person,
                                  const access::Actor& actor) const;
  base::Status check_files(store::Db& db, const Field& f, const base::Json& before,
                           const base::Json& after, const access::Actor& actor) const;
  bool holds_file(store::Db& db, const std::string& hash) const;
  /// Computed fields of other records that look at this one, each a change of its own.
  void refresh_dependents(store::Db& db, const Record* before, const Record& after,
                          const std::set<std::string>& changed, const Write& write);
  /// The listener, and the units kept in memory, after the commit.
  void tell_after_commit(std::int64_t number, const Record& record);
  detail::People people(store::Db& db, base::Instant now) const;
  /// The record as it is after all that a write of it set off.
  static base::Result<Record> latest(store::Db& db, const Definition& d, base::Result<Record> done);
  /// The record, if it is there and not removed.
  static base::Result<Record> need_record(store::Db& db, const Definition& d,
                                          const std::string& id);
};

/// `fields` of `record` with the members of `changes` over them; null takes a value away.
base::Json merged(const base::Json& fields, const base::Json& changes, const Definition& d);

}  // namespace jinglue::registry
