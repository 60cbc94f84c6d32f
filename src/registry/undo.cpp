// SPDX-License-Identifier: Apache-2.0
// Taking a transition back: the state, the fields that it wrote and its effects as they were, when
// nothing happened to them since. The history keeps both.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "registry/code_list.hpp"
#include "registry/detail/codes.hpp"
#include "registry/detail/impl.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/row.hpp"
#include "registry/inbox.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;

/// One transition of a record, as its history keeps it.
struct Move {
  std::int64_t revision{0};
  base::Instant at;
  std::string transition;
  std::vector<HistoryLine> lines;  ///< of that revision
};

Move move_at(const std::vector<HistoryLine>& history, std::int64_t revision) {
  Move out;
  out.revision = revision;
  for (const auto& line : history) {
    if (line.revision != revision) continue;
    out.at = line.at;
    out.lines.push_back(line);
    if (line.field == "input") out.transition = line.after["transition"].as_string();
  }
  if (out.transition.ends_with(".approve")) out.transition.resize(out.transition.size() - 8);
  return out;
}

/// Whether a transition was carried out with that line, or taken back. One from a state to itself
/// changes no state; one that waits for its second person, or was sent back, is none yet.
bool is_moved_by(const std::vector<HistoryLine>& history, const HistoryLine& line) {
  if (line.field == "state") return true;
  if (line.field != "input") return false;
  const std::string& key = line.after["transition"].as_string();
  if (key.ends_with(".refuse") || key.ends_with(".withdraw")) return false;
  return std::none_of(history.begin(), history.end(), [&](const HistoryLine& other) {
    return other.revision == line.revision && other.field == "pending" && !other.after.is_null();
  });
}

/// The record's last transition.
std::optional<Move> last_move(const std::vector<HistoryLine>& history) {
  const auto moved = std::find_if(history.rbegin(), history.rend(),
                                  [&](const HistoryLine& l) { return is_moved_by(history, l); });
  if (moved == history.rend()) return std::nullopt;
  return move_at(history, moved->revision);
}

tl::unexpected<base::Error> refused(const std::string& zh, const std::string& en) {
  return base::fail(Code::kConflict, zh + " / " + en, "undo", "set it right with another change");
}

using Revisions = std::set<std::int64_t>;

/// A field that somebody wrote, not one that follows from others.
bool is_written(const Definition& d, const HistoryLine& line) {
  const Field* f = d.field(line.field);
  return f != nullptr && !f->computed;
}

/// Whether anything but `own` changed the record since, apart from what follows by itself: computed
/// fields, and what its clocks came to.
bool changed_since(const Definition& d, const std::vector<HistoryLine>& history,
                   std::int64_t revision, const Revisions& own) {
  return std::any_of(history.begin(), history.end(), [&](const HistoryLine& line) {
    const Field* f = d.field(line.field);
    const bool follows = line.field == "clock" || (f != nullptr && f->computed);
    return line.revision > revision && !own.contains(line.revision) && !follows;
  });
}

/// A code that stands again is of the version that was in use when it was written.
void take_version_back(const Definition& d, const Field& f, const std::vector<HistoryLine>& history,
                       std::int64_t revision, Record& after) {
  const Json& value = after.fields[f.key];
  const auto written = std::find_if(history.rbegin(), history.rend(), [&](const HistoryLine& l) {
    return l.field == f.key && l.revision < revision && l.after == value;
  });
  if (value.is_null()) return detail::set_version(f, {}, after);
  if (written == history.rend()) return detail::guess_version(f, after);
  const auto& version = f.code_list->on(detail::local_day(written->at, zone_of(d)));
  detail::set_version(f, version.id, after);
}

