// SPDX-License-Identifier: Apache-2.0
#include "registry/walk/search.hpp"

#include <algorithm>
#include <regex>

#include "registry/detail/record_scope.hpp"
#include "registry/detail/value.hpp"

namespace jinglue::registry {
namespace {

using base::Json;
using expression::Path;

constexpr int kMostSteps = 12;            // values changed for one draft
constexpr std::size_t kMostPairs = 4000;  // of one step

/// What stands between quotes is no name.
std::string without_texts(const std::string& text) {
  return std::regex_replace(text, std::regex("'[^']*'"), "''");
}

/// The parts that are joined at the top by `word` (" and ", " or "), which the text holds together
/// with nothing else there.
std::vector<std::string> parts_at(const std::string& text, std::string_view word) {
  std::vector<std::string> out;
  const std::string_view other = word == " and " ? " or " : "";
  int depth = 0;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') quoted = !quoted;
    if (quoted) continue;
    depth += text[i] == '(' || text[i] == '[' ? 1 : text[i] == ')' || text[i] == ']' ? -1 : 0;
    if (depth > 0) continue;
    if (!other.empty() && text.compare(i, other.size(), other) == 0) return {text};
    if (text.compare(i, word.size(), word) != 0) continue;
    out.push_back(text.substr(begin, i - begin));
    begin = i + word.size();
  }
  out.push_back(text.substr(begin));
  return out;
}

/// Names of fields, with those behind links: {"right", "state"}.
std::vector<Path> paths_in(const Definition& d, const std::string& text) {
  std::vector<Path> out;
  const std::string bare = without_texts(text);
  static const std::regex kName("[a-z][a-z0-9_]*(?:\\.[a-z][a-z0-9_]*)*");
  for (std::sregex_iterator it(bare.begin(), bare.end(), kName), end; it != end; ++it) {
    Path path;
    std::string part;
    for (const char c : (*it)[0].str() + ".") {
      if (c != '.') {
        part += c;
        continue;
      }
      path.push_back(part);
      part.clear();
    }
    const bool known = d.field(path[0]) != nullptr;
    if (known && std::find(out.begin(), out.end(), path) == out.end()) out.push_back(path);
  }
  return out;
}

struct LinkedName {
  std::string register_id, link;
};
std::vector<LinkedName> linked_in(const std::string& text) {
  std::vector<LinkedName> out;
  static const std::regex kLinked("linked\\(\\s*'([a-z0-9_]+)'\\s*,\\s*'([a-z0-9_]+)'");
  for (std::sregex_iterator it(text.begin(), text.end(), kLinked), end; it != end; ++it)
    out.push_back({(*it)[1].str(), (*it)[2].str()});
  return out;
}

const Field* input_field(const Transition* t, const std::string& key) {
  if (t == nullptr) return nullptr;
  const auto it =
      std::find_if(t->input.begin(), t->input.end(), [&](const Field& f) { return f.key == key; });
  return it == t->input.end() ? nullptr : &*it;
}

bool is_required(const Transition* t, const std::string& key) {
  return t != nullptr && std::find(t->requires_fields.begin(), t->requires_fields.end(), key) !=
                             t->requires_fields.end();
}

/// The record behind the links of a path, but for its last name.
std::optional<Record> holder(Ground& ground, const Definition& d, const Record& record,
                             const Path& path) {
  std::optional<Record> at = record;
  const Definition* of = &d;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const Field* link = of->field(path[i]);
    if (link == nullptr || link->type != FieldType::kLink) return std::nullopt;
    at = ground.registry().find(link->link, at->fields[path[i]].as_string());
    if (!at) return std::nullopt;
    of = &ground.definition(link->link);
  }
  return at;
}

std::vector<Record> pointing_here(Ground& ground, const LinkedName& by, const std::string& id) {
  registry::Query query;
  query.equals = {{by.link, id}};
  const auto page = ground.registry().list(by.register_id, query);
  return page ? page->items : std::vector<Record>();
}

}  // namespace

std::vector<Wish> wishes_of(const Ground& ground, const Definition& d, const Formula& formula,
                            bool wanted, const std::string& state) {
  const Definition& kept = ground.definition(d.id);  // names must live as long as what reads them
  const auto names = detail::names_of(ground.definitions(), kept);
  std::vector<Wish> out;
  // All of "a and b" hold, or none of "a or b" does.
  for (const auto& part : parts_at(formula.text, wanted ? " and " : " or ")) {
    auto read = expression::Expression::read(part, names);
    if (!read) return {{formula.text, formula.read, wanted, state}};
    out.push_back({part, std::move(*read), wanted, state});
  }
  return out;
}

