// SPDX-License-Identifier: Apache-2.0
// Row rights: which rows of one action a person sees. access::authorise decides, once per district;
// the answers are kept for as long as one request or one stream uses them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/access.hpp"

namespace jinglue::serve {

class RowRight {
 public:
  /// `strict`: rows without a district belong to the whole authority only (findings); else everyone
  /// with the action sees them (vessels at sea).
  RowRight(const access::Actor& actor, access::Action action, bool strict);

  /// Whether the person has the action at all; the error says which role would.
  const base::Status& status() const { return m_status; }
  bool sees(std::string_view district) const;

 private:
  access::Actor m_actor;
  access::Action m_action;
  bool m_strict;
  base::Status m_status;
  mutable std::vector<std::pair<std::string, bool>> m_known;  ///< few: one per district
};

inline RowRight vessel_right(const access::Actor& actor) {
  return {actor, access::Action::kSeeSituation, false};
}
inline RowRight finding_right(const access::Actor& actor) {
  return {actor, access::Action::kSeeFindings, true};
}

}  // namespace jinglue::serve
