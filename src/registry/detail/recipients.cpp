// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/recipients.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "registry/detail/rights.hpp"
#include "registry/inbox.hpp"

namespace jinglue::registry::detail {
namespace {

access::Actor actor_of(const access::User& user) {
  access::Actor out;
  out.user = user.name;
  out.display_name = user.display_name;
  out.roles = user.roles;
  out.district = user.district;
  return out;
}

/// Key of the unit above in the register of units; empty at the top or when there is none.
std::string unit_above(store::Db& db, const std::string& unit) {
  if (unit.empty()) return {};
  auto known = db.prepare("SELECT 1 FROM register_shape WHERE register = 'organisation_unit'");
  if (!known.step()) return {};
  auto row = db.prepare("SELECT f_parent FROM r_organisation_unit WHERE f_key = ? AND removed = 0");
  row.bind(1, std::string_view(unit));
  return row.step() && !row.is_null(0) ? row.text(0) : std::string();
}

struct Wanted {
  const Definition& d;
  const Record& record;
  std::string district;
  std::string above;  ///< the unit above the district
  std::vector<std::string> watchers;
};

bool is_meant(const Wanted& w, const access::User& user, const std::string& to) {
  const auto colon = to.find(':');
  const std::string what = colon == std::string::npos ? "" : to.substr(colon + 1);
  if (to.starts_with("role:")) {
    const auto role = access::role_from(what);
    return role && std::find(user.roles.begin(), user.roles.end(), *role) != user.roles.end();
  }
  if (to.starts_with("field:")) return w.record.fields[what].as_string() == user.name;
  if (to == "watchers")
    return std::find(w.watchers.begin(), w.watchers.end(), user.name) != w.watchers.end();
  if (to == "creator") return w.record.created_by == user.name;
  if (to == "district") return !w.district.empty() && user.district == w.district;
  // The unit above a district; where no unit is named above it, the authority as a whole.
  if (to == "superior") {
    const auto leads = [&](access::Role role) {
      return std::find(user.roles.begin(), user.roles.end(), role) != user.roles.end();
    };
    const bool level = user.district.empty() || (!w.above.empty() && user.district == w.above);
    return level && (leads(access::Role::kDutyLeader) || leads(access::Role::kLeader));
  }
  return false;
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

std::vector<std::string> recipients(store::Db& db, const access::Access& access,
                                    const Definition& d, const Record& record,
                                    const std::vector<std::string>& to) {
  const std::string district = district_of(d, record.fields);
  const Wanted wanted{d, record, district, unit_above(db, district), watchers_of(db, record)};
  std::vector<std::string> out;
  for (const auto& user : access.users()) {
    const bool meant = !user.disabled && std::any_of(to.begin(), to.end(), [&](const auto& one) {
      return is_meant(wanted, user, one);
    });
    if (meant && may_see(d, actor_of(user), district)) out.push_back(user.name);
  }
  return out;
}

void tell_watchers(store::Db& db, const access::Access& access, const Definition& d,
                   const Record& before, const Record& after, const Write& write) {
  if (before.state == after.state || watchers_of(db, after).empty()) return;
  const auto name = [&](const std::string& key) {
    const State* state = d.state(key);
    return state == nullptr ? base::Words{key, key} : state->name;
  };
  const std::string of =
      after.number.empty() ? after.fields[d.title_field].as_string() : after.number;
  const auto from = name(before.state);
  const auto to = name(after.state);
  const base::Words text{fmt::format("{}：{} → {}（{}）", of, from.zh, to.zh, write.actor.user),
                         fmt::format("{}: {} -> {} ({})", of, from.en, to.en, write.actor.user)};
  for (const auto& person : recipients(db, access, d, after, {"watchers"})) {
    if (person == write.actor.user) continue;
    put_notice(db, {0, person, write.now, "change", d.id, after.id, text,
                    fmt::format("change/{}/{}/{}", d.id, after.id, after.revision), std::nullopt});
  }
}

}  // namespace jinglue::registry::detail