Record Search::seen(const Draft& draft, const std::string& state) const {
  Record out = draft.record;
  for (const auto& [key, value] : draft.input.members())
    if (m_d.field(key) != nullptr) out.fields.set(key, value);
  if (!state.empty()) out.state = state;
  return out;
}

bool Search::as_wished(const Draft& draft, const Wish& wish) {
  const Record record = seen(draft, wish.state);
  const bool holds = m_ground.records().read([&](store::Db& db) {
    const detail::RecordScope scope(db, m_ground.definitions(), m_d, record, m_ground.now,
                                    zone_of(m_d));
    return wish.read.holds(scope);
  });
  return holds == wish.wanted;
}

base::Status Search::valid(const Draft& draft) const {
  if (m_transition != nullptr) {
    if (auto good = detail::check_object(m_transition->input, draft.input); !good) return good;
  }
  if (auto good = detail::check_object(m_d.fields, draft.record.fields); !good) return good;
  return detail::check_object(m_d.fields, seen(draft, {}).fields);
}

int Search::score(const Draft& draft, const std::vector<Wish>& wishes) {
  if (!valid(draft)) return -1;
  return int(std::count_if(wishes.begin(), wishes.end(),
                           [&](const Wish& wish) { return as_wished(draft, wish); }));
}

int Search::score_with(Draft draft, const std::vector<const Change*>& changes,
                       const std::vector<Wish>& wishes) {
  int out = -1;
  const auto look = [&] {
    for (const auto* change : changes)
      if (!change->make(draft)) return;
    out = score(draft, wishes);
  };
  const bool tables =
      std::any_of(changes.begin(), changes.end(), [](const Change* c) { return c->tables; });
  tables ? m_ground.tried(look) : look();
  return out;
}

bool Search::one_better(Draft& draft, const std::vector<Wish>& wishes, const Changes& changes,
                        int now) {
  const Change* best = nullptr;
  for (const auto& change : changes) {
    const int score = score_with(draft, {&change}, wishes);
    if (score <= now) continue;
    now = score;
    best = &change;
    if (now == int(wishes.size())) break;
  }
  return best != nullptr && best->make(draft);
}

bool Search::two_better(Draft& draft, const std::vector<Wish>& wishes, const Changes& changes,
                        int now) {
  std::size_t tried = 0;
  for (const auto& first : changes) {
    for (const auto& second : changes) {
      if (first.of == second.of || ++tried > kMostPairs) continue;
      if (score_with(draft, {&first, &second}, wishes) > now)
        return first.make(draft) && second.make(draft);
    }
  }
  return false;
}

bool Search::fulfil(Draft& draft, const std::vector<Wish>& wishes) {
  for (int step = 0; step < kMostSteps; ++step) {
    const int now = score(draft, wishes);
    if (now == int(wishes.size())) return true;
    bool better = false;
    for (const auto& wish : wishes) {
      if (better || as_wished(draft, wish)) continue;
      const Changes changes = changes_for(draft, wish);
      better = one_better(draft, wishes, changes, now) || two_better(draft, wishes, changes, now);
    }
    if (!better) return false;
  }
  return score(draft, wishes) == int(wishes.size());
}

base::Status Search::apply(const Draft& draft) {
  const Record stands = m_ground.record(m_d.id, draft.record.id);
  Json changed = Json::object();
  for (const auto& f : m_d.fields) {
    if (stands.fields[f.key] != draft.record.fields[f.key])
      changed.set(f.key, draft.record.fields[f.key]);
  }
  if (changed.members().empty()) return {};
  const auto done = m_ground.set(stands, changed);
  return done ? base::Status() : tl::unexpected(done.error());
}

Search::Changes Search::changes_for(const Draft& draft, const Wish& wish) {
  Changes out;
  for (const auto& path : paths_in(m_d, wish.text)) {
    add_own(draft, wish, path[0], out);
    if (path.size() > 1) add_behind(draft, wish, path, out);
  }
  add_linked(draft, wish, out);
  return out;
}

std::vector<Json> Search::values_beside(const Draft& draft, const Wish& wish,
                                        const std::string& key) const {
  std::vector<Json> out;
  const Record record = seen(draft, {});
  for (const auto& path : paths_in(m_d, wish.text)) {
    if (path.size() == 1 && path[0] != key && !record.fields[path[0]].is_null())
      out.push_back(record.fields[path[0]]);
  }
  return out;
}

