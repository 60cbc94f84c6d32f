// SPDX-License-Identifier: Apache-2.0
#include "registry/walk/transition_walk.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "registry/detail/rights.hpp"
#include "registry/span.hpp"

namespace jinglue::registry {
namespace {

using access::Actor;
using access::Role;
using base::Code;
using base::Json;

/// One who sees the record and is not among those who may; nothing when everybody may.
std::optional<Actor> outsider(const Definition& d, const Transition& t, detail::Step step,
                              const Record& record) {
  const std::string district = detail::district_of(d, record.fields);
  for (const Role role : Ground::roles()) {
    Actor actor = Ground::person(role, 2);
    if (!detail::may_see(d, actor, district)) continue;
    if (!detail::may_move(d, t, step, actor, district)) return actor;
  }
  return std::nullopt;
}

}  // namespace

void TransitionWalk::walk() {
  for (const auto& t : m_d.transitions) walk_one(t);
}

void TransitionWalk::walk_one(const Transition& t) {
  const std::string where = m_places.transition(t.key);
  bool refusals = false;  // once is enough
  for (const auto& from : t.from) {
    const std::string id = m_lead.in_state(m_d, from);
    if (id.empty()) {
      broken(where, fmt::format("'{}' is not walked: its state '{}' is not reached: {}", t.key,
                                from, m_lead.why()));
      continue;
    }
    const auto ready = m_lead.prepare(m_d, t, id);
    if (!refusals) {
      refusals = true;
      check_roles(t, ready.draft.record);
      refuse_conditions(t, ready.draft);
    }
    if (!ready.good) {
      for (const auto& text : ready.unmet)
        broken(where, fmt::format("'{}' from '{}' is not walked: no values were found with which "
                                  "this holds: {}",
                                  t.key, from, text));
      continue;
    }
    if (from == t.from.front()) {
      refuse_state(t, ready.draft.input);
      refuse_inputs(t, ready.draft.record, ready.draft.input);
      refuse_required(t, ready.draft.record, ready.draft.input);
      refuse_second(t, ready.draft.record, ready.draft.input);
    }
    carry_out(t, from, id, ready.draft.input);
  }
}

void TransitionWalk::judge(const Transition& t, const base::Result<Record>& done,
                           const Refusal& expected, Seen seen, const std::string& what) {
  if (done) {
    return broken(m_places.transition(t.key), fmt::format("'{}' was carried out {}", t.key, what));
  }
  const auto& error = done.error();
  const bool good = error.code == expected.code &&
                    (expected.where.empty() || error.where == expected.where) &&
                    error.message.find(expected.saying) != std::string::npos;
  if (good) return count(seen);
  broken(m_places.transition(t.key),
         fmt::format("'{}' {} was refused for another reason: {}", t.key, what, error.text()));
}

void TransitionWalk::check_roles(const Transition& t, const Record& record) {
  const std::string district = detail::district_of(m_d, record.fields);
  const auto named = [&](const std::vector<std::string>& roles, detail::Step step) {
    for (const auto& key : roles) {
      const auto role = access::role_from(key);
      if (!role || *role == Role::kSystem) continue;
      const auto good = detail::may_move(m_d, t, step, Ground::person(*role), district);
      if (!good) {
        broken(m_places.transition(t.key),
               fmt::format("'{}' names the role '{}', which may not: {}", t.key, key,
                           good.error().message));
      }
    }
  };
  named(t.roles, detail::Step::kRun);
  named(t.approval_roles, detail::Step::kDecide);
  const auto other = outsider(m_d, t, detail::Step::kRun, record);
  if (!other) return;  // whoever sees it may
  m_ground.tried([&] {
    const auto done = m_ground.registry().transition(m_d.id, record.id, t.key, Json::object(),
                                                     m_ground.by(*other));
    judge(t, done, {Code::kForbidden, {}}, Seen::kRole,
          fmt::format("by {}, who is not named", other->user));
  });
}

void TransitionWalk::refuse_state(const Transition& t, const Json& input) {
  m_ground.tried([&] {
    for (const auto& state : m_d.states) {
      if (is_among(t.from, state.key)) continue;
      const std::string id = m_lead.in_state(m_d, state.key);
      if (id.empty()) continue;
      const auto actor = Lead::who(m_d, t, false, m_ground.record(m_d.id, id));
      if (!actor) return;
      const auto done =
          m_ground.registry().transition(m_d.id, id, t.key, input, m_ground.by(*actor));
      return judge(t, done, {Code::kConflict, "state"}, Seen::kState, "in '" + state.key + "'");
    }
  });
}

void TransitionWalk::refuse_inputs(const Transition& t, const Record& record, const Json& input) {
  const auto actor = Lead::who(m_d, t, false, record);
  for (const auto& f : t.input) {
    if (!f.required || !actor) continue;
    m_ground.tried([&] {
      const auto done = m_ground.registry().transition(m_d.id, record.id, t.key,
                                                       without(input, f.key), m_ground.by(*actor));
      judge(t, done, {Code::kMissing, f.key}, Seen::kInput, "without the input '" + f.key + "'");
    });
  }
}

void TransitionWalk::refuse_required(const Transition& t, const Record& record, const Json& input) {
  const auto actor = Lead::who(m_d, t, false, record);
  for (const auto& key : t.requires_fields) {
    const Field* f = m_d.field(key);
    if (f == nullptr || !actor) continue;
    if (f->required) continue;  // every record has it
    m_ground.tried([&] {
      const auto taken = m_ground.set(record, Json::object({{key, Json()}}));
      if (!taken) {
        return not_shown(m_places.transition(t.key),
                         fmt::format("'{}' requires '{}', which cannot be taken away: {}", t.key,
                                     key, taken.error().text()));
      }
      const auto done = m_ground.registry().transition(m_d.id, record.id, t.key,
                                                       without(input, key), m_ground.by(*actor));
      judge(t, done, {Code::kMissing, key}, Seen::kRequired, "without '" + key + "'");
    });
  }
}

/// Values with which that condition does not hold, and the others do where that is possible.
bool TransitionWalk::broken_alone(const Transition& t, std::size_t condition, Draft& draft) {
  const auto& all = life_of(m_d).transition(t.key).conditions;
  auto alone = wishes_of(m_ground, m_d, all[condition].when, false, {});
  auto wishes = alone;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == condition) continue;
    for (auto& wish : wishes_of(m_ground, m_d, all[i].when, true, {})) wishes.push_back(wish);
  }
  Search search = m_lead.search(m_d, &t);
  const Draft ready = draft;
  if (search.fulfil(draft, wishes)) return true;
  draft = ready;
  return search.fulfil(draft, alone);
}

