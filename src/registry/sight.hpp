// SPDX-License-Identifier: Apache-2.0
// Sight: what of a record a person sees. One decision per field for lists, filters, searches,
// history, conflicts, exports and evidence; rows are decided by district before (detail/rights).
// The program itself sees all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/access.hpp"
#include "registry/definition.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

enum class Sight {
  kNone,      ///< for this person there is no such field
  kWithheld,  ///< the field is known, its level too; no value
  kMasked,    ///< the value with most characters as '*'
  kPlain
};
Sight sight_of(const Field& field, const access::Actor& actor);
/// Whether the person may ask for a masked value (Registry::reveal).
bool may_reveal(const Field& field, const access::Actor& actor);

/// "37100219900101001X" -> "371002********001X", "13812345678" -> "138****5678", "王小明" ->
/// "王**". A value too short for its mask becomes '*' alone. Masking a masked value changes
/// nothing.
std::string masked(Mask mask, std::string_view value);
/// The value as seen; null when there is nothing to see.
base::Json seen_value(const Field& field, const base::Json& value, const access::Actor& actor);

Record seen_by(const Definition& definition, Record record, const access::Actor& actor);
std::vector<HistoryLine> seen_by(const Definition& definition, std::vector<HistoryLine> lines,
                                 const access::Actor& actor);
std::vector<Conflict> seen_by(const Definition& definition, std::vector<Conflict> conflicts,
                              const access::Actor& actor);

/// Whether it is for one of the person's roles, in use or not.
bool is_for_roles_of(const Definition& definition, const access::Actor& actor);
/// Whether the person may see anything of the register: roles, not rows.
bool may_see_any(const Definition& definition, const access::Actor& actor);
/// The definition without the fields that do not exist for the person.
Definition seen_definition(const Definition& definition, const access::Actor& actor);

/// A list must not tell by its filters or its order what the person does not see. kUnknown for a
/// field that is hidden, as for one that does not exist; kForbidden for a withheld or masked one. A
/// masked one may be asked for its whole value by those who may reveal it.
base::Status may_ask(const Definition& definition, const Query& query, const access::Actor& actor);
/// Whether a person may write these values: a hidden or withheld field is not written blindly.
base::Status may_write(const Definition& definition, const base::Json& fields,
                       const access::Actor& actor);

}  // namespace jinglue::registry
