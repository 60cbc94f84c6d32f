// SPDX-License-Identifier: Apache-2.0
// ClockWalk: one definition's clocks, each seen to start, warn, stand still, go on, be late,
// escalate and end, in time and late.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "registry/span.hpp"
#include "registry/walk/lead.hpp"
#include "registry/walk/places.hpp"
#include "registry/walk/walk.hpp"

namespace jinglue::registry {

class ClockWalk {
 public:
  ClockWalk(Ground& ground, Lead& lead, const Definition& d, const Places& places, Walked& out)
      : m_ground(ground), m_lead(lead), m_d(d), m_places(places), m_out(out) {}
  void walk();

 private:
  /// A record whose clock runs.
  struct Running {
    std::string id;
    base::Instant due;
  };
  void walk_one(const ClockRule& c);
  std::string begun(const ClockRule& c);
  std::optional<Running> start(const ClockRule& c);
  void see_told(const ClockRule& c, const Running& run);
  void see_warned(const ClockRule& c, const Running& run);
  void see_escalated(const ClockRule& c, const Running& run);
  void see_paused(const ClockRule& c, const std::string& state);
  void see_ended(const ClockRule& c, bool late);
  bool to_late(const ClockRule& c, const Running& run, const std::string& state);
  std::vector<std::string> ends(const ClockRule& c) const;
  bool end_by_condition(const ClockRule& c, const std::string& id);

  base::Json shown(const ClockRule& c, const std::string& id, base::Instant at);
  /// How often it was told, in the history of the record.
  std::size_t told(const ClockRule& c, const std::string& id, const char* event);
  std::int64_t notices(const ClockRule& c, const std::string& id);
  Counting counting(const ClockRule& c) const;
  void count(Seen seen) { ++m_out.seen[std::size_t(seen)]; }
  void broken(const ClockRule& c, const std::string& text) {
    m_out.findings.push_back({true, m_places.clock(c.key), "clock '" + c.key + "': " + text});
  }
  void not_shown(const ClockRule& c, const std::string& text) {
    m_out.findings.push_back({false, m_places.clock(c.key), "clock '" + c.key + "': " + text});
  }

  Ground& m_ground;
  Lead& m_lead;
  const Definition& m_d;
  const Places& m_places;
  Walked& m_out;
};

}  // namespace jinglue::registry