void TransitionWalk::refuse_conditions(const Transition& t, const Draft& ready) {
  const auto& all = life_of(m_d).transition(t.key).conditions;
  const auto actor = Lead::who(m_d, t, false, ready.record);
  for (std::size_t i = 0; i < all.size() && actor; ++i) {
    m_ground.tried([&] {
      Draft draft = ready;
      if (!broken_alone(t, i, draft) || !m_lead.search(m_d, &t).apply(draft)) {
        return not_shown(m_places.condition(t.key, i),
                         fmt::format("no values were found with which this does not hold: {}",
                                     all[i].when.text));
      }
      const auto done = m_ground.registry().transition(m_d.id, ready.record.id, t.key, draft.input,
                                                       m_ground.by(*actor));
      judge(t, done, {Code::kConflict, "conditions", all[i].message.zh}, Seen::kCondition,
            "while this does not hold: " + all[i].when.text);
    });
  }
}

void TransitionWalk::refuse_second(const Transition& t, const Record& record, const Json& input) {
  const auto actor = Lead::who(m_d, t, false, record);
  const auto second = Lead::who(m_d, t, true, record);
  if (!t.approval || !actor || !second) return;
  auto& registry = m_ground.registry();
  m_ground.tried([&] {
    const auto asked = registry.transition(m_d.id, record.id, t.key, input, m_ground.by(*actor));
    if (!asked) return;  // carry_out() tells
    if (asked->state != record.state || asked->pending.is_null())
      return broken(m_places.transition(t.key), "'" + t.key + "' does not wait for approval");
    Actor same = *actor;  // also with the other role
    same.roles.insert(same.roles.end(), second->roles.begin(), second->roles.end());
    judge(t,
          registry.transition(m_d.id, record.id, t.key + ".approve", Json::object(),
                              m_ground.by(same)),
          {Code::kForbidden, {}}, Seen::kSecond, "with the approval of the person who asked");
    if (const auto other = outsider(m_d, t, detail::Step::kDecide, record)) {
      judge(t,
            registry.transition(m_d.id, record.id, t.key + ".approve", Json::object(),
                                m_ground.by(*other)),
            {Code::kForbidden, {}}, Seen::kSecond, "with the approval of " + other->user);
    }
    const auto sent_back =
        registry.transition(m_d.id, record.id, t.key + ".refuse",
                            Json::object({{"reason", "材料不全"}}), m_ground.by(*second));
    if (!sent_back || sent_back->state != record.state || !sent_back->pending.is_null())
      broken(m_places.transition(t.key), "'" + t.key + "' is not sent back by the second person");
  });
}

