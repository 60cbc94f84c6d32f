// SPDX-License-Identifier: Apache-2.0
// SeaUseDesk: what TOML cannot say of the register sea_use_right (registers/sea_use_right.toml):
// the area on the parcel's own meridian and on the ellipsoid, overlaps with other rights by layer
// of the sea, who decides, the longest term. The certified area governs, ours is a check.
//
// Guards: each step up to the approval is refused while the parcel overlaps another right of the
// same layer (with the area named), overlaps another layer without documents of consent, or states
// another level than the rules give without a reason: corners may change until then. `register`
// while the certified area differs from ours without a reason, or the term is longer than the law
// allows. Civil Code, article 345 and 海域使用管理法.
#pragma once

#include <string>
#include <vector>

#include "access/access.hpp"
#include "act/sea_use/sea_use_rules.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "geo/parcel_area.hpp"
#include "geo/parcel_overlap.hpp"
#include "registry/registry.hpp"

namespace jinglue::act::sea_use {

inline constexpr const char* kSeaUseRegister = "sea_use_right";

/// Another right, or an application that was accepted, that shares sea with the parcel.
struct Shared {
  registry::Record right;
  geo::Overlap overlap;
  bool same_layer{false};
};

struct Check {
  double meridian_deg{0};
  double plane_m2{0};          ///< on that meridian: what a certificate states
  double ellipsoid_m2{0};      ///< hangs on no meridian
  std::vector<Shared> shared;  ///< largest first, slivers too
  const Level* level{nullptr};
  const Term* term{nullptr};
};

class SeaUseDesk {
 public:
  /// Both must outlive it. Sets the guards, when there is such a register.
  SeaUseDesk(registry::Registry& registry, SeaUseRules rules);

  /// Of fields as the register has them; `self`: the record's id, empty for one that is not made
  /// yet. kMissing or kMalformed (where: parcel) without a sound polygon.
  base::Result<Check> check(const base::Json& fields, const std::string& self,
                            base::Instant now) const;
  /// openapi.yaml, schema SeaUseCheck: rights that `actor` may not see have no number and name.
  base::Json json(const Check& check, const base::Json& fields, const access::Actor& actor) const;

 private:
  base::Result<std::vector<Shared>> shared_with(const geo::Area& parcel, const std::string& layer,
                                                const std::string& self,
                                                const geo::GaussKruger& grid) const;
  base::Status may_go_on(const registry::Record& record, const registry::Write& write) const;
  base::Status may_register(const registry::Record& record, const registry::Write& write) const;
  std::string said_of(const Shared& shared, const access::Actor& actor, bool chinese) const;

  registry::Registry& m_registry;
  SeaUseRules m_rules;
};

}  // namespace jinglue::act::sea_use
