// SPDX-License-Identifier: Apache-2.0
// Who may see, edit and move records: access's authorise() first (role and district), then the
// roles that the definition names. The program itself (role system) passes the latter.
#pragma once

#include <string>
#include <vector>

#include "access/access.hpp"
#include "registry/definition.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry::detail {

/// Of a register in use; the program sees all.
base::Status may_see(const Definition& d, const access::Actor& actor, const std::string& district);
/// The same, whether or not the register is in use.
base::Status may_see_row(const Definition& d, const access::Actor& actor,
                         const std::string& district);
base::Status may_edit(const Definition& d, const access::Actor& actor, const std::string& district);

/// Of a transition: carried out or asked for, approved or refused by the second person.
enum class Step { kRun, kDecide };
base::Status may_move(const Definition& d, const Transition& t, Step step,
                      const access::Actor& actor, const std::string& district);

std::string district_of(const Definition& d, const base::Json& fields);
bool is_program(const access::Actor& actor);
/// "渔政执法人员、值班员" / "enforcement, duty_officer"; for reasons shown to people.
base::Words role_names(const std::vector<std::string>& roles);

}  // namespace jinglue::registry::detail
