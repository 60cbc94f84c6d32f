// SPDX-License-Identifier: Apache-2.0
// Access::Impl: what accounts (access.cpp) and sessions (sign_in.cpp) share. Private to the room.
#pragma once

#include <functional>
#include <optional>
#include <shared_mutex>
#include <string>

#include "access/access.hpp"
#include "access/audit_chain.hpp"
#include "access/failure_limit.hpp"
#include "access/password.hpp"
#include "store/database.hpp"

namespace jinglue::access {

/// A row of access_user.
struct Account {
  User user;
  std::string password_hash;
};

struct Access::Impl {
  store::Database& records;
  Passwords passwords;
  AuditChain audit;
  FailureLimit by_address;
  FailureLimit by_name;
  mutable std::shared_mutex below_mutex;
  Below below;

  Impl(store::Database& records, PasswordCost cost);

  std::optional<Account> account(const std::string& name) const;
  Actor actor_of(const User& user, const std::string& address) const;
  /// kMissing when there is no such user, else what `change` returns, in one write.
  base::Status change_user(const std::string& name,
                           const std::function<base::Status(store::Db&)>& change);
};

/// `row` starts with kUserColumns.
inline constexpr const char* kUserColumns =
    "u.name, u.display_name, u.roles, u.district, u.disabled, u.created_ms";
inline constexpr int kUserColumnCount = 6;
User user_of(const store::Stmt& row);
void end_sessions(store::Db& db, const std::string& user);

}  // namespace jinglue::access
