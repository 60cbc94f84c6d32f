// SPDX-License-Identifier: Apache-2.0
// Notices: "no rule held for this period". Where the pack promises coverage and holds no rule at
// the time of a position, one finding per area and gap says so; its severity is info and its
// subject is the area.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "detect/episode/watch.hpp"
#include "detect/rule/pack.hpp"

namespace jinglue::detect {

class Notices {
 public:
  /// `zones` hold the fix. Any order of fixes gives the same notices: each begins with its earliest
  /// fix.
  void look(const Context& c, const model::Fix& fix, model::VesselKind kind,
            const std::vector<std::size_t>& zones, std::vector<model::FindingStep>& out);
  /// Closes those whose gap is over.
  void tick(const Context& c, std::vector<model::FindingStep>& out);
  /// Closes those that the fresh pack no longer has; c still has the old one.
  void change_pack(const Context& c, const RulePack& fresh, std::vector<model::FindingStep>& out);
  std::size_t size() const { return m_notices.size(); }

  void save(class ShareWriter& out) const;
  bool load(class ShareReader& in);

 private:
  struct Notice {
    Family family{Family::kMoratorium};
    std::string area;
    TimeSpan gap;
    model::FindingId id;
    std::uint32_t steps{0};
    Mark first;
    bool closed{false};
  };

  Notice* find(const Coverage& coverage, const TimeSpan& gap);
  void emit(const Context& c, Notice& notice, model::StepKind kind, base::Instant end,
            std::vector<model::FindingStep>& out) const;
  std::vector<Notice> m_notices;
};

}  // namespace jinglue::detect
