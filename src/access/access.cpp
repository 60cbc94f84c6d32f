// SPDX-License-Identifier: Apache-2.0
// Accounts and sessions. Passwords are hashed before the write, so that the writer thread of the
// database never waits for argon2id.
#include "access/access.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "access/access_impl.hpp"

namespace jinglue::access {

namespace {

using base::Code;

constexpr base::Duration kFailureWindow = std::chrono::minutes(15);
constexpr std::size_t kFailuresByAddress = 20;  // a duty room may share one address
constexpr std::size_t kFailuresByName = 10;

const std::array<store::Migration, 2> kSteps = {{{1, R"sql(
  CREATE TABLE access_user (
    name TEXT PRIMARY KEY, display_name TEXT NOT NULL, roles TEXT NOT NULL,
    district TEXT NOT NULL, password_hash TEXT NOT NULL, disabled INTEGER NOT NULL,
    created_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE access_session (
    token_hash TEXT PRIMARY KEY, user_name TEXT NOT NULL REFERENCES access_user (name),
    address TEXT NOT NULL, created_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX access_session_user ON access_session (user_name);
)sql"},
                                                 {2, R"sql(
  CREATE TABLE access_preference (
    user_name TEXT PRIMARY KEY, language TEXT NOT NULL, quiet_from BIGINT, quiet_until BIGINT);
)sql"}}};

std::string roles_text(const std::vector<Role>& roles) {
  std::string out;
  for (const Role role : roles) out += (out.empty() ? "" : " ") + std::string(to_key(role));
  return out;
}

std::vector<Role> roles_of(const std::string& text) {
  std::vector<Role> out;
  for (const auto key : base::split(text, ' ')) {
    if (const auto role = role_from(key)) out.push_back(*role);
  }
  return out;
}

tl::unexpected<base::Error> refuse(std::string why, const char* field) {
  return base::fail(Code::kMalformed, std::move(why), field);
}

base::Status check_roles(const std::vector<Role>& roles) {
  if (roles.empty()) return refuse("a user has at least one role", "roles");
  for (const Role role : roles) {
    if (role == Role::kSystem) return refuse("the role system is the program's own", "roles");
  }
  return {};
}

base::Status check_user(const User& user) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  const std::string& name = user.name;
  if (name.size() < 2 || name.size() > 64 || !std::all_of(name.begin(), name.end(), allowed)) {
    return refuse("a sign-in name has 2 to 64 of a-z 0-9 . _ -", "name");
  }
  if (name == Actor::system().user) return refuse("this name is the program's own", "name");
  return check_roles(user.roles);
}

/// Whether `name` is the only enabled administrator.
bool is_last_administrator(store::Db& db, const std::string& name) {
  auto rows = db.prepare("SELECT name, roles FROM access_user WHERE disabled = 0");
  bool is_one = false;
  while (rows.step()) {
    const auto roles = roles_of(rows.text(1));
    if (std::find(roles.begin(), roles.end(), Role::kAdministrator) == roles.end()) continue;
    if (rows.text(0) != name) return false;
    is_one = true;
  }
  return is_one;
}

tl::unexpected<base::Error> last_administrator(const char* field) {
  return base::fail(Code::kConflict, "this is the last administrator", field,
                    "make another administrator first");
}

}  // namespace

User user_of(const store::Stmt& row) {
  return {row.text(0), row.text(1),         roles_of(row.text(2)),
          row.text(3), row.integer(4) != 0, {row.integer(5)}};
}

void end_sessions(store::Db& db, const std::string& user) {
  db.prepare("DELETE FROM access_session WHERE user_name = ?").bind(1, user).run();
}

Access::Impl::Impl(store::Database& r, PasswordCost cost)
    : records(r),
      passwords(cost),
      audit(r),
      by_address(kFailuresByAddress, kFailureWindow),
      by_name(kFailuresByName, kFailureWindow) {
  records.migrate("access", kSteps);
}

std::optional<Account> Access::Impl::account(const std::string& name) const {
  return records.read([&](store::Db& db) -> std::optional<Account> {
    auto row = db.prepare(
        fmt::format("SELECT {}, u.password_hash FROM access_user u WHERE name = ?", kUserColumns));
    row.bind(1, name);
    if (!row.step()) return std::nullopt;
    return Account{user_of(row), row.text(kUserColumnCount)};
  });
}

Access::Access(store::Database& records, PasswordCost cost)
    : m_impl(std::make_unique<Impl>(records, cost)) {}
Access::~Access() = default;

base::Status Access::add_user(const User& user, std::string_view password, const Actor& by,
                              base::Instant now) {
  if (auto may = authorise(by, Action::kManageUsers); !may) return may;
  if (auto good = check_user(user); !good) return good;
  if (auto good = check_password(password, user.name); !good) return good;
  const std::string hash = m_impl->passwords.hash(password);
  return m_impl->records.write([&](store::Db& db) -> base::Status {
    auto insert = db.prepare("INSERT OR IGNORE INTO access_user VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.bind(1, user.name).bind(2, user.display_name).bind(3, roles_text(user.roles));
    insert.bind(4, user.district).bind(5, hash).bind(6, user.disabled).bind(7, now.ms).run();
    if (db.changes() == 0) {
      return base::fail(Code::kConflict, fmt::format("the name {} is in use", user.name), "name",
                        "take another name; names of disabled users are not given again");
    }
    audit(by, "user.add", "user/" + user.name,
          base::Json::object({{"roles", roles_text(user.roles)}, {"district", user.district}}),
          now);
    return {};
  });
}

base::Status Access::Impl::change_user(const std::string& name,
                                       const std::function<base::Status(store::Db&)>& change) {
  return records.write([&](store::Db& db) -> base::Status {
    auto found = db.prepare("SELECT 1 FROM access_user WHERE name = ?");
    if (!found.bind(1, name).step()) {
      return base::fail(Code::kMissing, fmt::format("there is no user {}", name), "name");
    }
    return change(db);
  });
}

base::Status Access::set_password(const std::string& name, std::string_view password,
                                  const Actor& by, base::Instant now) {
  if (by.user != name) {
    if (auto may = authorise(by, Action::kManageUsers); !may) return may;
  }
  if (auto good = check_password(password, name); !good) return good;
  const std::string hash = m_impl->passwords.hash(password);
  auto done = m_impl->change_user(name, [&](store::Db& db) -> base::Status {
    db.prepare("UPDATE access_user SET password_hash = ? WHERE name = ?")
        .bind(1, hash)
        .bind(2, name)
        .run();
    end_sessions(db, name);
    audit(by, "user.password", "user/" + name, {}, now);
    return {};
  });
  if (done) m_impl->by_name.forget(name);
  return done;
}

base::Status Access::change(const std::string& name, const UserChange& change, const Actor& by,
                            base::Instant now) {
  if (auto may = authorise(by, Action::kManageUsers); !may) return may;
  if (change.roles) {
    if (auto good = check_roles(*change.roles); !good) return good;
  }
  return m_impl->change_user(name, [&](store::Db& db) -> base::Status {
    User user;
    {
      auto row =
          db.prepare(fmt::format("SELECT {} FROM access_user u WHERE name = ?", kUserColumns));
      row.bind(1, name);
      row.step();
      user = user_of(row);
    }
    base::Json detail = base::Json::object();
    const auto differs = [&](const char* key, const std::string& was, const std::string& is) {
      if (was == is) return;
      detail.set(key, base::Json::object({{"from", was}, {"to", is}}));
    };
    const User before = user;
    user.display_name = change.display_name.value_or(user.display_name);
    user.roles = change.roles.value_or(user.roles);
    user.district = change.district.value_or(user.district);
    differs("display_name", before.display_name, user.display_name);
    differs("roles", roles_text(before.roles), roles_text(user.roles));
    differs("district", before.district, user.district);
    if (detail.members().empty()) return {};
    const bool stays =
        std::find(user.roles.begin(), user.roles.end(), Role::kAdministrator) != user.roles.end();
    if (!stays && is_last_administrator(db, name)) return last_administrator("roles");
    db.prepare("UPDATE access_user SET display_name = ?, roles = ?, district = ? WHERE name = ?")
        .bind(1, user.display_name)
        .bind(2, roles_text(user.roles))
        .bind(3, user.district)
        .bind(4, name)
        .run();
    audit(by, "user.change", "user/" + name, detail, now);
    return {};
  });
}

base::Status Access::set_disabled(const std::string& name, bool disabled, const Actor& by,
                                  base::Instant now) {
  if (auto may = authorise(by, Action::kManageUsers); !may) return may;
  return m_impl->change_user(name, [&](store::Db& db) -> base::Status {
    if (disabled && is_last_administrator(db, name)) return last_administrator("name");
    db.prepare("UPDATE access_user SET disabled = ? WHERE name = ?")
        .bind(1, disabled)
        .bind(2, name)
        .run();
    if (disabled) end_sessions(db, name);
    audit(by, disabled ? "user.disable" : "user.enable", "user/" + name, {}, now);
    return {};
  });
}

std::vector<User> Access::users() const {
  return m_impl->records.read([](store::Db& db) {
    auto rows = db.prepare(fmt::format("SELECT {} FROM access_user u ORDER BY name", kUserColumns));
    std::vector<User> out;
    while (rows.step()) out.push_back(user_of(rows));
    return out;
  });
}

bool Access::empty() const {
  return m_impl->records.read(
      [](store::Db& db) { return !db.prepare("SELECT 1 FROM access_user LIMIT 1").step(); });
}

void Access::audit(const Actor& actor, std::string_view action, std::string_view target,
                   const base::Json& detail, base::Instant now) {
  m_impl->audit.add(actor, action, target, detail, now);
}

std::vector<AuditLine> Access::audit_lines(std::int64_t before, std::size_t limit) const {
  return m_impl->audit.lines(before, limit);
}

base::Result<std::int64_t> Access::verify_audit() const {
  return m_impl->audit.verify();
}

}  // namespace jinglue::access