/// The fields as they were, unless somebody wrote one of them since.
base::Status take_fields_back(const Definition& d, const std::vector<HistoryLine>& history,
                              const Move& move, const Revisions& own, Record& after) {
  for (const auto& line : move.lines) {
    if (!is_written(d, line)) continue;
    const auto later = std::find_if(history.begin(), history.end(), [&](const HistoryLine& l) {
      return l.revision > move.revision && l.field == line.field && !own.contains(l.revision);
    });
    if (later != history.end()) {
      const auto& name = d.field(line.field)->name;
      return refused("此后“" + name.zh + "”已被修改，不能撤销",
                     "'" + name.en + "' was changed since: it cannot be undone");
    }
    after.fields.set(line.field, line.before);
    const Field& f = *d.field(line.field);
    if (f.code_list) take_version_back(d, f, history, move.revision, after);
  }
  after.fields = merged(after.fields, {}, d);
  return {};
}

std::vector<EffectLine> effects_of(store::Db& rows, const std::string& register_id,
                                   const std::string& id, std::int64_t revision) {
  auto s = rows.prepare(
      "SELECT kind, target_register, target_record, target_rev FROM record_effect WHERE register = "
      "? AND record = ? AND rev = ? ORDER BY line DESC");
  s.bind(1, std::string_view(register_id)).bind(2, std::string_view(id)).bind(3, revision);
  std::vector<EffectLine> out;
  while (s.step()) out.push_back({s.text(0), s.text(1), s.text(2), s.integer(3)});
  return out;
}

/// Those who were told are told that it does not hold any more.
void tell_taken_back(store::Db& rows, const Record& r, const Move& move, base::Instant now) {
  const std::string stem = fmt::format("effect/{}/{}/{}/", r.register_id, r.id, move.revision);
  std::vector<Notice> notices;
  {
    auto s = rows.prepare(
        "SELECT person, zh, en, source FROM record_notice WHERE source >= ? AND source < ? ORDER "
        "BY "
        "number");
    s.bind(1, std::string_view(stem)).bind(2, std::string_view(stem + "~"));
    while (s.step()) {
      notices.push_back({0,
                         s.text(0),
                         now,
                         "effect",
                         r.register_id,
                         r.id,
                         {"已撤销：" + s.text(1), "Taken back: " + s.text(2)},
                         s.text(3) + "/undo",
                         std::nullopt});
    }
  }
  for (const auto& notice : notices) put_notice(rows, notice);
}

}  // namespace

std::optional<std::string> Registry::Impl::undoable(store::Db& rows, const Definition& d,
                                                    const Record& record) const {
  const auto& life = life_of(d);
  const bool any = std::any_of(life.transitions.begin(), life.transitions.end(),
                               [](const auto& t) { return !t.second.undo_roles.empty(); });
  if (!any || !record.pending.is_null()) return std::nullopt;
  const auto move = last_move(detail::load_history(rows, d.id, record.id, 0));
  if (!move || d.transition(move->transition) == nullptr ||
      life.transition(move->transition).undo_roles.empty())
    return std::nullopt;
  return move->transition;
}

/// One transition that is taken back, with those that its effects ran.
class Registry::Impl::Undoing {
 public:
  Undoing(Registry& registry, store::Db& rows, const Json& input, const Write& write)
      : m_registry(registry), m_rows(rows), m_input(input), m_program(write) {
    m_program.idempotency_key.clear();
    m_program.actor.roles = {access::Role::kSystem};
    m_program.actor.below.clear();
  }

  /// `write`: whose change of `record` it is.
  Result<Record> take_back(const Definition& d, const std::string& id, const Move& move,
                           const Write& write);

 private:
  base::Status take_effect_back(const EffectLine& e);
  Result<Record> carried_back(const Definition& target, const Record& now_is, const EffectLine& e);
  Revisions& own(const Definition& d, const std::string& id) { return m_own[{d.id, id}]; }

  Registry& m_registry;
  store::Db& m_rows;
  const Json& m_input;
  Write m_program;
  /// By register and record: the revisions that are taken back, or that doing so wrote.
  std::map<std::pair<std::string, std::string>, Revisions> m_own;
};

