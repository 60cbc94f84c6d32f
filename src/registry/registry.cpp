// SPDX-License-Identifier: Apache-2.0
#include "registry/registry.hpp"

#include <algorithm>

#include "registry/detail/codes.hpp"
#include "registry/detail/default_value.hpp"
#include "registry/detail/impl.hpp"
#include "registry/detail/life_tables.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/standings.hpp"
#include "registry/detail/table.hpp"
#include "registry/inbox.hpp"
#include "registry/life.hpp"
#include "registry/organisation.hpp"
#include "registry/standing.hpp"

namespace jinglue::registry {
namespace {

using base::Json;

WorkCalendar usable_calendar(const std::filesystem::path& definitions, const Options& options) {
  const auto file = options.calendar.empty()
                        ? detail::beside(definitions, "data/calendar/cn_holidays.csv")
                        : options.calendar;
  if (options.calendar.empty() && !std::filesystem::exists(file)) return {};  // and clocks say so
  auto out = WorkCalendar::read(file);
  if (out) return std::move(*out);
  throw base::WorldError("the calendar of working days is not usable", out.error().text(),
                         "mend the file");
}

/// Carries a failing status out of a write, so that it is undone.
struct Undo {
  base::Error error;
};

}  // namespace

Registry::Registry(store::Database& records, access::Access& access,
                   const std::filesystem::path& definitions, const Options& options)
    : m_impl(std::make_unique<Impl>(records, access)) {
  m_impl->definitions = usable_definitions(definitions, options.codes);
  m_impl->files = options.files;
  m_impl->calendar = usable_calendar(definitions, options);
  detail::prepare_tables(records, m_impl->definitions, options);
  records.migrate("registry_life", detail::life_tables());
  detail::read_standings(records, access, m_impl->definitions);
  m_impl->recount_uncertain();
  access.set_below([this](const std::string& unit) {
    return organisation()->below(unit, detail::local_day(base::wall_now(), zone_of({})));
  });
}
Registry::~Registry() {
  m_impl->access.set_below({});
}

const Definition* Registry::Impl::find(const std::string& register_id) const {
  const auto it = std::find_if(definitions.begin(), definitions.end(),
                               [&](const Definition& d) { return d.id == register_id; });
  return it == definitions.end() ? nullptr : &*it;
}

base::Result<const Definition*> Registry::Impl::need(const std::string& register_id) const {
  const Definition* d = find(register_id);
  if (d != nullptr) return d;
  return base::fail(base::Code::kUnknown, "there is no register '" + register_id + "'");
}

base::Result<const Definition*> Registry::Impl::need_enabled(const std::string& register_id) const {
  const auto known = need(register_id);
  if (!known) return known;
  if (auto enabled = check_enabled(**known); !enabled) return tl::unexpected(enabled.error());
  return known;
}

TransitionGuard Registry::Impl::guard(const std::string& register_id,
                                      const std::string& transition) const {
  const std::shared_lock lock(guards_mutex);
  const auto it = guards.find({register_id, transition});
  return it == guards.end() ? TransitionGuard() : it->second;
}

store::Database& Registry::records() const {
  return m_impl->db;
}
const std::vector<Definition>& Registry::definitions() const {
  return m_impl->definitions;
}
const WorkCalendar& Registry::calendar() const {
  return m_impl->calendar;
}
Inbox Registry::inbox() const {
  return Inbox(m_impl->db);
}
const Definition* Registry::definition(const std::string& register_id) const {
  return m_impl->find(register_id);
}

void Registry::set_guard(const std::string& register_id, const std::string& transition,
                         TransitionGuard guard) {
  const std::unique_lock lock(m_impl->guards_mutex);
  m_impl->guards[{register_id, transition}] = std::move(guard);
}

std::optional<Record> Registry::find(const std::string& register_id, const std::string& id) const {
  const Definition* d = m_impl->find(register_id);
  if (d == nullptr) return std::nullopt;
  return m_impl->db.read([&](store::Db& db) { return detail::load_record(db, *d, id); });
}

base::Status Registry::may_see(const Record& record, const access::Actor& actor) const {
  const auto d = m_impl->need(record.register_id);
  if (!d) return tl::unexpected(d.error());
  return detail::may_see(**d, actor, detail::district_of(**d, record.fields));
}

std::vector<HistoryLine> Registry::history(const std::string& register_id,
                                           const std::string& id) const {
  return m_impl->db.read(
      [&](store::Db& db) { return detail::load_history(db, register_id, id, 0); });
}

std::vector<model::RecordChange> Registry::changes_after(std::int64_t number,
                                                         std::size_t limit) const {
  return m_impl->db.read([&](store::Db& db) { return detail::load_changes(db, number, limit); });
}

void Registry::on_change(std::function<void(const model::RecordChange&)> told) {
  const std::lock_guard lock(m_impl->told_mutex);
  m_impl->told = std::move(told);
}

base::Status Registry::together(const std::function<base::Status()>& work) {
  try {
    m_impl->db.write_apart([&](store::Db&) {
      if (auto status = work(); !status) throw Undo{status.error()};
    });
  } catch (const Undo& undo) {
    return tl::unexpected(undo.error);
  }
  return {};
}

Json to_json(const Record& r) {
  Json out = Json::object({{"register", r.register_id},
                           {"id", r.id},
                           {"number", r.number},
                           {"revision", r.revision},
                           {"state", r.state},
                           {"fields", r.fields},
                           {"created_at", base::to_iso(r.created_at)},
                           {"created_by", r.created_by},
                           {"changed_at", base::to_iso(r.changed_at)},
                           {"changed_by", r.changed_by},
                           {"removed", r.removed},
                           {"pending", r.pending}});
  if (!r.code_versions.is_null()) out.set("code_versions", r.code_versions);
  return out;
}

Record record_from_json(const Json& j) {
  const auto instant = [&](const char* key) {
    return base::parse_iso(j[key].as_string()).value_or(base::Instant{});
  };
  Record r;
  r.register_id = j["register"].as_string();
  r.id = j["id"].as_string();
  r.number = j["number"].as_string();
  r.revision = j["revision"].as_int();
  r.state = j["state"].as_string();
  r.fields = j["fields"];
  r.created_at = instant("created_at");
  r.created_by = j["created_by"].as_string();
  r.changed_at = instant("changed_at");
  r.changed_by = j["changed_by"].as_string();
  r.removed = j["removed"].as_bool();
  r.pending = j["pending"];
  r.code_versions = j["code_versions"];
  return r;
}

}  // namespace jinglue::registry