void TransitionWalk::carry_out(const Transition& t, const std::string& from, const std::string& id,
                               const Json& input) {
  const Record before = m_ground.record(m_d.id, id);
  const auto done = m_lead.take(m_d, t, id, input);
  const std::string where = m_places.transition(t.key);
  if (!done) {
    return broken(where, fmt::format("'{}' from '{}': {}", t.key, from, done.error().text()));
  }
  if (done->state != t.to)
    return broken(where, fmt::format("'{}' led to '{}'", t.key, done->state));
  for (const auto& stamp : t.stamps) {
    if (done->fields[stamp.field].is_null())
      return broken(where, fmt::format("'{}' did not fill '{}'", t.key, stamp.field));
  }
  count(Seen::kTaken);
  if (from == t.from.front()) undo(t, before, *done);
}

void TransitionWalk::undo(const Transition& t, const Record& before, const Record& after) {
  const auto& life = life_of(m_d).transition(t.key);
  if (life.undo_roles.empty() || before.state == after.state) return;
  const auto role = access::role_from(life.undo_roles.front());
  const std::string where = m_places.transition(t.key);
  const Json why = Json::object({{"reason", "录入有误"}});
  auto& registry = m_ground.registry();
  const auto take_back = [&](const Actor& who) {
    return registry.transition(m_d.id, after.id, t.key + ".undo", why, m_ground.by(who));
  };
  Transition back;
  back.key = t.key + ".undo";
  back.roles = life.undo_roles;
  if (const auto other = outsider(m_d, back, detail::Step::kRun, after)) {
    m_ground.tried([&] {
      judge(t, take_back(*other), {Code::kForbidden, {}}, Seen::kUndone,
            "back by " + other->user + ", who is not named");
    });
  }
  if (life.undo_within) {
    m_ground.tried([&] {
      const LocalDays days{zone_of(m_d)};
      m_ground.now = after_due(*life.undo_within, m_ground.now, {registry.calendar(), days, false});
      judge(t, take_back(Ground::person(*role)), {Code::kConflict, "undo"}, Seen::kUndone,
            "back after the time for it");
    });
  }
  m_ground.tried([&] {
    const auto done = take_back(Ground::person(*role));
    if (!done)
      return broken(where, fmt::format("'{}' is not taken back: {}", t.key, done.error().text()));
    if (done->state != before.state || done->fields != before.fields)
      return broken(where, fmt::format("'{}' taken back does not bring back what was", t.key));
    count(Seen::kUndone);
  });
}

}  // namespace jinglue::registry