/// Puts dates beside a changed one in order again, and gives what is required with it.
bool Search::mend(Draft& draft, const std::string& changed) {
  for (int i = 0; i < 8; ++i) {
    const auto good = valid(draft);
    if (good) return true;
    const Field* f = m_d.field(good.error().where);
    if (f == nullptr) return false;
    if (good.error().code == base::Code::kMissing && f->key != changed) {
      draft.record.fields.set(f->key, valid_value(*f, m_ground.values(m_d)));
      continue;
    }
    const Json all = seen(draft, {}).fields;
    if (f->after.empty() || !all[f->key].is_string() || !all[f->after].is_string()) return false;
    // The one that was not changed gives way.
    const Field* moved = f->key == changed ? m_d.field(f->after) : f;
    const Json& stays = f->key == changed ? all[f->key] : all[f->after];
    if (moved == nullptr || input_field(m_transition, moved->key) != nullptr) return false;
    draft.record.fields.set(moved->key, day_beside(stays, f->key == changed ? -1 : 1));
  }
  return false;
}

/// Of a field of its own, or of the input that fills it.
void Search::add_own(const Draft& draft, const Wish& wish, const std::string& key, Changes& out) {
  const Field* asked = input_field(m_transition, key);
  const Field* f = asked != nullptr ? asked : m_d.field(key);
  const bool needed = f->required || is_required(m_transition, key);
  for (const auto& value :
       candidates(*f, m_ground.values(m_d), wish.text, values_beside(draft, wish, key))) {
    if (value.is_null() && needed) continue;
    const auto canonical = detail::canonical(*f, value);
    if (!canonical) continue;
    out.push_back({key, false, [=, this, value = *canonical](Draft& changed) {
                     auto& fields = asked != nullptr ? changed.input : changed.record.fields;
                     fields = without(fields, key);
                     if (!value.is_null()) fields.set(key, value);
                     return mend(changed, key);
                   }});
  }
}

/// Of a record behind links: its field is changed; what it is linked to is among add_own().
void Search::add_behind(const Draft& draft, const Wish& wish, const Path& path, Changes& out) {
  const auto behind = holder(m_ground, m_d, seen(draft, {}), path);
  if (!behind) return;
  const Definition& other = m_ground.definition(behind->register_id);
  const Field* f = other.field(path.back());
  if (f == nullptr) return;
  for (const auto& value : candidates(*f, m_ground.values(other), wish.text, {})) {
    out.push_back(
        {path[0] + "." + f->key, true, [this, record = *behind, key = f->key, value](Draft&) {
           return bool(m_ground.set(record, Json::object({{key, value}})));
         }});
  }
}

/// Records that point here: none of them, one more in each state, other values of those there are.
void Search::add_linked(const Draft& draft, const Wish& wish, Changes& out) {
  for (const auto& by : linked_in(wish.text)) {
    const Definition& other = m_ground.definition(by.register_id);
    const Field* link = other.field(by.link);
    const std::string id = draft.record.id;
    const std::string of = "linked." + by.register_id;
    const Json here = link->type == FieldType::kLink ? Json(id) : Json::array({id});
    std::vector<std::string> states;
    for (const auto& state : other.states) states.push_back(state.key);
    if (states.empty()) states.emplace_back();
    for (const auto& state : states) {
      out.push_back({of + "." + state, true, [this, &other, state, by, here](Draft&) {
                       return !m_in_state(other, state, Json::object({{by.link, here}})).empty();
                     }});
    }
    const auto there = pointing_here(m_ground, by, id);
    if (there.empty()) continue;
    out.push_back({of, true, [this, there](Draft&) {
                     return std::all_of(there.begin(), there.end(), [&](const Record& r) {
                       return bool(m_ground.registry().remove(r.register_id, r.id, r.revision,
                                                              m_ground.by_program()));
                     });
                   }});
    for (const auto& path : paths_in(other, wish.text)) {
      const Field* f = other.field(path[0]);
      if (path.size() > 1 || path[0] == by.link) continue;
      for (const auto& value : candidates(*f, m_ground.values(other), wish.text, {})) {
        out.push_back({of + ".." + f->key, true, [this, there, key = f->key, value](Draft&) {
                         return std::all_of(there.begin(), there.end(), [&](const Record& r) {
                           return bool(m_ground.set(r, Json::object({{key, value}})));
                         });
                       }});
      }
    }
  }
}

}  // namespace jinglue::registry
