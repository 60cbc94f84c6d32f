// SPDX-License-Identifier: Apache-2.0
// Registry: what a value names beyond its record: units, persons, codes, files; and the fields of
// other records that are computed from it.
#include <algorithm>
#include <set>

#include "base/ids.hpp"
#include "registry/detail/codes.hpp"
#include "registry/detail/computed.hpp"
#include "registry/detail/default_value.hpp"
#include "registry/detail/files.hpp"
#include "registry/detail/impl.hpp"
#include "registry/detail/recipients.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/detail/table.hpp"
#include "registry/life.hpp"
#include "registry/organisation.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry {

using base::Code;
using base::Json;

namespace {

bool is_unit(const Field& f) {
  return f.type == FieldType::kUnit || f.type == FieldType::kDistrict;
}

std::vector<Record> all_units(store::Db& db, const Definition& d) {
  std::vector<Record> out;
  auto rows = db.prepare("SELECT " + detail::select_columns(d) + " FROM " + detail::table_name(d) +
                         " WHERE removed = 0");
  while (rows.step()) out.push_back(detail::read_record(rows, d));
  return out;
}

}  // namespace

std::shared_ptr<const Organisation> Registry::Impl::units_now(store::Db& rows) const {
  {
    const std::lock_guard lock(units_mutex);
    if (units) return units;
  }
  const Definition* d = find(kUnits);
  // shared: kept by those who look while another change is read
  return std::make_shared<const Organisation>(d == nullptr ? std::vector<Record>()
                                                           : all_units(rows, *d));
}

std::shared_ptr<const Organisation> Registry::organisation() const {
  std::uint64_t changes = 0;
  {
    const std::lock_guard lock(m_impl->units_mutex);
    if (m_impl->units) return m_impl->units;
    changes = m_impl->units_changes;
  }
  auto read = m_impl->db.read([&](store::Db& rows) { return m_impl->units_now(rows); });
  const std::lock_guard lock(m_impl->units_mutex);
  if (changes == m_impl->units_changes) m_impl->units = read;
  return read;
}

base::Status Registry::Impl::check_unit(store::Db& rows, const Field& f, const std::string& key,
                                        const std::string& day) const {
  const Definition* d = find(kUnits);
  if (d == nullptr) return {};
  const Organisation all(all_units(rows, *d));  // those of this write are among them
  if (all.empty()) return {};                   // nothing to check against yet
  const Unit* unit = all.find(key);
  if (unit == nullptr) {
    return base::fail(Code::kUnknown, "there is no unit '" + key + "'", f.key,
                      "keys stand in the register of organisation units");
  }
  if (f.type == FieldType::kDistrict && unit->kind != "district" && unit->kind != "authority") {
    return base::fail(Code::kMalformed, "the unit '" + key + "' is no district", f.key);
  }
  if (unit->stands(day)) return {};
  return base::fail(Code::kOutOfRange, "the unit '" + key + "' does not stand on " + day, f.key,
                    unit->merged_into.empty() ? "" : "its work goes on in " + unit->merged_into);
}

base::Status Registry::Impl::check_named_person(store::Db& rows, const Field& f,
                                                const std::string& person,
                                                const access::Actor& actor) const {
  if (base::is_uuid(person)) {
    const Definition* d = find(kPersons);
    const auto record = d == nullptr ? std::nullopt : detail::load_record(rows, *d, person);
    const bool there = record && !record->removed;
    if (there && detail::may_see(*d, actor, detail::district_of(*d, record->fields))) return {};
    return base::fail(Code::kMissing, "no person has the id " + person, f.key);
  }
  const auto users = access.users();
  const bool known = std::any_of(users.begin(), users.end(),
                                 [&](const access::User& user) { return user.name == person; });
  if (known) return {};
  return base::fail(Code::kMissing, "there is no account '" + person + "'", f.key,
                    "the name of an account, or the id of a record of persons");
}

