// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/seen.hpp"

#include <algorithm>

#include "registry/detail/table.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry::detail {

bool is_closed(const Field& f) {
  return !f.visible_to.empty() || f.secrecy != Secrecy::kOpen || f.mask != Mask::kNone;
}

bool sees(const Field& f, const access::Actor& actor) {
  return sight_of(f, actor) == Sight::kPlain;
}

bool sees_closed(const Definition& d, const access::Actor& actor) {
  return std::all_of(d.fields.begin(), d.fields.end(),
                     [&](const Field& f) { return !is_closed(f) || sees(f, actor); });
}

RowReach row_reach(const Definition& d, const access::Actor& actor) {
  const Field* f = d.field(d.district_field);
  RowReach out;
  if (f == nullptr) return out;
  out.values = actor.reach();
  if (out.values.empty()) return out;
  std::string marks;
  for (std::size_t i = 0; i < out.values.size(); ++i) marks += i == 0 ? "?" : ", ?";
  const std::string name = column_name(*f);
  out.condition = " AND (" + name + " IN (" + marks + ") OR " + name + " IS NULL)";
  return out;
}

}  // namespace jinglue::registry::detail
