// SPDX-License-Identifier: Apache-2.0
// AlertDesk: what people do with findings: acknowledge, verify (makes a case lead), false alarm,
// suspend, comment, take back. Each act is one transaction with its audit line; a repeated
// idempotency key returns the first answer.
#pragma once

#include <memory>
#include <string>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "findings/findings.hpp"

namespace jinglue::registry {
class Registry;
}

namespace jinglue::act::cases {
class CaseDesk;
}

namespace jinglue::act::alert {

struct ReviewRequest {
  model::FindingId finding;
  findings::ReviewKind kind{findings::ReviewKind::kComment};
  std::uint32_t seen_step{0};
  std::string reason;
  std::string suspend_for;  ///< "1h" "2h" "6h" "12h" "24h" "1w", or empty with `until`
  std::optional<base::Instant> until;
  findings::SuspendScope scope{findings::SuspendScope::kVesselAndRule};
  std::string idempotency_key;
};

class AlertDesk {
 public:
  AlertDesk(findings::Findings& findings, registry::Registry& registry, access::Access& access,
            cases::CaseDesk& cases);
  base::Result<findings::Review> review(const ReviewRequest& request, const access::Actor& actor,
                                        base::Instant now);

 private:
  base::Result<findings::Review> decide(const ReviewRequest& request, const access::Actor& actor,
                                        base::Instant now);

  findings::Findings& m_findings;
  registry::Registry& m_registry;
  access::Access& m_access;
  cases::CaseDesk& m_cases;
};

}  // namespace jinglue::act::alert
