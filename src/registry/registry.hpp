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
#include <string_view>
#include <vector>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "geo/point.hpp"
#include "model/record_change.hpp"
#include "registry/definition.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::registry {

namespace cql {
struct Filter;
}
class Organisation;
class Inbox;         // registry/inbox.hpp
class WorkCalendar;  // registry/work_calendar.hpp

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
  /// A transition that waits for its second person: {"transition","input","by","at"}; else null.
  base::Json pending;
  /// Of fields with a code list: the version of the list that the value is of.
  base::Json code_versions;
};
/// For the API and for evidence; from_json() of it is equal.
base::Json to_json(const Record& record);
Record record_from_json(const base::Json& json);

struct HistoryLine {
  std::int64_t revision{0};
  /// Field key, "state", "pending", "removed", or "input": what a transition asked of the person.
  std::string field;
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
  std::vector<std::string> districts;  ///< only their rows and those of none; empty = all
  std::string sort;                    ///< field key, "-" first for descending
  std::string cursor;
  std::size_t limit{100};
  std::size_t offset{0};  ///< records to skip, for clients that know no cursors
  bool with_removed{false};
  base::Instant now{};                        ///< for filters by clocks: ("clock", "overdue")
  std::optional<geo::Box> box;                ///< the box of the first geometry touches it
  std::shared_ptr<const cql::Filter> filter;  // shared: queries are copied; registry/cql/filter.hpp
};
struct Page {
  std::vector<Record> items;
  std::string next;
  std::uint64_t total{0};
};
/// Two people changed the same field: what each wants.
struct Conflict {
  std::string field;
  base::Json yours, theirs;
  std::string by;  ///< who wrote `theirs`
  base::Instant at;
};
/// An attachment that a person may read.
struct StoredFile {
  std::filesystem::path path;
  std::string name;   ///< as its record calls it
  std::string media;  ///< by its bytes
  std::int64_t size{0};
  bool shown{false};  ///< browsers show it as an image
};
/// What to do when a definition differs from the table of its register.
struct Options {
  bool apply_added{false};          ///< carry out plans that only add columns and indexes
  bool apply_all{false};            ///< those too that rename, convert and remove
  std::filesystem::path codes{};    ///< folder of the code lists; empty = ../data/codes
  std::filesystem::path backups{};  ///< folder in which the register is saved before that
  std::filesystem::path files{};    ///< folder of the attachments; empty = none are taken
  /// CSV of working days; empty = ../data/calendar/cn_holidays.csv
  std::filesystem::path calendar{};
};
/// What a sweep of the clocks told.
struct SweepReport {
  std::size_t warned{0}, late{0}, escalated{0}, notices{0};
  std::size_t uncertain{0};  ///< open clocks that need days off which are not known
};
/// A rule beyond what TOML can say, registered by act for one transition of one register. Asked
/// with null input too, to tell whether the transition is possible at all; for people, its message
/// is "中文 / English".
using TransitionGuard =
    std::function<base::Status(const Record&, const base::Json& input, const Write&)>;

class Registry {
 public:
  /// Reads every *.toml of `definitions`, makes or checks the tables. Throws WorldError with file,
  /// line and key when a definition is bad or differs from its table (a migration plan is printed).
  Registry(store::Database& records, access::Access& access,
           const std::filesystem::path& definitions, const Options& options = {});
  ~Registry();

  /// For the other sources of this room: search, change feed, imports.
  store::Database& records() const;
  const std::vector<Definition>& definitions() const;
  const Definition* definition(const std::string& register_id) const;

  base::Result<Record> create(const std::string& register_id, const base::Json& fields,
                              const Write& write);
  /// `base_revision` is what the editor saw: disjoint fields merge, the same field is kConflict
  /// with both values named in Error::message and by conflicts().
  base::Result<Record> patch(const std::string& register_id, const std::string& id,
                             std::int64_t base_revision, const base::Json& fields,
                             const Write& write);
  /// Which fields of such a patch somebody else has changed since, to another value.
  std::vector<Conflict> conflicts(const std::string& register_id, const std::string& id,
                                  std::int64_t base_revision, const base::Json& fields) const;
  /// Runs a transition of the lifecycle with its effects: role, required fields, conditions, guard.
  /// One that needs a second person is first only asked for (Record::pending); then "KEY.approve",
  /// "KEY.refuse" (both by the second person) or "KEY.withdraw" follow. "KEY.undo" takes back the
  /// last one where the definition allows. transitions_for() lists what is possible now.
  base::Result<Record> transition(const std::string& register_id, const std::string& id,
                                  const std::string& transition, const base::Json& input,
                                  const Write& write);
  base::Result<Record> remove(const std::string& register_id, const std::string& id,
                              std::int64_t base_revision, const Write& write);
  void set_guard(const std::string& register_id, const std::string& transition,
                 TransitionGuard guard);

