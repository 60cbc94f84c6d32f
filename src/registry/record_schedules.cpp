// SPDX-License-Identifier: Apache-2.0
#include "registry/record_schedules.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "registry/detail/characters.hpp"
#include "registry/detail/recipients.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/value.hpp"
#include "registry/inbox.hpp"
#include "registry/life.hpp"
#include "registry/organisation.hpp"
#include "registry/record_templates.hpp"
#include "registry/span.hpp"
#include "registry/standing.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using base::Result;
using expression::Day;
using std::string_view;

constexpr std::size_t kMostTold = 20;
constexpr string_view kColumns =
    "id, register, owner, name, fields, rule, tell, paused, changed, trouble";

/// A try that ended well and is taken back.
constexpr const char* kTried = "schedule.tried";

Json texts(const std::vector<std::string>& list) {
  Json out = Json::array();
  for (const auto& one : list) out.push(one);
  return out;
}

RecordSchedule read_row(const store::Stmt& row) {
  RecordSchedule out;
  out.id = row.text(0);
  out.register_id = row.text(1);
  out.owner = row.text(2);
  out.name = row.text(3);
  out.fields = base::parse_json(row.text(4)).value_or(Json::object());
  if (auto rule = read_recurrence(base::parse_json(row.text(5)).value_or(Json()), Day{})) {
    out.rule = std::move(*rule);
  }
  const Json told = base::parse_json(row.text(6)).value_or(Json::array());
  for (const auto& one : told.items()) out.tell.push_back(one.as_string());
  out.paused = row.integer(7) != 0;
  out.changed_at = {row.integer(8)};
  out.trouble = row.text(9);
  return out;
}

void put(store::Db& rows, const RecordSchedule& one) {
  auto s = rows.prepare(
      "INSERT INTO record_schedule(id, register, owner, name, fields, rule, tell, paused, changed, "
      "trouble) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET owner = "
      "excluded.owner, fields = excluded.fields, rule = excluded.rule, tell = excluded.tell, "
      "paused = excluded.paused, changed = excluded.changed, trouble = excluded.trouble");
  s.bind(1, string_view(one.id)).bind(2, string_view(one.register_id));
  s.bind(3, string_view(one.owner)).bind(4, string_view(one.name));
  s.bind(5, string_view(one.fields.dump())).bind(6, string_view(to_json(one.rule).dump()));
  s.bind(7, string_view(texts(one.tell).dump())).bind(8, std::int64_t{one.paused});
  s.bind(9, one.changed_at.ms).bind(10, string_view(one.trouble)).run();
}

void put_run(store::Db& rows, const std::string& id, const Occurrence& one, base::Instant now,
             const std::string& record) {
  rows.prepare(
          "INSERT INTO record_schedule_run(schedule, period, due, at, record) VALUES(?, ?, ?, ?, "
          "?) ON CONFLICT(schedule, period) DO UPDATE SET record = excluded.record")
      .bind(1, string_view(id))
      .bind(2, string_view(one.period))
      .bind(3, string_view(expression::to_text(one.due)))
      .bind(4, now.ms)
      .bind(5, string_view(record))
      .run();
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

/// The values of one period: its names in texts, its days in the fields that take them.
Json filled(const Definition& d, const RecordSchedule& s, const Occurrence& one) {
  const std::string begin = expression::to_text(one.begin);
  const std::string due = expression::to_text(one.due);
  const auto quarter = std::to_string((std::stoi(begin.substr(5, 2)) - 1) / 3 + 1);
  Json out = Json::object();
  for (const auto& [key, value] : s.fields.members()) {
    const Field* f = d.field(key);
    const bool text =
        f != nullptr && (f->type == FieldType::kText || f->type == FieldType::kLongText);
    if (!text || !value.is_string()) {
      out.set(key, value);
      continue;
    }
    std::string filled = replaced(value.as_string(), "{period}", one.period);
    filled = replaced(filled, "{year}", begin.substr(0, 4));
    filled = replaced(filled, "{month}", std::to_string(std::stoi(begin.substr(5, 2))));
    filled = replaced(filled, "{quarter}", quarter);
    out.set(key, replaced(filled, "{due}", due));
  }
  if (!s.rule.due_field.empty()) out.set(s.rule.due_field, due);
  if (!s.rule.period_field.empty()) {
    out.set(s.rule.period_field, begin + "/" + expression::to_text(one.end));
  }
  return out;
}

access::Actor schedule_actor(const RecordSchedule& s) {
  access::Actor out = access::Actor::system();
  out.user = "schedule:" + s.owner;  // no sign-in name has a colon
  out.display_name = out.user;
  return out;
}

LocalDays days_of(const Definition& d) {
  return {zone_of(d)};
}

bool makes_all_missed(const Recurrence& rule) {
  return rule.every >= Every::kMonth;
}

std::string note_of(const RecordSchedule& s, const Occurrence& one,
                    const std::vector<Occurrence>& missed, Day today) {
  std::string out = fmt::format("定期 / schedule “{}” {}", s.name, one.period);
  if (today > one.make_on) {
    out += fmt::format("；补建，原定 {} / made late, planned for {}",
                       expression::to_text(one.make_on), expression::to_text(one.make_on));
  }
  if (!missed.empty()) {
    out += fmt::format("；此前 {} 期（{} 至 {}）未建 / {} periods before it were left out",
                       missed.size(), missed.front().period, missed.back().period, missed.size());
  }
  return out;
}

}  // namespace