Result<Record> Registry::Impl::Undoing::carried_back(const Definition& target, const Record& now_is,
                                                     const EffectLine& e) {
  if (e.kind == "create") {
    return m_registry.remove(target.id, now_is.id, now_is.revision, m_program);
  }
  const auto history = detail::load_history(m_rows, target.id, now_is.id, e.revision - 1);
  const Move move = move_at(history, e.revision);
  if (e.kind == "run") return take_back(target, now_is.id, move, m_program);
  Json fields = Json::object();
  for (const auto& line : move.lines) {
    if (is_written(target, line)) fields.set(line.field, line.before);
  }
  return m_registry.patch(target.id, now_is.id, now_is.revision, fields, m_program);
}

base::Status Registry::Impl::Undoing::take_effect_back(const EffectLine& e) {
  const Definition* target = m_registry.definition(e.register_id);
  const auto now_is =
      target == nullptr ? std::nullopt : detail::load_record(m_rows, *target, e.record_id);
  const std::string shown = now_is && !now_is->number.empty() ? now_is->number : e.record_id;
  const bool changed =
      !now_is || now_is->removed ||
      changed_since(*target, detail::load_history(m_rows, target->id, e.record_id, e.revision),
                    e.revision, own(*target, e.record_id));
  if (changed) {
    return refused("由此产生或更新的记录 " + shown + " 此后已变动，不能撤销",
                   "the record " + shown + " of '" + e.register_id +
                       "', which it made or changed, was changed since: it cannot be undone");
  }
  const auto taken = carried_back(*target, *now_is, e);
  if (!taken) return tl::unexpected(taken.error());
  auto& own_revisions = own(*target, e.record_id);
  own_revisions.insert(e.revision);
  own_revisions.insert(now_is->revision + 1);
  return {};
}

Result<Record> Registry::Impl::Undoing::take_back(const Definition& d, const std::string& id,
                                                  const Move& move, const Write& write) {
  m_program.note = fmt::format("{}/{} {}.undo", d.id, id, move.transition);
  auto& own_revisions = own(d, id);
  own_revisions.insert(move.revision);
  for (const auto& e : effects_of(m_rows, d.id, id, move.revision)) {
    if (auto good = take_effect_back(e); !good) return tl::unexpected(good.error());
  }
  // As it is now: effects may have been about this record too.
  const auto record = need_record(m_rows, d, id);
  if (!record) return record;
  const auto history = detail::load_history(m_rows, d.id, id, 0);
  Record after = *record;
  after.pending = {};
  for (const auto& line : move.lines) {
    if (line.field == "state") after.state = line.before.as_string();
  }
  if (auto good = take_fields_back(d, history, move, own_revisions, after); !good)
    return tl::unexpected(good.error());
  Impl& my = *m_registry.m_impl;
  tell_taken_back(m_rows, *record, move, write.now);
  my.take_back_clocks(m_rows, d, *record, move.at);
  HistoryLine line;
  line.field = "input";
  line.after = Json::object({{"transition", move.transition + ".undo"}, {"input", m_input}});
  own_revisions.insert(record->revision + 1);
  return my.commit(m_rows, {d, &*record, std::move(after), "record.undo", {line}}, write);
}

Result<Record> Registry::Impl::undo(Registry& registry, store::Db& rows, const Definition& d,
                                    const Record& record, const std::string& transition,
                                    const Json& input, const Write& write) {
  const auto move = last_move(detail::load_history(rows, d.id, record.id, 0));
  if (!move || move->transition != transition) {
    return refused("最近一次流转不是该操作，不能撤销",
                   "'" + transition + "' was not the record's last transition");
  }
  const auto& within = life_of(d).transition(transition).undo_within;
  const LocalDays days{zone_of(d)};
  if (within && write.now >= after_due(*within, move->at, {calendar, days, false})) {
    return refused("已超过可撤销的时限", "the time for undoing it is over");
  }
  return Undoing(registry, rows, input, write).take_back(d, record.id, *move, write);
}

}  // namespace jinglue::registry
