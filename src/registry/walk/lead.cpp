// SPDX-License-Identifier: Apache-2.0
#include "registry/walk/lead.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "registry/detail/rights.hpp"

namespace jinglue::registry {
namespace {

using access::Actor;
using access::Role;
using base::Code;
using base::Json;

constexpr int kDeepest = 4;  // records made for records

/// Counts how many records are being made for each other.
class Deeper {
 public:
  explicit Deeper(int& depth) : m_depth(depth) { ++m_depth; }
  ~Deeper() { --m_depth; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  int& m_depth;
};

}  // namespace

bool is_among(const std::vector<std::string>& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

Lead::Lead(Ground& ground) : m_ground(ground) {
  m_ground.linked = [this](const std::string& register_id) { return ids_of(register_id); };
}

Search Lead::search(const Definition& d, const Transition* t) {
  return {m_ground, d, t,
          [this](const Definition& other, const std::string& state, const Json& fields) {
            return in_state(other, state, fields);
          }};
}

/// A record of that register in each of its states that can be reached, made when first asked for.
std::vector<std::string> Lead::ids_of(const std::string& register_id) {
  const auto known = m_ids.find(register_id);
  // What was made while something was only tried is not there any more.
  const bool there = known != m_ids.end() &&
                     std::all_of(known->second.begin(), known->second.end(), [&](const auto& id) {
                       return m_ground.registry().find(register_id, id).has_value();
                     });
  if (there) return known->second;
  if (m_ground.registry().definition(register_id) == nullptr) return {};
  m_ids[register_id] = {};  // a circle of links ends here
  const Definition& d = m_ground.definition(register_id);
  std::vector<std::string> out;
  const std::string begin = in_state(d, d.states.empty() ? "" : d.states.front().key);
  if (!begin.empty()) m_ids[register_id] = out = {begin};
  for (std::size_t i = 1; i < d.states.size(); ++i) {
    const std::string id = in_state(d, d.states[i].key);
    if (!id.empty()) out.push_back(id);
  }
  return m_ids[register_id] = out;
}

base::Result<Actor> Lead::who(const Definition& d, const Transition& t, bool second,
                              const Record& record) {
  const auto step = second ? detail::Step::kDecide : detail::Step::kRun;
  const std::string district = detail::district_of(d, record.fields);
  base::Status last = base::fail(Code::kForbidden, "no role may run '" + t.key + "'");
  const auto& named = second ? t.approval_roles : t.roles;
  for (const Role role : Ground::roles()) {
    if (!named.empty() && !is_among(named, std::string(access::to_key(role)))) continue;
    Actor actor = Ground::person(role, second ? 2 : 1);
    last = detail::may_move(d, t, step, actor, district);
    if (last) return actor;
  }
  return tl::unexpected(last.error());
}

base::Result<Record> Lead::take(const Definition& d, const Transition& t, const std::string& id,
                                const Json& input) {
  const auto actor = who(d, t, false, m_ground.record(d.id, id));
  if (!actor) return tl::unexpected(actor.error());
  auto done = m_ground.registry().transition(d.id, id, t.key, input, m_ground.by(*actor));
  if (!done || !t.approval) return done;
  const auto second = who(d, t, true, *done);
  if (!second) return tl::unexpected(second.error());
  return m_ground.registry().transition(d.id, id, t.key + ".approve", Json::object(),
                                        m_ground.by(*second));
}

Lead::Ready Lead::prepare(const Definition& d, const Transition& t, const std::string& id,
                          const std::vector<Wish>& also) {
  Ready out;
  out.draft.record = m_ground.record(d.id, id);
  out.draft.input = valid_object(t.input, m_ground.values(d), true, d.fields);
  for (const auto& key : t.requires_fields) {
    const Field* f = d.field(key);
    if (f == nullptr || out.draft.record.fields.has(key) || out.draft.input.has(key)) continue;
    out.draft.record.fields.set(key, valid_value(*f, m_ground.values(d)));
  }
  std::vector<Wish> wishes;
  for (const auto& c : life_of(d).transition(t.key).conditions) {
    for (auto& wish : wishes_of(m_ground, d, c.when, true, {})) wishes.push_back(std::move(wish));
  }
  wishes.insert(wishes.end(), also.begin(), also.end());
  Search search = this->search(d, &t);
  out.good = search.fulfil(out.draft, wishes);
  for (const auto& wish : wishes)
    if (!out.good && search.score(out.draft, {wish}) != 1) out.unmet.push_back(wish.text);
  if (auto written = search.apply(out.draft); !written) {
    out.good = false;
    out.unmet.push_back(written.error().text());
  }
  out.draft.record = m_ground.record(d.id, id);
  return out;
}

/// A record of the first state for which the wishes hold from its making on.
std::string Lead::first(const Definition& d, const Json& fields, const std::vector<Wish>& also) {
  auto made = m_ground.make(d, true, fields);
  if (!made) {
    m_why = made.error().text();
    return {};
  }
  if (also.empty()) return made->id;
  Draft draft{*made, Json::object()};
  if (!search(d, nullptr).fulfil(draft, also)) {
    m_why = "no values were found with which this holds: " + also.front().text;
    return {};
  }
  Json own = Json::object();
  for (const auto& f : d.fields)
    if (!f.sealed && !f.unique) own.set(f.key, draft.record.fields[f.key]);
  for (const auto& [key, value] : fields.members()) own.set(key, value);
  made = m_ground.make(d, true, own);
  if (!made) m_why = made.error().text();
  return made ? made->id : "";
}

std::string Lead::in_state(const Definition& d, const std::string& state, const Json& fields,
                           const std::vector<Wish>& also) {
  const Deeper deeper(m_depth);
  if (m_depth > kDeepest) {
    m_why = "records that need each other go on for too long";
    return {};
  }
  const bool begins = d.states.empty() || state == d.states.front().key;
  const std::string id = first(d, fields, begins ? also : std::vector<Wish>());
  if (id.empty() || begins || on_to(d, id, state, also)) return id;
  return {};
}

/// The fewest transitions; empty when there are none.
std::vector<const Transition*> Lead::way(const Definition& d, const std::string& from,
                                         const std::string& to, const Blocked& blocked,
                                         const std::set<std::string>& avoided) {
  struct Step {
    const Transition* by{nullptr};
    std::string from;
  };
  std::map<std::string, Step> came;
  std::vector<std::string> reached{from};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (const auto& t : d.transitions) {
      if (!is_among(t.from, reached[i]) || t.to == from || came.contains(t.to)) continue;
      if (blocked.contains({t.key, reached[i]})) continue;
      if (t.to != to && avoided.contains(t.to)) continue;
      came[t.to] = {&t, reached[i]};
      reached.push_back(t.to);
    }
  }
  std::vector<const Transition*> out;
  for (std::string at = to; at != from; at = came[at].from) {
    if (!came.contains(at)) return {};
    out.insert(out.begin(), came[at].by);
  }
  return out;
}

bool Lead::on_to(const Definition& d, const std::string& id, const std::string& state,
                 const std::vector<Wish>& also, const std::set<std::string>& avoided) {
  Blocked blocked;
  std::string failed;  // the first transition that was refused says more than that there is no way
  while (true) {
    const std::string at = m_ground.record(d.id, id).state;
    if (at == state) return true;
    const auto steps = way(d, at, state, blocked, avoided);
    if (steps.empty()) {
      m_why = failed.empty() ? "no transition leads there" : failed;
      return false;
    }
    const Transition& t = *steps.front();
    const auto ready = prepare(d, t, id, steps.size() == 1 ? also : std::vector<Wish>());
    const auto done = ready.good ? take(d, t, id, ready.draft.input) : base::Result<Record>();
    if (ready.good && done) continue;
    blocked.insert({t.key, at});
    if (!failed.empty()) continue;
    failed = "'" + t.key + "': " +
             (ready.good ? done.error().text()
                         : "no values were found with which this holds: " +
                               (ready.unmet.empty() ? "" : ready.unmet.front()));
  }
}

}  // namespace jinglue::registry
