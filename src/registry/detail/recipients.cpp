// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/recipients.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/ids.hpp"
#include "registry/detail/impl.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/row.hpp"
#include "registry/inbox.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Json;

access::Actor actor_of(const access::User& user, const Organisation& units,
                       const std::string& day) {
  access::Actor out;
  out.user = user.name;
  out.display_name = user.display_name;
  out.roles = user.roles;
  out.district = user.district;
  if (!out.district.empty()) out.below = units.below(out.district, day);
  return out;
}

/// Those that one field names: accounts, or all people of a unit.
struct Named {
  std::vector<std::string> accounts;
  std::string unit;
};

/// An account itself, or that of a record of persons; empty when that has none.
std::string account_of(const People& people, const std::string& person) {
  if (!base::is_uuid(person)) return person;
  const auto d = std::find_if(people.all.begin(), people.all.end(),
                              [](const Definition& one) { return one.id == kPersons; });
  if (d == people.all.end()) return {};
  const auto record = load_record(people.db, *d, person);
  return record && !record->removed ? record->fields["account"].as_string() : std::string();
}

Named named_by(const People& people, const Field& f, const Json& value) {
  if (f.type == FieldType::kUnit || f.type == FieldType::kDistrict) return {{}, value.as_string()};
  Named out;
  if (value.is_string()) out.accounts.push_back(account_of(people, value.as_string()));
  for (const auto& item : value.items()) {
    out.accounts.push_back(account_of(people, item.as_string()));
  }
  return out;
}

struct Wanted {
  const Record& record;
  std::string district;
  std::string above;  ///< the unit above the district; empty at the top or when there is none
  std::vector<std::string> watchers;
  std::map<std::string, Named> named;  ///< by the field
};

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_meant(const Wanted& w, const access::User& user, const std::string& to) {
  const auto colon = to.find(':');
  const std::string what = colon == std::string::npos ? "" : to.substr(colon + 1);
  const auto holds = [&](access::Role role) {
    return std::find(user.roles.begin(), user.roles.end(), role) != user.roles.end();
  };
  if (to.starts_with("role:")) {
    const auto role = access::role_from(what);
    return role && holds(*role);
  }
  if (to.starts_with("field:")) {
    const Named& named = w.named.at(what);
    return has(named.accounts, user.name) || (!named.unit.empty() && named.unit == user.district);
  }
  if (to == "watchers") return has(w.watchers, user.name);
  if (to == "creator") return w.record.created_by == user.name;
  if (to == "district") return !w.district.empty() && user.district == w.district;
  // The unit above a district; where no unit is named above it, the authority as a whole.
  if (to == "superior") {
    const bool level = user.district.empty() || (!w.above.empty() && user.district == w.above);
    return level && (holds(access::Role::kDutyLeader) || holds(access::Role::kLeader));
  }
  return false;
}

Wanted wanted_of(const People& people, const Organisation& units, const Definition& d,
                 const Record& record, const std::vector<std::string>& to) {
  Wanted out{record, district_of(d, record.fields), {}, watchers_of(people.db, record), {}};
  const Unit* unit = units.find(out.district);
  if (unit != nullptr) out.above = unit->parent;
  for (const auto& one : to) {
    if (!one.starts_with("field:")) continue;
    const std::string key = one.substr(6);
    const Field* f = d.field(key);
    out.named[key] = f == nullptr ? Named{} : named_by(people, *f, record.fields[key]);
  }
  return out;
}

}  // namespace

std::vector<std::string> watchers_of(store::Db& db, const Record& record) {
  auto rows = db.prepare(
      "SELECT person FROM record_watcher WHERE register = ? AND record = ? ORDER BY person");
  rows.bind(1, std::string_view(record.register_id)).bind(2, std::string_view(record.id));
  std::vector<std::string> out;
  while (rows.step()) out.push_back(rows.text(0));
  return out;
}

std::vector<access::Actor> recipients(const People& people, const Definition& d,
                                      const Record& record, const std::vector<std::string>& to) {
  const auto units = people.units();
  const std::string day = local_day(people.now, zone_of(d));
  const Wanted wanted = wanted_of(people, *units, d, record, to);
  std::vector<access::Actor> out;
  for (const auto& user : people.access.users()) {
    const bool meant = !user.disabled && std::any_of(to.begin(), to.end(), [&](const auto& one) {
      return is_meant(wanted, user, one);
    });
    if (!meant) continue;
    auto actor = actor_of(user, *units, day);
    // The clocks of a register that is not in use are told of too.
    if (may_see_row(d, actor, wanted.district)) out.push_back(std::move(actor));
  }
  return out;
}

std::string shown_to(const Definition& d, const Record& record, const access::Actor& actor) {
  const Field* title = d.field(d.title_field);
  const Json seen =
      title == nullptr ? Json() : seen_value(*title, record.fields[d.title_field], actor);
  if (record.number.empty()) return seen.as_string();
  return seen.as_string().empty() ? record.number : record.number + " " + seen.as_string();
}

void tell_watchers(const People& people, const Definition& d, const Record& before,
                   const Record& after, const Write& write) {
  if (before.state == after.state || watchers_of(people.db, after).empty()) return;
  const auto name = [&](const std::string& key) {
    const State* state = d.state(key);
    return state == nullptr ? base::Words{key, key} : state->name;
  };
  const auto from = name(before.state);
  const auto to = name(after.state);
  for (const auto& person : recipients(people, d, after, {"watchers"})) {
    if (person.user == write.actor.user) continue;
    const std::string of = after.number.empty() ? shown_to(d, after, person) : after.number;
    const base::Words text{fmt::format("{}：{} → {}（{}）", of, from.zh, to.zh, write.actor.user),
                           fmt::format("{}: {} -> {} ({})", of, from.en, to.en, write.actor.user)};
    put_notice(people.db,
               {0, person.user, write.now, "change", d.id, after.id, text,
                fmt::format("change/{}/{}/{}", d.id, after.id, after.revision), std::nullopt});
  }
}

}  // namespace jinglue::registry::detail
