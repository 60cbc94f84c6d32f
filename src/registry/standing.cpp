// SPDX-License-Identifier: Apache-2.0
#include "registry/standing.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "registry/detail/characters.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/standings.hpp"
#include "registry/detail/table.hpp"
#include "registry/life.hpp"
#include "registry/sight.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Code;
using base::Json;
using std::string_view;

void put(store::Db& rows, const Standing& one) {
  auto s = rows.prepare(
      "INSERT INTO register_standing(register, enabled, at, person, reason) VALUES(?, ?, ?, ?, ?) "
      "ON CONFLICT(register) DO UPDATE SET enabled = excluded.enabled, at = excluded.at, "
      "person = excluded.person, reason = excluded.reason");
  s.bind(1, string_view(one.register_id)).bind(2, std::int64_t{one.enabled}).bind(3, one.at.ms);
  s.bind(4, string_view(one.by)).bind(5, string_view(one.reason)).run();
}

std::optional<Standing> load(store::Db& rows, const std::string& register_id) {
  auto s = rows.prepare(
      "SELECT register, enabled, at, person, reason FROM register_standing WHERE register = ?");
  s.bind(1, string_view(register_id));
  if (!s.step()) return std::nullopt;
  return Standing{s.text(0), s.integer(1) != 0, {s.integer(2)}, s.text(3), s.text(4)};
}

void add_named(const std::vector<Field>& fields, std::set<std::string>& out) {
  for (const auto& f : fields) {
    if (!f.link.empty()) out.insert(f.link);
    add_named(f.columns, out);
  }
}

std::set<std::string> named_by(const Definition& d) {
  std::set<std::string> out;
  add_named(d.fields, out);
  for (const auto& [key, t] : life_of(d).transitions)
    for (const auto& e : t.effects)
      if (!e.register_id.empty()) out.insert(e.register_id);
  return out;
}

}  // namespace

base::Status check_enabled(const Definition& d) {
  if (d.enabled()) return {};
  return base::fail(Code::kForbidden,
                    "台账“" + d.name.zh + "”未启用，其记录照旧保存 / the register '" + d.id +
                        "' is not enabled; its records are kept",
                    kNotEnabled,
                    "an administrator enables it: Registers, or `jinglue registers enable " + d.id +
                        " --data FOLDER`");
}

std::vector<Standing> Standings::all() const {
  return m_registry.records().read([&](store::Db& rows) {
    std::vector<Standing> out;
    for (const auto& d : m_registry.definitions()) {
      auto stored = load(rows, d.id);
      Standing one = stored ? std::move(*stored) : Standing{d.id, false, {}, {}, {}};
      one.enabled = d.enabled();
      out.push_back(std::move(one));
    }
    return out;
  });
}

base::Status Standings::check(const std::vector<StandingChange>& changes,
                              const Write& write) const {
  if (auto may = access::authorise(write.actor, access::Action::kManageRegisters); !may) return may;
  if (detail::character_count(write.note) > kMostReason) {
    return base::fail(Code::kTooLarge, "a reason has at most 300 characters", "reason");
  }
  for (const auto& one : changes) {
    const auto* d = m_registry.definition(one.register_id);
    if (d == nullptr) {
      return base::fail(Code::kUnknown, "there is no register '" + one.register_id + "'",
                        "register");
    }
    if (one.enabled) continue;
    if (d->core) {
      return base::fail(Code::kConflict,
                        "台账“" + d->name.zh + "”不能停用，角色与权限以其为准 / the register '" +
                            d->id + "' is not disabled: roles and rights need it",
                        "register");
    }
    if (base::trim(write.note).empty()) {
      return base::fail(Code::kMalformed, "why the register is disabled", "reason");
    }
  }
  return {};
}