base::Status Registry::Impl::check_values(store::Db& rows, const Definition& d,
                                          const Record* before, Record& after,
                                          const Write& write) const {
  static const Json kNone;
  const std::string day = detail::local_day(write.now, zone_of(d));
  for (const auto& f : d.fields) {
    const Json& value = after.fields[f.key];
    const Json& held = before == nullptr ? kNone : before->fields[f.key];
    if (f.code_list) {
      if (auto good = detail::take_version(f, before, after, day, zone_of(d)); !good) return good;
    }
    if (value == held) continue;
    base::Status good;
    if (is_unit(f) && value.is_string()) good = check_unit(rows, f, value.as_string(), day);
    if (f.type == FieldType::kPerson && value.is_string()) {
      good = check_named_person(rows, f, value.as_string(), write.actor);
    }
    if (f.type == FieldType::kFile) good = check_files(rows, f, held, value, write.actor);
    if (f.type == FieldType::kRows) {
      for (const auto& row : value.items()) {
        for (const auto& column : f.columns) {
          const Json& cell = row[column.key];
          if (!good || !cell.is_string()) continue;
          if (is_unit(column)) good = check_unit(rows, column, cell.as_string(), day);
          if (column.type == FieldType::kPerson)
            good = check_named_person(rows, column, cell.as_string(), write.actor);
        }
      }
    }
    if (!good) return good;
  }
  return {};
}

void Registry::Impl::refresh_dependents(store::Db& rows, const Record* before, const Record& after,
                                        const std::set<std::string>& changed, const Write& write) {
  if (changed.empty()) return;
  std::vector<std::pair<const Definition*, std::string>> owners;
  for (const auto& dependent : detail::dependents_of(definitions, after.register_id)) {
    for (auto& id : detail::touched(rows, definitions, dependent, before, after, changed)) {
      std::pair<const Definition*, std::string> owner{dependent.owner, std::move(id)};
      if (std::find(owners.begin(), owners.end(), owner) == owners.end()) {
        owners.push_back(std::move(owner));
      }
    }
  }
  for (const auto& [d, id] : owners) {
    const auto held = detail::load_record(rows, *d, id);
    if (!held || held->removed) continue;
    Record next = *held;
    if (!detail::compute(rows, definitions, *d, next, write.now)) continue;
    commit(rows, {*d, &*held, std::move(next), "record.compute", {}}, write);
  }
}

std::optional<Record> Registry::find_for(const access::Actor& actor, const std::string& register_id,
                                         const std::string& id) const {
  auto record = find(register_id, id);
  if (!record || !may_see(*record, actor)) return std::nullopt;
  return seen_by(*m_impl->find(register_id), std::move(*record), actor);
}

std::vector<HistoryLine> Registry::history_for(const access::Actor& actor,
                                               const std::string& register_id,
                                               const std::string& id) const {
  const auto record = find(register_id, id);
  if (!record || !may_see(*record, actor)) return {};
  return seen_by(*m_impl->find(register_id), history(register_id, id), actor);
}

base::Result<std::string> Registry::reveal(const std::string& register_id, const std::string& id,
                                           const std::string& field, const Write& write) {
  const auto known = m_impl->need(register_id);
  if (!known) return tl::unexpected(known.error());
  const Definition& d = **known;
  const Field* f = d.field(field);
  if (f == nullptr || sight_of(*f, write.actor) == Sight::kNone) {
    return base::fail(Code::kUnknown, "the register '" + d.id + "' has no such field", field);
  }
  if (!may_reveal(*f, write.actor)) {
    return base::fail(Code::kForbidden, "the whole value is not for your roles", field);
  }
  return m_impl->db.write([&](store::Db& rows) -> base::Result<std::string> {
    const auto record = detail::load_record(rows, d, id);
    if (!record || record->removed ||
        !detail::may_see(d, write.actor, detail::district_of(d, record->fields))) {
      return base::fail(Code::kMissing, "there is no such record: " + id);
    }
    // The line is written with the reading: no value is seen that is not in the log.
    m_impl->access.audit(write.actor, "record.reveal", d.id + "/" + id,
                         Json::object({{"field", field}, {"reason", write.note}}), write.now);
    return record->fields[field].as_string();
  });
}

detail::People Registry::Impl::people(store::Db& rows, base::Instant now) const {
  return {rows, access, definitions, [this, &rows] { return units_now(rows); }, now};
}

Json Registry::defaults(const std::string& register_id, const Write& write) const {
  const Definition* d = m_impl->find(register_id);
  if (d == nullptr) return Json::object();
  return detail::defaults_for(*d, *organisation(), write);
}

}  // namespace jinglue::registry
