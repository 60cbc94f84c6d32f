// SPDX-License-Identifier: Apache-2.0
// The one table of who may do what (product.md, "People"). A person may hold several roles.
// Registers narrow kSeeRegister and kEditRegister further by their definitions, act narrows the
// transitions of a case. The system itself may do everything.
#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <initializer_list>

#include "access/access.hpp"

namespace jinglue::access {

namespace {

using enum Role;

struct Row {
  Action action;
  std::initializer_list<Role> roles;
};

constexpr std::initializer_list<Role> kWatch = {kDutyOfficer, kDutyLeader, kEnforcement,
                                                kRescue,      kClerk,      kLeader};
constexpr std::initializer_list<Role> kVerdict = {kDutyOfficer, kDutyLeader, kEnforcement};
constexpr std::initializer_list<Role> kSign = {kDutyLeader};
constexpr std::initializer_list<Role> kCases = {kDutyOfficer, kDutyLeader, kEnforcement, kLeader};
constexpr std::initializer_list<Role> kFile = {kEnforcement};
// The head of the authority approves the filing of a case (Administrative Penalty Law, article 54
// and the procedure rules of the trade): the one signature that the otherwise read-only role gives.
constexpr std::initializer_list<Role> kApprove = {kDutyLeader, kLeader};
constexpr std::initializer_list<Role> kEvidence = {kDutyLeader, kEnforcement};
constexpr std::initializer_list<Role> kBooks = {kDutyOfficer, kDutyLeader, kLiaison,
                                                kEnforcement, kRescue,     kClerk,
                                                kEconomist,   kLeader,     kAdministrator};
// The administrator keeps the registers of the installation itself, such as organisation units.
constexpr std::initializer_list<Role> kWriters = {
    kDutyOfficer, kDutyLeader, kLiaison, kEnforcement, kRescue, kClerk, kEconomist, kAdministrator};
constexpr std::initializer_list<Role> kImport = {kDutyLeader, kAdministrator};
constexpr std::initializer_list<Role> kSystemPages = {kDutyOfficer, kDutyLeader, kLeader,
                                                      kAdministrator};
constexpr std::initializer_list<Role> kAdminOnly = {kAdministrator};
constexpr std::initializer_list<Role> kAudit = {kLeader, kAdministrator};
constexpr std::initializer_list<Role> kSpeak = {kDutyOfficer, kDutyLeader, kRescue};
constexpr std::initializer_list<Role> kPlanners = {kDutyLeader, kLiaison};
constexpr std::initializer_list<Role> kDrill = {kDutyOfficer, kDutyLeader, kAdministrator};

constexpr std::array<Row, 21> kTable = {{
    {Action::kSeeSituation, kWatch},
    {Action::kSeeFindings, kWatch},
    {Action::kReviewFinding, kVerdict},
    {Action::kSuspendRule, kSign},
    {Action::kSeeCases, kCases},
    {Action::kEditCase, kVerdict},
    {Action::kFileCase, kFile},
    {Action::kApproveCase, kApprove},
    {Action::kExportEvidence, kEvidence},
    {Action::kSeeRegister, kBooks},
    {Action::kEditRegister, kWriters},
    {Action::kImportRegister, kImport},
    {Action::kSeeSystem, kSystemPages},
    {Action::kManageUsers, kAdminOnly},
    {Action::kManageRules, kImport},
    {Action::kSeeAudit, kAudit},
    {Action::kControlDrill, kDrill},
    {Action::kManageOutputs, kAdminOnly},
    {Action::kSendMessages, kSpeak},
    {Action::kEditPlans, kPlanners},
    {Action::kManageRegisters, kAdminOnly},
}};

std::initializer_list<Role> roles_for(Action action) {
  for (const auto& row : kTable) {
    if (row.action == action) return row.roles;
  }
  return {};
}

std::string names_of(std::initializer_list<Role> roles) {
  std::string out;
  for (const Role role : roles) out += (out.empty() ? "" : ", ") + std::string(to_key(role));
  return out;
}

}  // namespace

base::Status authorise(const Actor& actor, Action action, const Target& target) {
  if (actor.has(kSystem)) return {};
  const auto roles = roles_for(action);
  if (std::none_of(roles.begin(), roles.end(), [&](Role r) { return actor.has(r); })) {
    return base::fail(
        base::Code::kForbidden,
        fmt::format("{} needs one of these roles: {}", to_key(action), names_of(roles)),
        target.register_id, "ask an administrator for the role");
  }
  const bool elsewhere =
      !actor.district.empty() && !target.district.empty() && actor.district != target.district &&
      std::find(actor.below.begin(), actor.below.end(), target.district) == actor.below.end();
  if (elsewhere) {
    return base::fail(base::Code::kForbidden,
                      fmt::format("the row belongs to {}, {} works for {}", target.district,
                                  actor.user, actor.district),
                      target.register_id, "ask the district that the row belongs to");
  }
  return {};
}

std::string roles_table() {
  constexpr std::initializer_list<Role> columns = kBooks;
  std::string out = "| 操作 Action | 键 Key |";
  std::string rule = "|---|---|";
  for (const Role role : columns) {
    out += fmt::format(" {} {} |", words_of(role).zh, words_of(role).en);
    rule += ":-:|";
  }
  out += "\n" + rule + "\n";
  for (const auto& row : kTable) {
    out += fmt::format("| {} {} | `{}` |", words_of(row.action).zh, words_of(row.action).en,
                       to_key(row.action));
    for (const Role role : columns) {
      const bool may = std::find(row.roles.begin(), row.roles.end(), role) != row.roles.end();
      out += may ? " ● |" : " |";
    }
    out += "\n";
  }
  return out;
}

}  // namespace jinglue::access