std::vector<RecordSchedule> RecordSchedules::list(const std::string& register_id) const {
  return m_registry.records().read([&](store::Db& rows) {
    auto s = rows.prepare("SELECT " + std::string(kColumns) +
                          " FROM record_schedule WHERE register = ? ORDER BY name");
    s.bind(1, string_view(register_id));
    std::vector<RecordSchedule> out;
    while (s.step()) out.push_back(read_row(s));
    return out;
  });
}

std::optional<RecordSchedule> RecordSchedules::find(const std::string& register_id,
                                                    const std::string& id) const {
  auto all = list(register_id);
  const auto it = std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.id == id; });
  if (it == all.end()) return std::nullopt;
  return std::move(*it);
}

std::vector<ScheduleRun> RecordSchedules::runs(const std::string& id, std::size_t limit) const {
  return m_registry.records().read([&](store::Db& rows) {
    auto s = rows.prepare(
        "SELECT period, due, at, record FROM record_schedule_run WHERE schedule = ? ORDER BY due "
        "DESC LIMIT ?");
    s.bind(1, string_view(id)).bind(2, std::int64_t(limit));
    std::vector<ScheduleRun> out;
    while (s.step()) {
      ScheduleRun one{s.text(0), {}, {s.integer(2)}, s.text(3)};
      expression::read_day(s.text(1), one.due);
      out.push_back(std::move(one));
    }
    return out;
  });
}