base::Status Standings::set(const std::vector<StandingChange>& changes, const Write& write) {
  if (auto good = check(changes, write); !good) return good;
  const std::string reason(base::trim(write.note));
  auto& database = m_registry.records();
  database.write([&](store::Db& rows) {
    for (const auto& wanted : changes) {
      const auto* d = m_registry.definition(wanted.register_id);
      const auto stands = load(rows, d->id);
      const bool is_enabled = d->core || (stands ? stands->enabled : d->enabled());
      if (is_enabled == wanted.enabled) continue;
      put(rows, {d->id, wanted.enabled, write.now, write.actor.user, reason});
      m_access.audit(write.actor, wanted.enabled ? "register.enable" : "register.disable", d->id,
                     Json::object({{"reason", reason}}), write.now);
      database.after_commit([flag = d->in_use, on = wanted.enabled] {
        if (flag) flag->store(on);
      });
    }
  });
  return {};
}

base::Status Standings::enable_all(const Write& write) {
  std::vector<StandingChange> changes;
  for (const auto& d : m_registry.definitions()) changes.push_back({d.id, true});
  return set(changes, write);
}

std::vector<std::string> users_of(const Registry& registry, const std::string& register_id) {
  std::vector<std::string> out;
  for (const auto& d : registry.definitions()) {
    if (d.enabled() && d.id != register_id && named_by(d).contains(register_id)) {
      out.push_back(d.id);
    }
  }
  return out;
}

std::uint64_t record_count(const Registry& registry, const Definition& d) {
  return registry.records().read([&](store::Db& rows) {
    auto s = rows.prepare("SELECT COUNT(*) FROM " + detail::table_name(d) + " WHERE removed = 0");
    s.step();
    return std::uint64_t(s.integer(0));
  });
}

bool is_empty_for(const Registry& registry, const Definition& d, const access::Actor& actor) {
  if (!detail::may_see_row(d, actor, "")) return true;
  const Field* district = d.field(d.district_field);
  const auto reach = district == nullptr ? std::vector<std::string>() : actor.reach();
  std::string sql = "SELECT 1 FROM " + detail::table_name(d) + " WHERE removed = 0";
  if (!reach.empty()) {
    const std::string name = detail::column_name(*district);
    sql += " AND (" + name + " IS NULL OR " + name + " IN (";
    for (std::size_t i = 0; i < reach.size(); ++i) sql += i == 0 ? "?" : ", ?";
    sql += "))";
  }
  return registry.records().read([&](store::Db& rows) {
    auto s = rows.prepare(sql + " LIMIT 1");
    for (std::size_t i = 0; i < reach.size(); ++i) s.bind(int(i) + 1, string_view(reach[i]));
    return !s.step();
  });
}

std::optional<Record> find_behind_link(const Registry& registry, const access::Actor& actor,
                                       const std::string& register_id, const std::string& id) {
  const auto* d = registry.definition(register_id);
  auto record = d == nullptr ? std::nullopt : registry.find(register_id, id);
  if (!record) return std::nullopt;
  if (!detail::may_see_row(*d, actor, detail::district_of(*d, record->fields))) return std::nullopt;
  return seen_by(*d, std::move(*record), actor);
}

namespace detail {

std::span<const store::Migration> standing_tables() {
  static const std::vector<store::Migration> kSteps = {{1, R"sql(
CREATE TABLE register_standing(
  register TEXT PRIMARY KEY, enabled BIGINT NOT NULL, at BIGINT NOT NULL, person TEXT NOT NULL,
  reason TEXT NOT NULL);
INSERT INTO register_standing(register, enabled, at, person, reason)
  SELECT register, 1, 0, 'system', 'update' FROM register_shape;
)sql"}};
  return kSteps;
}

void read_standings(store::Database& records, access::Access& access,
                    std::vector<Definition>& definitions) {
  records.write([&](store::Db& rows) {
    for (auto& d : definitions) {
      auto stands = load(rows, d.id);
      if (stands && stands->at.ms == 0) {  // the migration has no clock
        stands->at = base::wall_now();
        put(rows, *stands);
        access.audit(access::Actor::system(), "register.enable", d.id,
                     Json::object({{"reason", stands->reason}}), stands->at);
      }
      // Shared with the copies of the definition that others hold.
      d.in_use = std::make_shared<std::atomic<bool>>(d.core || (stands && stands->enabled));
    }
  });
}

}  // namespace detail
}  // namespace jinglue::registry
