// SPDX-License-Identifier: Apache-2.0
// Keys and names of roles and actions. Keys are part of the API and of the database.
#include <algorithm>
#include <array>
#include <cassert>

#include "access/access.hpp"

namespace jinglue::access {

namespace {

struct RoleName {
  Role role;
  std::string_view key, zh, en;
};
constexpr std::array<RoleName, 10> kRoles = {{
    {Role::kDutyOfficer, "duty_officer", "值班员", "Duty officer"},
    {Role::kDutyLeader, "duty_leader", "带班领导", "Duty leader"},
    {Role::kLiaison, "liaison", "成员单位联络员", "Liaison"},
    {Role::kEnforcement, "enforcement", "渔政执法人员", "Enforcement officer"},
    {Role::kRescue, "rescue", "搜救协调员", "Rescue coordinator"},
    {Role::kClerk, "clerk", "区市经办人", "District clerk"},
    {Role::kEconomist, "economist", "统计人员", "Economist"},
    {Role::kLeader, "leader", "局领导", "Bureau leader"},
    {Role::kAdministrator, "administrator", "系统管理员", "Administrator"},
    {Role::kSystem, "system", "系统", "System"},
}};

struct ActionName {
  Action action;
  std::string_view key, zh, en;
};
constexpr std::array<ActionName, 21> kActions = {{
    {Action::kSeeSituation, "situation.see", "查看态势", "See the situation"},
    {Action::kSeeFindings, "finding.see", "查看发现", "See findings"},
    {Action::kReviewFinding, "finding.review", "核查发现", "Review findings"},
    {Action::kSuspendRule, "rule.suspend", "暂缓整条规则", "Suspend a whole rule"},
    {Action::kSeeCases, "case.see", "查看案件", "See cases"},
    {Action::kEditCase, "case.edit", "编辑案件线索", "Edit leads and cases"},
    {Action::kFileCase, "case.file", "提请立案", "Propose filing a case"},
    {Action::kApproveCase, "case.approve", "批准立案", "Approve filing a case"},
    {Action::kExportEvidence, "evidence.export", "导出证据包", "Export evidence"},
    {Action::kSeeRegister, "register.see", "查看台账", "See registers"},
    {Action::kEditRegister, "register.edit", "编辑台账", "Edit registers"},
    {Action::kImportRegister, "register.import", "批量导入台账", "Import registers"},
    {Action::kSeeSystem, "system.see", "查看系统状态", "See the state of the system"},
    {Action::kManageUsers, "user.manage", "管理用户", "Manage users"},
    {Action::kManageRules, "rule.manage", "管理规则", "Manage rules"},
    {Action::kSeeAudit, "audit.see", "查看审计日志", "See the audit log"},
    {Action::kControlDrill, "drill.control", "控制演练", "Control the drill"},
    {Action::kManageOutputs, "output.manage", "管理数据外发", "Manage outputs"},
    {Action::kSendMessages, "message.write", "向船舶发送短报文", "Write to boats"},
    {Action::kEditPlans, "plan.edit", "分解工作文件", "Break down work documents"},
    {Action::kManageRegisters, "register.manage", "启用和停用台账", "Enable and disable registers"},
}};

const RoleName& entry_of(Role role) {
  const auto found =
      std::find_if(kRoles.begin(), kRoles.end(), [&](const RoleName& r) { return r.role == role; });
  assert(found != kRoles.end());
  return *found;
}

const ActionName& entry_of(Action action) {
  const auto found = std::find_if(kActions.begin(), kActions.end(),
                                  [&](const ActionName& a) { return a.action == action; });
  assert(found != kActions.end());
  return *found;
}

}  // namespace

std::string_view to_key(Role role) {
  return entry_of(role).key;
}

std::optional<Role> role_from(std::string_view key) {
  for (const auto& entry : kRoles) {
    if (entry.key == key) return entry.role;
  }
  return std::nullopt;
}

base::Words words_of(Role role) {
  return {std::string(entry_of(role).zh), std::string(entry_of(role).en)};
}

std::string_view to_key(Action action) {
  return entry_of(action).key;
}

base::Words words_of(Action action) {
  return {std::string(entry_of(action).zh), std::string(entry_of(action).en)};
}

bool Actor::has(Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::vector<std::string> Actor::reach() const {
  std::vector<std::string> out;
  if (district.empty()) return out;
  out.push_back(district);
  out.insert(out.end(), below.begin(), below.end());
  return out;
}

Actor Actor::system() {
  Actor out;
  out.user = "system";
  out.display_name = "系统";
  out.roles = {Role::kSystem};
  return out;
}

}  // namespace jinglue::access
