// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/rights.hpp"

#include <algorithm>

#include "registry/standing.hpp"

namespace jinglue::registry::detail {
namespace {

using access::Action;

bool has_any(const access::Actor& actor, const std::vector<std::string>& roles) {
  return std::any_of(roles.begin(), roles.end(), [&](const std::string& key) {
    const auto role = access::role_from(key);
    return role && actor.has(*role);
  });
}

base::Status needs_role(const access::Actor& actor, const std::vector<std::string>& roles,
                        const std::string& what) {
  if (roles.empty() || is_program(actor) || has_any(actor, roles)) return {};
  return base::fail(base::Code::kForbidden, what + " needs the role " + role_names(roles).en, {},
                    "ask a person with that role");
}

Action see_action(const Definition& d) {
  return d.rights == "case" ? Action::kSeeCases : Action::kSeeRegister;
}
Action edit_action(const Definition& d) {
  return d.rights == "case" ? Action::kEditCase : Action::kEditRegister;
}

/// A transition that names its roles asks access only whether the record may be seen; filing and
/// approving cases are actions of their own.
Action move_action(const Definition& d, const Transition& t, Step step) {
  if (t.approval && d.rights == "case") {
    return step == Step::kDecide ? Action::kApproveCase : Action::kFileCase;
  }
  return t.roles.empty() && step == Step::kRun ? edit_action(d) : see_action(d);
}

}  // namespace

bool is_program(const access::Actor& actor) {
  return actor.has(access::Role::kSystem);
}

std::string district_of(const Definition& d, const base::Json& fields) {
  return d.district_field.empty() ? std::string() : fields[d.district_field].as_string();
}

base::Words role_names(const std::vector<std::string>& roles) {
  base::Words out;
  for (const auto& key : roles) {
    const auto role = access::role_from(key);
    const base::Words name = role ? access::words_of(*role) : base::Words{key, key};
    out.zh += (out.zh.empty() ? "" : "或") + name.zh;
    out.en += (out.en.empty() ? "" : " or ") + name.en;
  }
  return out;
}

base::Status may_see(const Definition& d, const access::Actor& actor, const std::string& district) {
  if (!is_program(actor)) {
    if (auto enabled = check_enabled(d); !enabled) return enabled;
  }
  return may_see_row(d, actor, district);
}

base::Status may_see_row(const Definition& d, const access::Actor& actor,
                         const std::string& district) {
  auto allowed = access::authorise(actor, see_action(d), {d.id, district});
  return allowed ? needs_role(actor, d.read_roles, "seeing " + d.id) : allowed;
}

base::Status may_edit(const Definition& d, const access::Actor& actor,
                      const std::string& district) {
  auto allowed = access::authorise(actor, edit_action(d), {d.id, district});
  return allowed ? needs_role(actor, d.edit_roles, "editing " + d.id) : allowed;
}

base::Status may_move(const Definition& d, const Transition& t, Step step,
                      const access::Actor& actor, const std::string& district) {
  const auto& roles = step == Step::kDecide ? t.approval_roles
                      : t.roles.empty()     ? d.edit_roles
                                            : t.roles;
  const std::string what =
      (step == Step::kDecide ? "approving '" : "the transition '") + t.key + "'";
  if (auto named = needs_role(actor, roles, what); !named) return named;
  return access::authorise(actor, move_action(d, t, step), {d.id, district});
}

}  // namespace jinglue::registry::detail
