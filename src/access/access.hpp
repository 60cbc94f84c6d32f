// SPDX-License-Identifier: Apache-2.0
// Access: local accounts, roles, sessions, the one authorise(), and the audit chain. Every write of
// a person or of the system on a person's behalf adds an audit line; each line holds the hash of
// the one before, so that a changed or removed line is found by verify_audit().
// Passwords are argon2id (libsodium); session tokens are stored as hashes only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::access {

/// product.md, "People". Keys: duty_officer, duty_leader, liaison, enforcement, rescue, clerk,
/// economist, leader, administrator; `system` is the program itself.
enum class Role : std::uint8_t {
  kDutyOfficer = 1,
  kDutyLeader,
  kLiaison,
  kEnforcement,
  kRescue,
  kClerk,
  kEconomist,
  kLeader,
  kAdministrator,
  kSystem
};
std::string_view to_key(Role role);
std::optional<Role> role_from(std::string_view key);
base::Words words_of(Role role);

/// Who acts: taken from the session, or system() for the program.
struct Actor {
  std::string user;  ///< sign-in name
  std::string display_name;
  std::vector<Role> roles;
  std::string district;  ///< organisation unit key; empty = whole authority
  std::string address;   ///< of the client
  /// Keys of the units below `district` today, and of those that were merged into it.
  std::vector<std::string> below;
  bool has(Role role) const;
  /// `district` and all below; empty = whole authority.
  std::vector<std::string> reach() const;
  static Actor system();
};

/// What someone wants to do. One list for the whole system; the table of who may is in
/// authorise.cpp and is printed in docs/guide/roles.md.
enum class Action : std::uint8_t {
  kSeeSituation = 1,
  kSeeFindings,
  kReviewFinding,
  kSuspendRule,
  kSeeCases,
  kEditCase,
  kFileCase,
  kApproveCase,
  kExportEvidence,
  kSeeRegister,
  kEditRegister,
  kImportRegister,
  kSeeSystem,
  kManageUsers,
  kManageRules,
  kSeeAudit,
  kControlDrill,
  kManageOutputs,
  kSendMessages,     ///< to boats
  kEditPlans,        ///< break down work documents and make tasks of them
  kManageRegisters,  ///< enable and disable them
};
std::string_view to_key(Action action);
base::Words words_of(Action action);

/// On what: register id and the district of the row, when they matter.
struct Target {
  std::string register_id;
  std::string district;
};
/// Success or kForbidden with a sentence that says which role may. An actor of a unit never gets at
/// a row of another one that is not below it.
base::Status authorise(const Actor& actor, Action action, const Target& target = {});
/// The table of actions and roles as it stands in docs/guide/roles.md (a test compares them).
std::string roles_table();

struct User {
  std::string name;
  std::string display_name;
  std::vector<Role> roles;
  std::string district;
  bool disabled{false};
  base::Instant created;
};
/// What is to be another; absent = stays.
struct UserChange {
  std::optional<std::string> display_name;
  std::optional<std::vector<Role>> roles;
  std::optional<std::string> district;  ///< empty = whole authority
};
struct SignedIn {
  std::string token;  ///< for the cookie; shown once
  std::string csrf;   ///< to be sent back in X-CSRF-Token
  Actor actor;
  base::Instant expires;
};
struct AuditLine {
  std::int64_t number{0};
  base::Instant at;
  std::string actor;
  std::string address;
  std::string action;  ///< "finding.review", "record.patch", "user.add", "session.sign_in", ...
  std::string target;  ///< "case/0190...": what was touched
  base::Json detail;   ///< never a secret
  std::string previous_hash;
  std::string hash;
};

/// What one argon2id hash costs. The default is libsodium's "interactive": about 0.1 s and 64 MiB.
struct PasswordCost {
  std::uint64_t passes{2};
  std::size_t memory_bytes{64u << 20};
  static PasswordCost least() { return {1, 8192}; }  ///< for tests only
};

class Access {
 public:
  explicit Access(store::Database& records, PasswordCost cost = {});
  ~Access();

  /// `by` must be allowed kManageUsers. kMalformed: name (a-z 0-9 . _ -, 2 to 64), no role, or a
  /// password that is too short (10 characters), too long or too plain. kConflict: name in use.
  base::Status add_user(const User& user, std::string_view password, const Actor& by,
                        base::Instant now);
  /// Also for oneself. Ends all sessions of the user.
  base::Status set_password(const std::string& name, std::string_view password, const Actor& by,
                            base::Instant now);
  /// Open sessions go on with the new roles and district from their next request on. kConflict when
  /// it would leave no administrator.
  base::Status change(const std::string& name, const UserChange& change, const Actor& by,
                      base::Instant now);
  /// Disabling ends all sessions. kConflict for the last administrator.
  base::Status set_disabled(const std::string& name, bool disabled, const Actor& by,
                            base::Instant now);
  std::vector<User> users() const;
  bool empty() const;  ///< no user yet

  /// Which units stand below one today; asked for every actor that sign_in() and session() give.
  /// Any thread. Empty = none.
  using Below = std::function<std::vector<std::string>(const std::string& unit)>;
  void set_below(Below below);

  /// kUnauthorised on a wrong name or password (the same text and time for both), kTooMany after
  /// repeated failures from one address or for one name. `now` is the wall clock, also in a drill.
  base::Result<SignedIn> sign_in(const std::string& name, std::string_view password,
                                 const std::string& address, base::Instant now);
  /// Absent when unknown, signed out, disabled, unused for 12 h or older than 24 h.
  std::optional<SignedIn> session(std::string_view token, base::Instant now) const;
  void sign_out(std::string_view token, base::Instant now);

  /// Part of the caller's write when there is one (store/database.hpp). Members of `detail` whose
  /// names speak of passwords or tokens are masked.
  void audit(const Actor& actor, std::string_view action, std::string_view target,
             const base::Json& detail, base::Instant now);
  /// Newest first, with numbers below `before` (0 = from the newest).
  std::vector<AuditLine> audit_lines(std::int64_t before, std::size_t limit) const;
  /// Success with the count of lines, or where the chain breaks.
  base::Result<std::int64_t> verify_audit() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::access