std::vector<Occurrence> RecordSchedules::next(const RecordSchedule& s, base::Instant now,
                                              std::size_t count) const {
  const Definition* d = m_registry.definition(s.register_id);
  if (d == nullptr || s.paused) return {};
  const Day today = days_of(*d).of(now);
  auto out = occurrences(s.rule, m_registry.calendar(), today, {today.days + 3'660});
  const auto done = runs(s.id, 400);
  std::erase_if(out, [&](const Occurrence& one) {
    return std::any_of(done.begin(), done.end(),
                       [&](const ScheduleRun& run) { return run.period == one.period; });
  });
  if (out.size() > count) out.resize(count);
  return out;
}

base::Status RecordSchedules::check(const Definition& d, const RecordSchedule& s) const {
  const auto length = detail::character_count(s.name);
  if (length == 0 || length > kMostName) {
    return base::fail(Code::kMalformed, "a schedule has a name of at most 60 characters", "name");
  }
  if (s.fields.dump().size() > kMostBytes) {
    return base::fail(Code::kTooLarge, "the values of a schedule take at most 64 KB", "fields");
  }
  const auto is = [&](const std::string& key, FieldType type) {
    const Field* f = d.field(key);
    return key.empty() || (f != nullptr && f->type == type && !f->sealed);
  };
  if (!is(s.rule.due_field, FieldType::kDate)) {
    return base::fail(Code::kUnknown, "'" + s.rule.due_field + "' is no date of this register",
                      "rule.due_field");
  }
  if (!is(s.rule.period_field, FieldType::kPeriod)) {
    return base::fail(Code::kUnknown, "'" + s.rule.period_field + "' is no period of this register",
                      "rule.period_field");
  }
  if (s.tell.size() > kMostTold) {
    return base::fail(Code::kTooLarge, "at most 20 entries", "tell");
  }
  for (const auto& to : s.tell) {
    const bool role = to.starts_with("role:") && access::role_from(to.substr(5));
    const bool field = to.starts_with("field:") && d.field(to.substr(6)) != nullptr;
    if (role || field || to == "district" || to == "superior") continue;
    return base::fail(Code::kUnknown, "nobody is meant by '" + to + "'", "tell",
                      "role:KEY, field:KEY, district or superior");
  }
  return {};
}

/// The first record as its owner could make it by hand, and as the schedule will: both taken back.
base::Status RecordSchedules::tried(const Definition& d, const RecordSchedule& s,
                                    const access::Actor& actor, base::Instant now) {
  const Day today = days_of(d).of(now);
  const auto first = occurrences(s.rule, m_registry.calendar(), std::min(today, s.rule.from),
                                 {today.days + 36'600}, 1);
  if (first.empty()) {
    return base::fail(Code::kMalformed, "there is no day on which it would come", "rule.until");
  }
  const Json fields = filled(d, s, first.front());
  const auto done = m_registry.together([&]() -> base::Status {
    for (const auto& who : {actor, schedule_actor(s)}) {
      const auto made = m_registry.create(d.id, fields, {who, now, {}, {}});
      if (!made) return tl::unexpected(made.error());
      // A unique value would be in the way of the second try, and of the second period.
      const auto gone =
          m_registry.remove(d.id, made->id, made->revision, {access::Actor::system(), now, {}, {}});
      if (!gone) return tl::unexpected(gone.error());
    }
    return base::fail(Code::kConflict, "tried", kTried);
  });
  if (done || done.error().where == kTried) return {};
  return done;
}

Result<RecordSchedule> RecordSchedules::save(const RecordSchedule& given,
                                             const access::Actor& actor, bool any,
                                             base::Instant now) {
  const Definition* d = m_registry.definition(given.register_id);
  if (d == nullptr) return base::fail(Code::kUnknown, "there is no such register");
  if (auto enabled = check_enabled(*d); !enabled) return tl::unexpected(enabled.error());
  if (auto may = detail::may_edit(*d, actor, actor.district); !may) {
    return tl::unexpected(may.error());
  }
  RecordSchedule out = given;
  out.name = base::trim(given.name);
  out.owner = actor.user;
  out.changed_at = now;
  out.trouble.clear();
  auto kept = fitted(*d, given.fields, actor);
  if (!kept.left_out.empty()) {
    return base::fail(Code::kMalformed, "a schedule does not give this field",
                      kept.left_out.front().field, kept.left_out.front().why);
  }
  out.fields = std::move(kept.fields);
  if (!d->district_field.empty() && out.fields[d->district_field].is_null() &&
      !actor.district.empty()) {
    out.fields.set(d->district_field, actor.district);
  }
  if (auto good = check(*d, out); !good) return tl::unexpected(good.error());
  if (auto good = tried(*d, out, actor, now); !good) return tl::unexpected(good.error());
  const auto all = list(d->id);
  const auto same =
      std::find_if(all.begin(), all.end(), [&](const auto& s) { return s.name == out.name; });
  if (same == all.end() && all.size() >= kMostOfRegister) {
    return base::fail(Code::kMalformed, "at most 200 schedules in a register", "name");
  }
  if (same != all.end() && same->owner != actor.user && !any) {
    return base::fail(Code::kForbidden, "the schedule of this name is " + same->owner + "'s",
                      "name");
  }
  out.id = same == all.end() ? base::new_uuid7(now) : same->id;
  m_registry.records().write([&](store::Db& rows) {
    put(rows, out);
    m_access.audit(
        actor, "register.schedule", d->id + "/" + out.id,
        Json::object({{"name", out.name}, {"rule", to_json(out.rule)}, {"paused", out.paused}}),
        now);
  });
  return out;
}

base::Status RecordSchedules::remove(const std::string& register_id, const std::string& id,
                                     const access::Actor& actor, bool any, base::Instant now) {
  const auto known = find(register_id, id);
  if (!known) return base::fail(Code::kUnknown, "no such schedule of this register", "schedule");
  if (known->owner != actor.user && !any) {
    return base::fail(Code::kForbidden, "the schedule is " + known->owner + "'s");
  }
  m_registry.records().write([&](store::Db& rows) {
    rows.prepare("DELETE FROM record_schedule WHERE id = ?").bind(1, string_view(id)).run();
    rows.prepare("DELETE FROM record_schedule_run WHERE schedule = ?")
        .bind(1, string_view(id))
        .run();
    m_access.audit(actor, "register.schedule.remove", register_id + "/" + id,
                   Json::object({{"name", known->name}}), now);
  });
  return {};
}

ScheduleReport RecordSchedules::run(base::Instant now) {
  ScheduleReport report;
  for (const auto& d : m_registry.definitions()) {
    if (!d.enabled()) continue;
    for (const auto& schedule : list(d.id)) {
      if (!schedule.paused) run_one(d, schedule, now, report);
    }
  }
  return report;
}

void RecordSchedules::run_one(const Definition& d, const RecordSchedule& s, base::Instant now,
                              ScheduleReport& report) {
  const Day today = days_of(d).of(now);
  const auto last = runs(s.id, 400);
  Day due_from = days_of(d).of(s.changed_at);
  if (!last.empty()) due_from = std::max(due_from, last.front().due);
  auto open = occurrences(s.rule, m_registry.calendar(), due_from, today);
  std::erase_if(open, [&](const Occurrence& one) {
    return std::any_of(last.begin(), last.end(),
                       [&](const ScheduleRun& run) { return run.period == one.period; });
  });
  std::vector<Occurrence> missed;
  if (!makes_all_missed(s.rule) && open.size() > 1) {
    missed.assign(open.begin(), open.end() - 1);
    open.erase(open.begin(), open.end() - 1);
  }
  for (const auto& one : open) {
    const auto made = make(d, s, one, missed, now);
    if (!made) {
      ++report.failed;
      return note_trouble(d, s, one, made.error().text(), now);
    }
    ++report.made;
    report.left_out += missed.size();
    missed.clear();
  }
}

/// The record, its mark and the notices in one write: a stop between them is not possible.
base::Status RecordSchedules::make(const Definition& d, const RecordSchedule& s,
                                   const Occurrence& one, const std::vector<Occurrence>& missed,
                                   base::Instant now) {
  return m_registry.together([&]() -> base::Status {
    const Write write{schedule_actor(s), now, "schedule/" + s.id + "/" + one.period,
                      note_of(s, one, missed, days_of(d).of(now))};
    const auto made = m_registry.create(d.id, filled(d, s, one), write);
    if (!made) return tl::unexpected(made.error());
    m_registry.records().write([&](store::Db& rows) {
      for (const auto& other : missed) put_run(rows, s.id, other, now, {});
      put_run(rows, s.id, one, now, made->id);
      if (s.trouble.empty()) return;
      rows.prepare("UPDATE record_schedule SET trouble = '' WHERE id = ?")
          .bind(1, string_view(s.id))
          .run();
    });
    tell(d, s, one, *made, now);
    return {};
  });
}

void RecordSchedules::tell(const Definition& d, const RecordSchedule& s, const Occurrence& one,
                           const Record& record, base::Instant now) {
  m_registry.records().write([&](store::Db& rows) {
    const detail::People people{rows, m_access, m_registry.definitions(),
                                [this] { return m_registry.organisation(); }, now};
    const std::string source = "schedule/" + s.id + "/" + one.period;
    const std::string due = expression::to_text(one.due);
    const auto put = [&](const std::string& person, const std::string& shown) {
      const base::Words text{
          fmt::format("定期工作“{}”（{}）已生成：{}，{} 到期", s.name, one.period, shown, due),
          fmt::format("Recurring \"{}\" ({}) was made: {}, due {}", s.name, one.period, shown,
                      due)};
      put_notice(rows, {0, person, now, "schedule", d.id, record.id, text, source, std::nullopt});
    };
    const auto told = detail::recipients(people, d, record, s.tell);
    for (const auto& person : told) put(person.user, detail::shown_to(d, record, person));
    if (told.empty()) put(s.owner, record.number.empty() ? s.name : record.number);
  });
}

/// Told once for each period; the next run tries again.
void RecordSchedules::note_trouble(const Definition& d, const RecordSchedule& s,
                                   const Occurrence& one, const std::string& why,
                                   base::Instant now) {
  if (s.trouble == why) return;
  m_registry.records().write([&](store::Db& rows) {
    rows.prepare("UPDATE record_schedule SET trouble = ? WHERE id = ?")
        .bind(1, string_view(why))
        .bind(2, string_view(s.id))
        .run();
    const base::Words text{
        fmt::format("定期工作“{}”（{}）未能生成：{}", s.name, one.period, why),
        fmt::format("Recurring \"{}\" ({}) could not be made: {}", s.name, one.period, why)};
    put_notice(rows, {0, s.owner, now, "schedule", d.id, "", text,
                      "schedule/" + s.id + "/" + one.period + "/trouble", std::nullopt});
  });
}

}  // namespace jinglue::registry
