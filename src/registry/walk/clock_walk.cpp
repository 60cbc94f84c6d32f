// SPDX-License-Identifier: Apache-2.0
#include "registry/walk/clock_walk.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "registry/detail/record_scope.hpp"

namespace jinglue::registry {
namespace {

using base::Instant;
using base::Json;

constexpr base::Duration kMoment{1};  // the least by which times differ
constexpr std::int64_t kDay_ms = 86'400'000;
constexpr int kStandsDays = 20;  // a pause over a long holiday still counts

bool is_dated(const ClockRule& c) {
  return c.start == ClockStart::kField || c.start == ClockStart::kUntil;
}

/// Far enough ahead that it is still to be warned of.
base::Duration ahead_of(const ClockRule& c) {
  if (c.start == ClockStart::kField) return {};
  std::int64_t days = 10;
  if (c.warn) days += c.warn->count * (c.warn->unit == SpanUnit::kMonths ? 31 : 2);
  return base::Duration(days * kDay_ms);
}

}  // namespace

void ClockWalk::walk() {
  for (const auto& c : life_of(m_d).clocks) walk_one(c);
}

void ClockWalk::walk_one(const ClockRule& c) {
  m_ground.tried([&] {
    const auto run = start(c);
    if (!run) return;
    count(Seen::kStarted);
    see_warned(c, *run);
    see_told(c, *run);
    see_escalated(c, *run);
    for (const auto& state : c.pauses) m_ground.tried([&] { see_paused(c, state); });
    m_ground.tried([&] { see_ended(c, false); });
    m_ground.tried([&] { see_ended(c, true); });
  });
}

/// The record; empty when it is not made.
std::string ClockWalk::begun(const ClockRule& c) {
  const auto wishes_in = [&](const std::string& state) {
    std::vector<Wish> out;
    if (c.when) out = wishes_of(m_ground, m_d, *c.when, true, state);
    if (c.stops_when) {  // or it would be over as it starts
      for (auto& wish : wishes_of(m_ground, m_d, *c.stops_when, false, state))
        out.push_back(std::move(wish));
    }
    return out;
  };
  if (c.start == ClockStart::kState) {
    for (const auto& state : c.start_states) {
      const auto wishes = wishes_in(state);
      const std::string id = m_lead.in_state(m_d, state, Json::object(), wishes);
      if (!id.empty()) return id;
    }
    return {};
  }
  const std::string first = m_d.states.empty() ? "" : m_d.states.front().key;
  const auto wishes = wishes_in(first);
  Json fields = Json::object();
  const Field* f = is_dated(c) ? m_d.field(c.field) : nullptr;
  if (f != nullptr && !f->sealed) {
    const Instant at = m_ground.now + ahead_of(c);
    fields.set(c.field, f->type == FieldType::kDate ? Json(detail::local_day(at, zone_of(m_d)))
                                                    : Json(base::to_iso(at)));
  }
  const std::string id = m_lead.in_state(m_d, first, fields, wishes);
  if (id.empty() || f == nullptr || !f->sealed) return id;
  const Instant at = m_ground.now + ahead_of(c);  // the program writes it
  const Json value = f->type == FieldType::kDate ? Json(detail::local_day(at, zone_of(m_d)))
                                                 : Json(base::to_iso(at));
  const auto done = m_ground.set(m_ground.record(m_d.id, id), Json::object({{c.field, value}}));
  return done ? id : "";
}

std::optional<ClockWalk::Running> ClockWalk::start(const ClockRule& c) {
  const std::string id = begun(c);
  if (id.empty()) {
    broken(c, "it is not started: " + m_lead.why());
    return std::nullopt;
  }
  const Json run = shown(c, id, m_ground.now);
  if (run.is_null()) {
    broken(c, fmt::format("it does not start with a record in '{}'",
                          m_ground.record(m_d.id, id).state));
    return std::nullopt;
  }
  const auto due = base::parse_iso(run["due"].as_string());
  if (!due) {
    broken(c, "it stands still from the beginning: it starts in a state that pauses it");
    return std::nullopt;
  }
  return Running{id, *due};
}

void ClockWalk::see_warned(const ClockRule& c, const Running& run) {
  if (!c.warn) return;
  const Instant at = before_due(*c.warn, run.due, counting(c));
  if (at <= m_ground.now) {
    return broken(c, "the warning is due before it starts: it is longer than the clock");
  }
  m_ground.registry().sweep(at - kMoment);
  if (told(c, run.id, "warned") != 0) return broken(c, "it warns before its time");
  m_ground.registry().sweep(at);
  m_ground.registry().sweep(at);
  if (const auto times = told(c, run.id, "warned"); times != 1)
    return broken(c, fmt::format("it warned {} times", times));
  if (!c.to.empty() && notices(c, run.id) == 0) return broken(c, "nobody is told of the warning");
  count(Seen::kWarned);
}

void ClockWalk::see_told(const ClockRule& c, const Running& run) {
  m_ground.registry().sweep(run.due - kMoment);
  if (told(c, run.id, "overdue") != 0) return broken(c, "it is late before it is due");
  const auto before = notices(c, run.id);
  m_ground.registry().sweep(run.due);
  m_ground.registry().sweep(run.due);
  if (const auto times = told(c, run.id, "overdue"); times != 1)
    return broken(c, fmt::format("it told {} times that it is late", times));
  if (!c.to.empty() && notices(c, run.id) == before)
    return broken(c, "nobody is told that it is late");
  count(Seen::kOverdue);
}

void ClockWalk::see_escalated(const ClockRule& c, const Running& run) {
  for (std::size_t i = 0; i < c.escalations.size(); ++i) {
    const Instant at = after_due(c.escalations[i].after, run.due, counting(c));
    m_ground.registry().sweep(at - kMoment);
    if (told(c, run.id, "escalated") != i)
      return broken(c, fmt::format("step {} goes up before its time", i + 1));
    const auto before = notices(c, run.id);
    m_ground.registry().sweep(at);
    if (told(c, run.id, "escalated") != i + 1)
      return broken(c, fmt::format("step {} does not go up", i + 1));
    if (notices(c, run.id) == before)
      return broken(c, fmt::format("nobody is told of step {}", i + 1));
    count(Seen::kEscalated);
  }
}

void ClockWalk::see_paused(const ClockRule& c, const std::string& state) {
  const auto run = start(c);
  if (!run) return;
  const auto stops = ends(c);
  const std::set<std::string> avoided(stops.begin(), stops.end());
  if (!m_lead.on_to(m_d, run->id, state, {}, avoided)) {
    return broken(c, fmt::format("it pauses in '{}', where no way leads while it runs: {}", state,
                                 m_lead.why()));
  }
  if (shown(c, run->id, m_ground.now)["state"].as_string() != "paused")
    return broken(c, "it does not stand still in '" + state + "'");
  count(Seen::kPaused);
  m_ground.now = m_ground.now + base::Duration(kStandsDays * kDay_ms);
  for (const auto& t : m_d.transitions) {
    if (!is_among(t.from, state) || is_among(c.pauses, t.to) || avoided.contains(t.to)) continue;
    if (!m_lead.on_to(m_d, run->id, t.to, {}, avoided)) continue;
    const Json gone_on = shown(c, run->id, m_ground.now);
    const auto due = base::parse_iso(gone_on["due"].as_string());
    if (!due || *due <= run->due)
      broken(c, fmt::format("it does not go on later from '{}' after standing still", t.to));
    return;
  }
  const bool ended =
      std::any_of(m_d.transitions.begin(), m_d.transitions.end(),
                  [&](const auto& t) { return is_among(t.from, state) && avoided.contains(t.to); });
  if (!ended) not_shown(c, "it was not seen to go on from '" + state + "': " + m_lead.why());
}

std::vector<std::string> ClockWalk::ends(const ClockRule& c) const {
  std::vector<std::string> out = c.stops;
  for (const auto& state : m_d.states)
    if (state.final && !is_among(out, state.key)) out.push_back(state.key);
  return out;
}

/// Values of the record with which the condition holds that ends it.
bool ClockWalk::end_by_condition(const ClockRule& c, const std::string& id) {
  Draft draft{m_ground.record(m_d.id, id), Json::object()};
  Search search = m_lead.search(m_d, nullptr);
  const auto wishes = wishes_of(m_ground, m_d, *c.stops_when, true, {});
  return search.fulfil(draft, wishes) && search.apply(draft).has_value();
}

/// One step before it ends, which may have moved it, and a day after it is due.
bool ClockWalk::to_late(const ClockRule& c, const Running& run, const std::string& state) {
  const auto stops = ends(c);
  const std::set<std::string> avoided(stops.begin(), stops.end());
  for (const auto& t : m_d.transitions) {
    if (state.empty() || t.to != state) continue;
    const bool near = std::any_of(t.from.begin(), t.from.end(), [&](const std::string& from) {
      return !avoided.contains(from) && !is_among(c.pauses, from) &&
             m_lead.on_to(m_d, run.id, from, {}, avoided);
    });
    if (near) break;
  }
  const auto due = base::parse_iso(shown(c, run.id, m_ground.now)["due"].as_string());
  if (due) m_ground.now = *due + base::Duration(kDay_ms);
  return due.has_value();
}

/// By the condition that ends it, or the first state that does and is reached.
void ClockWalk::see_ended(const ClockRule& c, bool late) {
  auto ways = ends(c);
  if (c.stops_when) ways.insert(ways.begin(), std::string());
  for (const auto& state : ways) {
    bool seen = false;
    m_ground.tried([&] {
      const auto run = start(c);
      if (!run) return;
      if (late && !to_late(c, *run, state)) return;
      const bool ended =
          state.empty() ? end_by_condition(c, run->id) : m_lead.on_to(m_d, run->id, state);
      if (!ended) return;
      const std::string outcome = shown(c, run->id, m_ground.now)["state"].as_string();
      seen = true;
      if (outcome == (late ? "late" : "met")) return count(late ? Seen::kLate : Seen::kMet);
      broken(c, fmt::format("ended {} by '{}' it is '{}'", late ? "late" : "in time",
                            state.empty() ? c.stops_when->text : state, outcome));
    });
    if (seen) return;
  }
  broken(c, fmt::format("no way was found that ends it {}: {}", late ? "late" : "in time",
                        m_lead.why()));
}

/// Its last run; null when there is none.
Json ClockWalk::shown(const ClockRule& c, const std::string& id, Instant at) {
  Json out;
  const Json all = m_ground.registry().clocks_of(m_ground.record(m_d.id, id), at);
  for (const auto& run : all.items())
    if (run["key"].as_string() == c.key) out = run;
  return out;
}

std::size_t ClockWalk::told(const ClockRule& c, const std::string& id, const char* event) {
  const auto history = m_ground.registry().history(m_d.id, id);
  return std::size_t(std::count_if(history.begin(), history.end(), [&](const HistoryLine& line) {
    return line.field == "clock" && line.after["clock"].as_string() == c.key &&
           line.after["event"].as_string() == event;
  }));
}

/// How many people were told something of it.
std::int64_t ClockWalk::notices(const ClockRule& c, const std::string& id) {
  return m_ground.records().read([&](store::Db& db) {
    auto s = db.prepare("SELECT COUNT(*) FROM record_notice WHERE source >= ? AND source < ?");
    const std::string stem = fmt::format("clock/{}/{}/{}/", m_d.id, id, c.key);
    s.bind(1, std::string_view(stem)).bind(2, std::string_view(stem + "~"));
    return s.step() ? s.integer(0) : 0;
  });
}

Counting ClockWalk::counting(const ClockRule& c) const {
  return {m_ground.registry().calendar(), LocalDays{zone_of(m_d)}, c.to_working_day};
}

}  // namespace jinglue::registry
