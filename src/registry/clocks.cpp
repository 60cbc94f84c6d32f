// SPDX-License-Identifier: Apache-2.0
// Registry's clocks: they follow each commit of a record; sweep() tells what they have come to.
#include <algorithm>

#include <fmt/format.h>

#include "base/local_time.hpp"
#include "base/log.hpp"
#include "registry/detail/clock_rows.hpp"
#include "registry/detail/impl.hpp"
#include "registry/detail/recipients.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/row.hpp"
#include "registry/inbox.hpp"
#include "registry/life.hpp"

namespace jinglue::registry {
namespace {

using base::Instant;
using base::Json;

constexpr std::size_t kAtOnce = 100;  // runs in one write of a sweep

bool has(const std::vector<std::string>& items, const std::string& item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

bool ended_by(const Definition& d, const ClockRule& rule, const Record& r) {
  const State* state = d.state(r.state);
  return r.removed || has(rule.stops, r.state) || (state != nullptr && state->final);
}

/// The instant that a date or an instant stands for: of a date its begin, for kUntil its end.
std::optional<Instant> dated(const Definition& d, const ClockRule& rule, const Record& r,
                             const LocalDays& days) {
  const Field* f = d.field(rule.field);
  const Json& value = f == nullptr ? Json() : r.fields[rule.field];
  if (!value.is_string()) return std::nullopt;
  if (f->type == FieldType::kInstant) {
    const auto at = base::parse_iso(value.as_string());
    return at ? std::optional(*at) : std::nullopt;
  }
  expression::Day day;
  if (!expression::read_day(value.as_string(), day)) return std::nullopt;
  return rule.start == ClockStart::kUntil ? days.end(day) : days.begin(day);
}

bool is_dated(const ClockRule& rule) {
  return rule.start == ClockStart::kField || rule.start == ClockStart::kUntil;
}

HistoryLine line_of(const ClockRun& run, const char* event, Instant at) {
  HistoryLine out;
  out.field = "clock";
  out.after = Json::object({{"clock", run.clock}, {"event", event}, {"at", base::to_iso(at)}});
  if (run.due) out.after.set("due", base::to_iso(*run.due));
  return out;
}

/// "AJ-2024-0001 疑似休渔期离港"
std::string local(Instant at, const std::string& zone) {
  // A period that ends with a day ends at its 24:00, not at 00:00 of another.
  const std::string text = base::to_local_text(at - base::Duration(1), zone);
  return text.ends_with("23:59:59") ? text.substr(0, 10) + " 24:00"
                                    : base::to_local_text(at, zone).substr(0, 16);
}

/// `of`: the record, as who is told sees it.
base::Words words_of(const Definition& d, const std::string& of, const ClockRule& rule,
                     const ClockRun& run, ClockMoment moment) {
  const std::string due = run.due ? local(*run.due, zone_of(d)) : "";
  // Whoever is told of a period that nobody has verified is told that, too.
  const bool unverified = rule.confidence == "memory";
  const base::Words name{rule.name.zh + (unverified ? "（时限依据未核实）" : ""),
                         rule.name.en + (unverified ? " (unverified)" : "")};
  switch (moment) {
    case ClockMoment::kWarn:
      return {fmt::format("“{}”将于 {} 到期：{}", name.zh, due, of),
              fmt::format("{} is due at {}: {}", name.en, due, of)};
    case ClockMoment::kLate:
      return {fmt::format("“{}”已超期（{} 到期）：{}", name.zh, due, of),
              fmt::format("{} is overdue (was due at {}): {}", name.en, due, of)};
    case ClockMoment::kEscalate:
      break;
  }
  return {fmt::format("超期上报：“{}”{} 到期仍未办结：{}", name.zh, due, of),
          fmt::format("Escalated: {} was due at {} and is still open: {}", name.en, due, of)};
}

Counting counting_of(const WorkCalendar& calendar, const Definition& d, const ClockRule& rule) {
  return {calendar, LocalDays{zone_of(d)}, rule.to_working_day};
}

/// One record's clocks while a commit is made.
class Follower {
 public:
  Follower(const std::vector<Definition>& all, const WorkCalendar& calendar, store::Db& rows,
           const Definition& d, const Record* before, const Record& after, Instant now, bool undone)
      : m_all(all),
        m_calendar(calendar),
        m_rows(rows),
        m_d(d),
        m_before(before),
        m_after(after),
        m_now(now),
        m_undone(undone),
        m_runs(detail::load_runs(rows, d.id, after.id)) {}

  std::vector<HistoryLine> follow() {
    for (const auto& rule : life_of(m_d).clocks) {
      const auto last = std::find_if(m_runs.rbegin(), m_runs.rend(),
                                     [&](const ClockRun& run) { return run.clock == rule.key; });
      if (last != m_runs.rend() && last->open()) {
        go_on(rule, *last);
      } else {
        begin(rule, last == m_runs.rend() ? nullptr : &*last);
      }
    }
    return std::move(m_lines);
  }

 private:
  Counting counting(const ClockRule& rule) const { return counting_of(m_calendar, m_d, rule); }

  bool ended(const ClockRule& rule, const Record& r) const {
    if (ended_by(m_d, rule, r)) return true;
    if (!rule.stops_when) return false;
    const detail::RecordScope scope(m_rows, m_all, m_d, r, m_now, zone_of(m_d));
    return rule.stops_when->read.holds(scope);
  }

  void put(const ClockRule& rule, const ClockRun& run, const char* event) {
    const auto next = next_event(run, rule, counting(rule));
    detail::store_run(m_rows, run, next ? std::optional(next->at) : std::nullopt);
    if (event != nullptr) m_lines.push_back(line_of(run, event, m_now));
  }

  void end(const ClockRule& rule, ClockRun& run, const char* outcome) {
    if (run.paused()) run.pauses.back().to = m_now;
    run.ended = m_now;
    run.outcome = outcome;
    put(rule, run, outcome);
  }

  void go_on(const ClockRule& rule, ClockRun& run) {
    const auto base = dated(m_d, rule, m_after, counting(rule).days);
    if (m_after.removed || (is_dated(rule) && !base)) return end(rule, run, "void");
    if (ended(rule, m_after)) {
      // Late even when no sweep has come by yet.
      if (!run.late && run.due && m_now >= *run.due) run.late = run.due;
      return end(rule, run, run.late ? "late" : "met");
    }
    const auto before = run;
    if (rule.start == ClockStart::kField) run.started = *base;
    const bool stands = has(rule.pauses, m_after.state);
    const bool changes = stands != run.paused();
    if (changes && stands) run.pauses.push_back({m_now, std::nullopt});
    if (changes && !stands) run.pauses.back().to = m_now;
    recount(run, rule, counting(rule), base);
    if (!changes && run.due == before.due && run.warn == before.warn) return;
    put(rule, run, changes ? (stands ? "paused" : "resumed") : "moved");
  }

  bool begins(const ClockRule& rule, const ClockRun* last) const {
    if (ended(rule, m_after)) return false;
    if (m_undone && !is_dated(rule)) return false;  // its former run was taken up again
    if (rule.start == ClockStart::kCreate) return m_before == nullptr;
    if (rule.start == ClockStart::kState)
      return has(rule.start_states, m_after.state) &&
             (m_before == nullptr || m_before->state != m_after.state);
    const auto days = counting(rule).days;
    if (!dated(m_d, rule, m_after, days)) return false;
    return last == nullptr || m_before == nullptr || !dated(m_d, rule, *m_before, days) ||
           ended(rule, *m_before);
  }

  void begin(const ClockRule& rule, const ClockRun* last) {
    if (!begins(rule, last)) return;
    if (rule.when) {
      const detail::RecordScope scope(m_rows, m_all, m_d, m_after, m_now, zone_of(m_d));
      if (!rule.when->read.holds(scope)) return;
    }
    ClockRun run;
    run.register_id = m_d.id;
    run.record_id = m_after.id;
    run.clock = rule.key;
    run.number = last == nullptr ? 1 : last->number + 1;
    const auto base = dated(m_d, rule, m_after, counting(rule).days);
    run.started = rule.start == ClockStart::kField ? *base : m_now;
    if (has(rule.pauses, m_after.state)) run.pauses.push_back({m_now, std::nullopt});
    recount(run, rule, counting(rule), base);
    put(rule, run, "started");
  }

  const std::vector<Definition>& m_all;
  const WorkCalendar& m_calendar;
  store::Db& m_rows;
  const Definition& m_d;
  const Record* m_before;
  const Record& m_after;
  Instant m_now;
  bool m_undone;
  std::vector<ClockRun> m_runs;
  std::vector<HistoryLine> m_lines;
};

void count(ClockMoment moment, SweepReport& report) {
  if (moment == ClockMoment::kWarn) ++report.warned;
  if (moment == ClockMoment::kLate) ++report.late;
  if (moment == ClockMoment::kEscalate) ++report.escalated;
}

constexpr const char* kEventNames[] = {"warned", "overdue", "escalated"};

Json left_json(const ClockRule& rule, const ClockRun& run, Instant now, const Counting& counting) {
  const SpanUnit unit = rule.start == ClockStart::kUntil ? SpanUnit::kDays : rule.length.unit;
  const SpanUnit shown_unit = unit == SpanUnit::kMonths ? SpanUnit::kDays : unit;
  return Json::object(
      {{"count", left_of(shown_unit, now, *run.due, counting)}, {"unit", to_key(shown_unit)}});
}

Json run_json(const ClockRule& rule, const ClockRun& run, Instant now, const Counting& counting) {
  Json out = Json::object({{"key", rule.key},
                           {"name", Json::object({{"zh", rule.name.zh}, {"en", rule.name.en}})},
                           {"kind", rule.statutory ? "statutory" : "internal"},
                           {"run", run.number},
                           {"state", state_of(run, now)},
                           {"started", base::to_iso(run.started)}});
  const auto set = [&](const char* key, const std::optional<Instant>& at) {
    if (at) out.set(key, base::to_iso(*at));
  };
  if (!rule.basis.empty()) out.set("basis", rule.basis);
  if (!rule.source.empty()) out.set("source", rule.source);
  if (!rule.confidence.empty()) {
    out.set("confidence", rule.confidence);
    out.set("verified", rule.confidence != "memory");
  }
  set("due", run.due);
  if (run.open() && run.due) out.set("left", left_json(rule, run, now, counting));
  set("warned_at", run.warned);
  set("late_since", run.late);
  set("ended_at", run.ended);
  if (run.escalated > 0) out.set("escalated", run.escalated);
  if (run.uncertain) {
    out.set("warning",
            Json::object({{"zh", "节假日安排尚未录入，仅按周末推算，到期日可能有变"},
                          {"en",
                           "the days off of a year are not known yet: counted with weekends "
                           "only, the due day may move"}}));
  }
  return out;
}

}  // namespace

Counting Registry::Impl::counting(const Definition& d, const ClockRule& rule) const {
  return counting_of(calendar, d, rule);
}

std::vector<HistoryLine> Registry::Impl::follow_clocks(store::Db& rows, const Definition& d,
                                                       const Record* before, const Record& after,
                                                       Instant now, bool undone) const {
  if (life_of(d).clocks.empty()) return {};
  return Follower(definitions, calendar, rows, d, before, after, now, undone).follow();
}

void Registry::Impl::take_back_clocks(store::Db& rows, const Definition& d, const Record& record,
                                      Instant moved_at) const {
  for (auto& run : detail::load_runs(rows, d.id, record.id)) {
    const ClockRule* rule = life_of(d).clock(run.clock);
    if (rule == nullptr) continue;
    if (run.ended == moved_at && run.outcome != "void") {
      if (!run.pauses.empty() && run.pauses.back().to == moved_at) run.pauses.back().to.reset();
      run.ended.reset();
      run.outcome.clear();
    } else if (run.started == moved_at && run.open() && rule->start == ClockStart::kState) {
      run.outcome = "void";
    } else {
      continue;
    }
    const auto next = next_event(run, *rule, counting(d, *rule));
    detail::store_run(rows, run, next ? std::optional(next->at) : std::nullopt);
  }
}

/// Due days that were counted with weekends only, when the calendar knows more now.
void Registry::Impl::recount_uncertain() {
  const auto moved = db.write([&](store::Db& rows) {
    std::size_t out = 0;
    for (auto& run : detail::uncertain_runs(rows)) {
      const Definition* d = find(run.register_id);
      const ClockRule* rule = d == nullptr ? nullptr : life_of(*d).clock(run.clock);
      if (rule == nullptr || rule->start == ClockStart::kUntil) continue;
      recount(run, *rule, counting(*d, *rule), std::nullopt);
      const auto next = next_event(run, *rule, counting(*d, *rule));
      detail::store_run(rows, run, next ? std::optional(next->at) : std::nullopt);
      ++out;
    }
    return out;
  });
  if (moved > 0) base::log_info("registry", "{} clocks counted again with the calendar", moved);
}

void Registry::Impl::tell_clock(store::Db& rows, ClockRun run, Instant now, SweepReport& report) {
  const Definition* d = find(run.register_id);
  const ClockRule* rule = d == nullptr ? nullptr : life_of(*d).clock(run.clock);
  const auto record = d == nullptr ? std::nullopt : detail::load_record(rows, *d, run.record_id);
  if (rule == nullptr || !record) {  // the definition does not have it any more
    detail::store_run(rows, run, std::nullopt);
    return;
  }
  std::vector<HistoryLine> lines;
  auto event = next_event(run, *rule, counting(*d, *rule));
  for (; event && event->at <= now; event = next_event(run, *rule, counting(*d, *rule))) {
    const bool passed = event->moment == ClockMoment::kWarn && run.due && now >= *run.due;
    tell(run, *event);
    lines.push_back(line_of(run, kEventNames[int(event->moment)], event->at));
    count(event->moment, report);
    if (passed) continue;  // after a long stop: the one that it is late follows
    const auto& to = event->moment == ClockMoment::kEscalate
                         ? rule->escalations[std::size_t(run.escalated) - 1].to
                         : rule->to;
    const std::string source =
        fmt::format("clock/{}/{}/{}/{}/{}{}/{}", d->id, record->id, rule->key, run.number,
                    kEventNames[int(event->moment)], run.escalated, run.due ? run.due->ms : 0);
    for (const auto& person : detail::recipients(people(rows, now), *d, *record, to)) {
      const auto text =
          words_of(*d, detail::shown_to(*d, *record, person), *rule, run, event->moment);
      const bool is_new = put_notice(
          rows, {0, person.user, now, "clock", d->id, record->id, text, source, std::nullopt});
      report.notices += is_new ? 1 : 0;
    }
  }
  detail::store_run(rows, run, event ? std::optional(event->at) : std::nullopt);
  if (lines.empty()) return;
  commit(rows, {*d, &*record, *record, "record.clock", std::move(lines)},
         {access::Actor::system(), now, {}, {}});
}

SweepReport Registry::sweep(Instant now) {
  SweepReport report;
  std::size_t told = kAtOnce;
  while (told == kAtOnce) {
    told = m_impl->db.write([&](store::Db& rows) {
      auto runs = detail::runs_to_tell(rows, now, kAtOnce);
      for (auto& run : runs) m_impl->tell_clock(rows, std::move(run), now, report);
      return runs.size();
    });
  }
  report.uncertain =
      m_impl->db.read([](store::Db& rows) { return detail::uncertain_runs(rows).size(); });
  return report;
}

Json Registry::clocks_of(const Record& record, Instant now) const {
  Json out = Json::array();
  const Definition* d = m_impl->find(record.register_id);
  if (d == nullptr || life_of(*d).clocks.empty()) return out;
  const auto runs =
      m_impl->db.read([&](store::Db& rows) { return detail::load_runs(rows, d->id, record.id); });
  for (const auto& run : runs) {
    const ClockRule* rule = life_of(*d).clock(run.clock);
    if (rule != nullptr) out.push(run_json(*rule, run, now, m_impl->counting(*d, *rule)));
  }
  return out;
}

}  // namespace jinglue::registry
