// SPDX-License-Identifier: Apache-2.0
// TransitionWalk: one definition's transitions, each carried out from each of its states and
// refused by each of its guards.
#pragma once

#include <string>
#include <string_view>

#include "registry/walk/lead.hpp"
#include "registry/walk/places.hpp"
#include "registry/walk/walk.hpp"

namespace jinglue::registry {

class TransitionWalk {
 public:
  TransitionWalk(Ground& ground, Lead& lead, const Definition& d, const Places& places, Walked& out)
      : m_ground(ground), m_lead(lead), m_d(d), m_places(places), m_out(out) {}
  void walk();

 private:
  void walk_one(const Transition& t);
  void carry_out(const Transition& t, const std::string& from, const std::string& id,
                 const base::Json& input);
  void check_roles(const Transition& t, const Record& record);
  void refuse_state(const Transition& t, const base::Json& input);
  void refuse_inputs(const Transition& t, const Record& record, const base::Json& input);
  void refuse_required(const Transition& t, const Record& record, const base::Json& input);
  void refuse_conditions(const Transition& t, const Draft& ready);
  void refuse_second(const Transition& t, const Record& record, const base::Json& input);
  void undo(const Transition& t, const Record& before, const Record& after);
  bool broken_alone(const Transition& t, std::size_t condition, Draft& draft);

  struct Refusal {
    base::Code code;
    std::string_view where;  ///< empty: any
    std::string_view saying{};
  };
  /// Counts a refusal as it should be; anything else is a finding.
  void judge(const Transition& t, const base::Result<Record>& done, const Refusal& expected,
             Seen seen, const std::string& what);
  void count(Seen seen) { ++m_out.seen[std::size_t(seen)]; }
  void broken(const std::string& where, std::string text) {
    m_out.findings.push_back({true, where, std::move(text)});
  }
  void not_shown(const std::string& where, std::string text) {
    m_out.findings.push_back({false, where, std::move(text)});
  }

  Ground& m_ground;
  Lead& m_lead;
  const Definition& m_d;
  const Places& m_places;
  Walked& m_out;
};

}  // namespace jinglue::registry