  /// As the program sees it. For people: find_for().
  std::optional<Record> find(const std::string& register_id, const std::string& id) const;
  /// As `actor` sees it (registry/sight.hpp); nothing when that is nothing.
  std::optional<Record> find_for(const access::Actor& actor, const std::string& register_id,
                                 const std::string& id) const;
  std::optional<Record> find_by(const std::string& register_id, const std::string& field,
                                const std::string& value) const;
  /// kUnknown or kMalformed for a filter, sort or cursor that is none of this register.
  base::Result<Page> list(const std::string& register_id, const Query& query) const;
  /// The same, as far as `actor` may see it; kForbidden when that is nothing.
  base::Result<Page> list_for(const access::Actor& actor, const std::string& register_id,
                              Query query) const;
  base::Status may_see(const Record& record, const access::Actor& actor) const;
  std::vector<HistoryLine> history(const std::string& register_id, const std::string& id) const;
  std::vector<HistoryLine> history_for(const access::Actor& actor, const std::string& register_id,
                                       const std::string& id) const;
  /// A masked value in full, with an audit line "record.reveal" that says who read what and why.
  base::Result<std::string> reveal(const std::string& register_id, const std::string& id,
                                   const std::string& field, const Write& write);
  /// Keeps the bytes of an attachment; a record takes it by the object that is returned: {sha256,
  /// name, size, media}. What it is is told by its bytes. kTooLarge, kMalformed (the kind is not
  /// known, not accepted here, or the name's ending says another one), kUnavailable without a
  /// folder.
  base::Result<base::Json> add_file(const std::string& register_id, const std::string& field,
                                    const std::string& name, std::string_view bytes,
                                    const Write& write);
  /// A file that the record holds, or held, in a field that the person sees.
  base::Result<StoredFile> file_for(const access::Actor& actor, const std::string& register_id,
                                    const std::string& id, const std::string& sha256) const;
  /// Removes files that no record took within a day, and, with `keep`, those that no record has
  /// held for so long; some with each call. How many it removed.
  std::size_t drop_unused_files(base::Instant now, std::optional<base::Duration> keep);
  /// What the form of a new record begins with.
  base::Json defaults(const std::string& register_id, const Write& write) const;
  /// The units of the authority today. Never null; kept until a unit changes.
  std::shared_ptr<const Organisation> organisation() const;
  /// List of {key, name, to, allowed, reason {zh,en}, input, approval}: the transitions from the
  /// record's present state, with the reason for those that `actor` may not run now.
  base::Json transitions_for(const Record& record, const access::Actor& actor,
                             base::Instant now) const;

  /// The clocks of a record as they stand at `now`, all runs: list of {key, name, kind, run, state
  /// (running, due_soon, overdue, paused, met, late, void), started, due, left {count, unit}, ...}.
  base::Json clocks_of(const Record& record, base::Instant now) const;
  /// Tells what clocks have come to until `now`: warnings, being late, escalations, each once,
  /// however late or often it is called. The same whoever calls it when.
  SweepReport sweep(base::Instant now);
  const WorkCalendar& calendar() const;
  /// Notices for people; on the same database.
  Inbox inbox() const;

  /// Committed changes of journaled registers in number order, for the journal.
  std::vector<model::RecordChange> changes_after(std::int64_t number, std::size_t limit) const;
  /// Called after each commit, from the writer's thread; must return at once. Tells of every
  /// register: see Definition::journaled.
  void on_change(std::function<void(const model::RecordChange&)> told);
  /// Runs `work` so that every write of any room in it commits together or not at all.
  /// A failing status undoes all and is returned.
  base::Status together(const std::function<base::Status()>& work);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::registry
