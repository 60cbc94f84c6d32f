// SPDX-License-Identifier: Apache-2.0
#include "registry/retention.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "registry/detail/characters.hpp"
#include "registry/detail/disposal.hpp"
#include "registry/detail/recipients.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/table.hpp"
#include "registry/life.hpp"
#include "registry/standing.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;

constexpr std::size_t kMostCharacters = 2'000;
constexpr std::size_t kDay = 10;  // characters of "2024-05-01"

base::Status may_dispose(const access::Actor& actor) {
  if (actor.has(access::Role::kAdministrator) && actor.district.empty()) return {};
  return base::fail(Code::kForbidden,
                    "disposing of records is for administrators of the whole authority");
}

/// The day on which the record was closed; empty when it is not.
std::string closed_on(store::Db& rows, const Definition& d, const RetentionRule& rule,
                      const Record& r) {
  const std::string zone = zone_of(d);
  if (r.removed) return detail::local_day(r.changed_at, zone);
  const State* state = d.state(r.state);
  if (!d.states.empty() && (state == nullptr || !state->final || !r.pending.is_null())) return {};
  if (!rule.field.empty()) {
    const std::string& value = r.fields[rule.field].as_string();
    if (d.field(rule.field)->type == FieldType::kDate) return value;
    const auto at = base::parse_iso(value);
    return at ? detail::local_day(*at, zone) : std::string();
  }
  base::Instant at = r.created_at;  // a register whose first state is final
  for (const auto& line : detail::load_history(rows, d.id, r.id, 0)) {
    if (line.field == "state") at = line.at;
  }
  return detail::local_day(at, zone);
}

/// Those that may be over by their age, so that few histories are read.
std::string candidates_sql(const Definition& d) {
  std::string closed;
  for (const auto& state : d.states) {
    if (state.final) closed += (closed.empty() ? "'" : ", '") + state.key + "'";
  }
  if (!closed.empty()) closed = " AND (removed = 1 OR state IN (" + closed + "))";
  return "SELECT " + detail::select_columns(d) + " FROM " + detail::table_name(d) +
         " WHERE created_at < ?" + closed +
         " AND id NOT IN (SELECT record FROM record_tombstone WHERE register = ?) ORDER BY seq";
}

base::Error not_yet(const std::string& due) {
  return {Code::kConflict,
          due.empty() ? "the record is not closed" : "the record is kept until " + due, "record",
          "the list of records that are due says which may go"};
}

}  // namespace

Json to_json(const RetentionRule& rule) {
  Json out = Json::object({{"years", rule.years},
                           {"from_next_year", rule.from_next_year},
                           {"then", "propose"},
                           {"basis", rule.basis},
                           {"source", rule.source},
                           {"confidence", rule.confidence}});
  if (!rule.field.empty()) out.set("field", rule.field);
  return out;
}

Json to_json(const Tombstone& t) {
  return Json::object({{"register", t.register_id},
                       {"id", t.id},
                       {"number", t.number},
                       {"state", t.state},
                       {"at", base::to_iso(t.at)},
                       {"by", t.by},
                       {"reason", t.reason},
                       {"basis", t.basis}});
}

std::string retention_ends(const RetentionRule& rule, const std::string& since) {
  const int year = std::atoi(since.substr(0, 4).c_str()) + rule.years;
  if (rule.from_next_year) return fmt::format("{:04}-01-01", year + 1);
  const std::string same = fmt::format("{:04}{}", year, since.substr(4));
  expression::Day day;
  return expression::read_day(same, day) ? same : fmt::format("{:04}-03-01", year);  // 29 February
}

base::Result<RetentionRule> RetentionDesk::rule(const std::string& register_id) const {
  const Definition* d = m_registry.definition(register_id);
  if (d == nullptr) {
    return base::fail(Code::kMissing, "there is no register '" + register_id + "'");
  }
  if (auto enabled = check_enabled(*d); !enabled) return tl::unexpected(enabled.error());
  if (const auto& rule = life_of(*d).retention) return *rule;
  return base::fail(Code::kMissing, "the register '" + register_id + "' says no retention",
                    "register", "its records are kept without end");
}

