// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/clock_rows.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/json.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Instant;
using base::Json;

constexpr const char* kColumns =
    "register, record, clock, run, started, pauses, due, uncertain, warn, warned, late, escalated, "
    "ended, outcome";

std::optional<Instant> instant(const store::Stmt& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional(Instant{row.integer(column)});
}
std::optional<std::int64_t> ms_of(const std::optional<Instant>& at) {
  return at ? std::optional(at->ms) : std::nullopt;
}

std::vector<Pause> pauses_from(const std::string& text) {
  std::vector<Pause> out;
  const auto json = base::parse_json(text);
  if (!json) return out;
  for (const auto& item : json->items()) {
    const auto& pair = item.items();
    if (pair.size() != 2) continue;
    out.push_back({{pair[0].as_int()},
                   pair[1].is_null() ? std::nullopt : std::optional(Instant{pair[1].as_int()})});
  }
  return out;
}

std::string text_of(const std::vector<Pause>& pauses) {
  Json out = Json::array();
  for (const auto& p : pauses) out.push(Json::array({p.from.ms, p.to ? Json(p.to->ms) : Json()}));
  return out.dump();
}

ClockRun read_run(const store::Stmt& row) {
  ClockRun out;
  out.register_id = row.text(0);
  out.record_id = row.text(1);
  out.clock = row.text(2);
  out.number = row.integer(3);
  out.started = {row.integer(4)};
  out.pauses = pauses_from(row.text(5));
  out.due = instant(row, 6);
  out.uncertain = row.integer(7) != 0;
  out.warn = instant(row, 8);
  out.warned = instant(row, 9);
  out.late = instant(row, 10);
  out.escalated = row.integer(11);
  out.ended = instant(row, 12);
  out.outcome = row.text(13);
  return out;
}

std::vector<ClockRun> all_of(store::Stmt& rows) {
  std::vector<ClockRun> out;
  while (rows.step()) out.push_back(read_run(rows));
  return out;
}

}  // namespace

std::vector<ClockRun> load_runs(store::Db& db, const std::string& register_id,
                                const std::string& record_id) {
  auto rows =
      db.prepare(fmt::format("SELECT {} FROM record_clock WHERE register = ? AND record = ? "
                             "ORDER BY clock, run",
                             kColumns));
  rows.bind(1, std::string_view(register_id)).bind(2, std::string_view(record_id));
  return all_of(rows);
}

void store_run(store::Db& db, const ClockRun& run, std::optional<Instant> next) {
  auto s = db.prepare(fmt::format(
      "INSERT INTO record_clock({}, next) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(register, record, clock, run) DO UPDATE SET started = excluded.started, "
      "pauses = excluded.pauses, due = excluded.due, uncertain = excluded.uncertain, "
      "warn = excluded.warn, warned = excluded.warned, late = excluded.late, "
      "escalated = excluded.escalated, ended = excluded.ended, outcome = excluded.outcome, "
      "next = excluded.next",
      kColumns));
  s.bind(1, std::string_view(run.register_id)).bind(2, std::string_view(run.record_id));
  s.bind(3, std::string_view(run.clock)).bind(4, run.number).bind(5, run.started.ms);
  const std::string pauses = text_of(run.pauses);
  s.bind(6, std::string_view(pauses)).bind(7, ms_of(run.due));
  s.bind(8, std::int64_t{run.uncertain}).bind(9, ms_of(run.warn)).bind(10, ms_of(run.warned));
  s.bind(11, ms_of(run.late)).bind(12, run.escalated).bind(13, ms_of(run.ended));
  s.bind(14, std::string_view(run.outcome)).bind(15, ms_of(next)).run();
}

std::vector<ClockRun> runs_to_tell(store::Db& db, Instant now, std::size_t limit) {
  auto rows = db.prepare(
      fmt::format("SELECT {} FROM record_clock WHERE next <= ? ORDER BY next LIMIT ?", kColumns));
  rows.bind(1, now.ms).bind(2, std::int64_t(limit));
  return all_of(rows);
}

std::vector<ClockRun> uncertain_runs(store::Db& db) {
  auto rows = db.prepare(
      fmt::format("SELECT {} FROM record_clock WHERE outcome = '' AND uncertain = 1", kColumns));
  return all_of(rows);
}

namespace {

/// Of "due_in_3": 3; 0 when it is none, at most a year.
int days_ahead(std::string_view state) {
  constexpr std::string_view kHead = "due_in_";
  if (!state.starts_with(kHead)) return 0;
  const auto number = base::parse_json(state.substr(kHead.size()));
  return number && number->is_int() && number->as_int() >= 1 && number->as_int() <= 366
             ? int(number->as_int())
             : 0;
}

}  // namespace

base::Result<std::string> clock_condition(const Definition& d, const std::string& filter,
                                          Instant now) {
  const auto colon = filter.find(':');
  const std::string clock = colon == std::string::npos ? "" : filter.substr(0, colon);
  const std::string state = colon == std::string::npos ? filter : filter.substr(colon + 1);
  if (!clock.empty() && life_of(d).clock(clock) == nullptr) {
    return base::fail(base::Code::kUnknown,
                      "the register '" + d.id + "' has no clock '" + clock + "'", "clock");
  }
  std::string condition;
  const std::string over = fmt::format("(late IS NOT NULL OR due <= {})", now.ms);
  if (state == "overdue") condition = "outcome = '' AND " + over;
  if (state == "due_soon")
    condition = fmt::format("outcome = '' AND late IS NULL AND due > {0} AND warn <= {0}", now.ms);
  if (state == "running") condition = "outcome = '' AND due IS NOT NULL";
  if (state == "paused") condition = "outcome = '' AND due IS NULL AND late IS NULL";
  if (state == "met" || state == "late") condition = "outcome = '" + state + "'";
  if (const auto days = days_ahead(state); days > 0) {
    const auto until = now + base::Duration(std::chrono::hours(24 * days));
    condition =
        fmt::format("outcome = '' AND late IS NULL AND due > {} AND due <= {}", now.ms, until.ms);
  }
  if (condition.empty()) {
    return base::fail(base::Code::kUnknown, "'" + state + "' is no state of a clock", "clock",
                      "running, due_soon, due_in_N (days), overdue, paused, met or late; before it "
                      "KEY: for one clock");
  }
  if (!clock.empty()) condition += " AND clock = '" + clock + "'";  // a key: letters, digits, _
  return "id IN (SELECT record FROM record_clock WHERE register = '" + d.id + "' AND " + condition +
         ")";
}

}  // namespace jinglue::registry::detail
