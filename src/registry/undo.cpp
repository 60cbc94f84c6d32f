// SPDX-License-Identifier: Apache-2.0
// Taking a transition back: the state, the fields that it wrote and its effects as they were, when
// nothing happened to them since. The history keeps both.
#include <algorithm>

#include <fmt/format.h>

#include "registry/detail/impl.hpp"
#include "registry/detail/row.hpp"
#include "registry/inbox.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;

struct LastMove {
  std::int64_t revision{0};
  base::Instant at;
  std::string transition, actor;
  std::vector<HistoryLine> lines;  ///< of that revision
};

/// The record's last change of state.
std::optional<LastMove> last_move(const std::vector<HistoryLine>& history) {
  const auto moved = std::find_if(history.rbegin(), history.rend(),
                                  [](const HistoryLine& l) { return l.field == "state"; });
  if (moved == history.rend()) return std::nullopt;
  LastMove out{moved->revision, moved->at, {}, moved->actor, {}};
  for (const auto& line : history) {
    if (line.revision != out.revision) continue;
    out.lines.push_back(line);
    if (line.field == "input") out.transition = line.after["transition"].as_string();
  }
  if (out.transition.ends_with(".approve")) out.transition.resize(out.transition.size() - 8);
  return out;
}

tl::unexpected<base::Error> refused(const std::string& zh, const std::string& en) {
  return base::fail(Code::kConflict, zh + " / " + en, "undo", "set it right with another change");
}

bool is_field(const Definition& d, const HistoryLine& line) {
  return d.field(line.field) != nullptr;
}

/// The fields as they were, unless somebody wrote one of them since.
base::Status take_fields_back(const Definition& d, const std::vector<HistoryLine>& history,
                              const LastMove& move, Record& after) {
  for (const auto& line : move.lines) {
    if (!is_field(d, line)) continue;
    const auto later = std::find_if(history.begin(), history.end(), [&](const HistoryLine& l) {
      return l.revision > move.revision && l.field == line.field;
    });
    if (later != history.end()) {
      const auto& name = d.field(line.field)->name;
      return refused("此后“" + name.zh + "”已被修改，不能撤销",
                     "'" + name.en + "' was changed since: it cannot be undone");
    }
    after.fields.set(line.field, line.before);
  }
  after.fields = merged(after.fields, {}, d);
  return {};
}

std::vector<EffectLine> effects_of(store::Db& rows, const Record& r, std::int64_t revision) {
  auto s = rows.prepare(
      "SELECT kind, target_register, target_record, target_rev FROM record_effect WHERE register = "
      "? AND record = ? AND rev = ? ORDER BY line DESC");
  s.bind(1, std::string_view(r.register_id)).bind(2, std::string_view(r.id)).bind(3, revision);
  std::vector<EffectLine> out;
  while (s.step()) out.push_back({s.text(0), s.text(1), s.text(2), s.integer(3)});
  return out;
}

/// Those who were told are told that it does not hold any more.
void tell_taken_back(store::Db& rows, const Record& r, const LastMove& move, base::Instant now) {
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

Result<Record> Registry::Impl::undo(Registry& registry, store::Db& rows, const Definition& d,
                                    const Record& record, const std::string& transition,
                                    const Json& input, const Write& write, int depth) {
  const auto history = detail::load_history(rows, d.id, record.id, 0);
  const auto move = last_move(history);
  if (!move || move->transition != transition) {
    return refused("最近一次流转不是该操作，不能撤销",
                   "'" + transition + "' was not the record's last transition");
  }
  const auto& within = life_of(d).transition(transition).undo_within;
  const LocalDays days{zone_of(d)};
  if (within && depth == 0 && write.now >= after_due(*within, move->at, {calendar, days, false})) {
    return refused("已超过可撤销的时限", "the time for undoing it is over");
  }
  Record after = record;
  after.pending = {};
  for (const auto& line : move->lines) {
    if (line.field == "state") after.state = line.before.as_string();
  }
  if (auto good = take_fields_back(d, history, *move, after); !good)
    return tl::unexpected(good.error());
  Write program = write;
  program.idempotency_key.clear();
  program.actor.roles = {access::Role::kSystem};
  program.note = fmt::format("{}/{} {}.undo", d.id, record.number, transition);
  for (const auto& e : effects_of(rows, record, move->revision)) {
    const Definition* target = find(e.register_id);
    const auto now_is =
        target == nullptr ? std::nullopt : detail::load_record(rows, *target, e.record_id);
    const std::string shown = now_is && !now_is->number.empty() ? now_is->number : e.record_id;
    if (!now_is || now_is->removed || now_is->revision != e.revision) {
      return refused("由此产生或更新的记录 " + shown + " 此后已变动，不能撤销",
                     "the record " + shown + " of '" + e.register_id +
                         "', which it made or changed, was changed since: it cannot be undone");
    }
    base::Result<Record> taken = *now_is;
    if (e.kind == "create") {
      taken = registry.remove(e.register_id, e.record_id, e.revision, program);
    } else if (e.kind == "update") {
      Json fields = Json::object();
      for (const auto& line : detail::load_history(rows, target->id, e.record_id, e.revision - 1))
        if (is_field(*target, line)) fields.set(line.field, line.before);
      taken = registry.patch(e.register_id, e.record_id, e.revision, fields, program);
    } else {
      const auto theirs = last_move(detail::load_history(rows, target->id, e.record_id, 0));
      taken = undo(registry, rows, *target, *now_is, theirs ? theirs->transition : "", input,
                   program, depth + 1);
    }
    if (!taken) return taken;
  }
  tell_taken_back(rows, record, *move, write.now);
  take_back_clocks(rows, d, record, move->at);
  HistoryLine line;
  line.field = "input";
  line.after = Json::object({{"transition", transition + ".undo"}, {"input", input}});
  return commit(rows, {d, &record, std::move(after), "record.undo", {line}}, write);
}

}  // namespace jinglue::registry
