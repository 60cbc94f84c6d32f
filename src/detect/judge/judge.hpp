// SPDX-License-Identifier: Apache-2.0
// Judge: what the rules say of one position, without memory. Per group at most one verdict: the
// rule that binds (the strictest that nothing replaces), or that an exemption silences it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "detect/judge/exemptions.hpp"
#include "detect/judge/sender.hpp"
#include "detect/rule/pack.hpp"
#include "model/fix.hpp"
#include "picture/berth/berth_watch.hpp"

namespace jinglue::detect {

struct Verdict {
  std::size_t group{0};
  std::size_t rule{0};
  TimeSpan season;                      ///< of the rule, the one that holds the fix
  bool exempt{false};                   ///< every rule of the group that would bind is silenced
  std::vector<std::uint32_t> replaced;  ///< rules that the one that binds took the place of
};

class Judge {
 public:
  void use(const RulePack* pack, const Exemptions* exemptions) {
    m_pack = pack;
    m_exemptions = exemptions;
  }
  /// Verdicts in order of group; valid until the next call.
  std::span<const Verdict> look(const model::Fix& fix, const picture::BerthState& berth,
                                const Sender& sender);
  /// Zones that hold the last fix looked at, ascending.
  const std::vector<std::size_t>& zones() const { return m_zones; }
  /// Whether the last fix looked at lies in a berth polygon.
  bool in_berth(const model::Fix& fix) const;
  /// Whether a place lies in the named zone, or in the port of that zone when lying in `berth`.
  bool in_area(const std::string& area, geo::LatLon place, const std::string& berth) const;

 private:
  bool condition(const Rule& rule, const model::Fix& fix, const picture::BerthState& berth,
                 const Sender& sender) const;
  bool zone_condition(const Rule& rule, const model::Fix& fix,
                      const picture::BerthState& berth) const;
  void collect(const model::Fix& fix, const Sender& sender);
  void add(std::size_t rule, const TimeSpan& season, bool exempt);
  bool stricter(const Verdict& a, const Verdict& b) const;

  const RulePack* m_pack{nullptr};
  const Exemptions* m_exemptions{nullptr};
  std::vector<std::size_t> m_zones;
  std::vector<std::size_t> m_candidates;
  std::vector<std::size_t> m_replaced;
  std::vector<Verdict> m_verdicts;
};

}  // namespace jinglue::detect
