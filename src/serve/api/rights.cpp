// SPDX-License-Identifier: Apache-2.0
#include "serve/api/rights.hpp"

namespace jinglue::serve {

RowRight::RowRight(const access::Actor& actor, access::Action action, bool strict)
    : m_actor(actor),
      m_action(action),
      m_strict(strict),
      m_status(access::authorise(actor, action, {"", actor.district})) {}

bool RowRight::sees(std::string_view district) const {
  if (!m_status) return false;
  if (m_actor.district.empty()) return true;
  for (const auto& [known, seen] : m_known) {
    if (known == district) return seen;
  }
  bool seen = access::authorise(m_actor, m_action, {"", std::string(district)}).has_value();
  if (m_strict && district.empty()) seen = false;
  m_known.emplace_back(district, seen);
  return seen;
}

}  // namespace jinglue::serve