base::Result<std::vector<DueRecord>> RetentionDesk::due(const access::Actor& actor,
                                                        const std::string& register_id,
                                                        base::Instant now,
                                                        std::size_t limit) const {
  if (auto may = may_dispose(actor); !may) return tl::unexpected(may.error());
  const auto rule = this->rule(register_id);
  if (!rule) return tl::unexpected(rule.error());
  const Definition& d = *m_registry.definition(register_id);
  const std::string today = detail::local_day(now, zone_of(d));
  return m_registry.records().read([&](store::Db& rows) {
    std::vector<DueRecord> out;
    auto found = rows.prepare(candidates_sql(d));
    // A record is not closed before it is made, but for a date that lies before: those are looked
    // at all.
    const base::Duration age = std::chrono::hours(24 * 365) * rule->years;
    found.bind(1, rule->field.empty() ? (now - age).ms : INT64_MAX);
    found.bind(2, std::string_view(d.id));
    while (out.size() < limit && found.step()) {
      const Record r = detail::read_record(found, d);
      const std::string since = closed_on(rows, d, *rule, r);
      if (since.size() != kDay) continue;
      const std::string ends = retention_ends(*rule, since);
      if (ends > today) continue;
      out.push_back({r.id, r.number, r.state, detail::shown_to(d, r, actor), since, ends});
    }
    return out;
  });
}

base::Result<std::vector<Tombstone>> RetentionDesk::disposed(const access::Actor& actor,
                                                             const std::string& register_id,
                                                             std::size_t limit) const {
  if (auto may = may_dispose(actor); !may) return tl::unexpected(may.error());
  const auto known = rule(register_id);
  if (!known) return tl::unexpected(known.error());
  return m_registry.records().read(
      [&](store::Db& rows) { return detail::load_tombstones(rows, register_id, limit); });
}

base::Result<Tombstone> RetentionDesk::dispose(const std::string& register_id,
                                               const std::string& id, const std::string& reason,
                                               const Write& write) {
  if (auto may = may_dispose(write.actor); !may) return tl::unexpected(may.error());
  const auto rule = this->rule(register_id);
  if (!rule) return tl::unexpected(rule.error());
  const std::string why(base::trim(reason));
  if (why.empty() || detail::character_count(why) > kMostCharacters) {
    return base::fail(Code::kMalformed, "a disposal has a reason of at most 2,000 characters",
                      "reason");
  }
  const Definition& d = *m_registry.definition(register_id);
  Tombstone out;
  const auto work = [&](store::Db& rows) -> base::Status {
    if (auto there = detail::load_tombstone(rows, d.id, id)) {
      out = std::move(*there);
      return {};
    }
    const auto record = detail::load_record(rows, d, id);
    if (!record) return base::fail(Code::kMissing, "no record of '" + d.id + "' has the id " + id);
    const std::string since = closed_on(rows, d, *rule, *record);
    if (since.size() != kDay) return tl::unexpected(not_yet({}));
    const std::string ends = retention_ends(*rule, since);
    if (ends > detail::local_day(write.now, zone_of(d))) return tl::unexpected(not_yet(ends));
    const std::string print = base::sha256_hex(registry::to_json(*record).dump());
    if (!record->removed) {
      // As any removal: those who look, count or keep a copy learn that it is gone.
      const Write program{access::Actor::system(), write.now, {}, {}};
      auto removed = m_registry.remove(d.id, id, record->revision, program);
      if (!removed) return tl::unexpected(removed.error());
    }
    detail::take_content(rows, d, id);
    out = {d.id, id, record->number, record->state, write.now, write.actor.user, why, rule->basis};
    detail::store_tombstone(rows, out);
    m_access.audit(write.actor, "record.dispose", d.id + "/" + id,
                   Json::object({{"number", out.number},
                                 {"closed", since},
                                 {"due", ends},
                                 {"reason", why},
                                 {"basis", out.basis},
                                 {"sha256", print}}),
                   write.now);
    return {};
  };
  const auto done = m_registry.together([&]() -> base::Status {
    return m_registry.records().write([&](store::Db& rows) { return work(rows); });
  });
  if (!done) return tl::unexpected(done.error());
  return out;
}

}  // namespace jinglue::registry
