// SPDX-License-Identifier: Apache-2.0
// Selector: the filter of one destination at work. A pure function of the sequence of subjects; it
// remembers only when each sender's last position was let through. Owned by one thread.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "geo/area.hpp"
#include "output/counters.hpp"
#include "output/destination.hpp"
#include "output/heard.hpp"

namespace jinglue::output {

/// Senders that never go out, whatever a filter says.
struct Hidden {
  std::unordered_set<std::uint32_t> mmsis;
  bool official{true};  ///< also vessels of the register of kind "official"
};

class Selector {
 public:
  /// `zone` is the area of filter.zone; null when the rule pack has none: nothing passes then.
  Selector(const Filter& filter, std::shared_ptr<const geo::Area> zone);

  /// Absent = let through.
  std::optional<Filtered> judge(const Subject& subject, const Hidden& hidden);

 private:
  bool of_register(const Subject& subject) const;
  bool inside(const Subject& subject) const;
  bool thinned(const Subject& subject);

  Filter m_filter;
  std::shared_ptr<const geo::Area> m_zone;  // shared with the rule pack
  std::unordered_set<std::uint32_t> m_mmsis;
  std::uint32_t m_types{0};  // bit per type; 0 = all
  std::unordered_map<std::uint32_t, base::Instant> m_last;
  base::Instant m_swept{base::kDistantPast};
};

}  // namespace jinglue::output
