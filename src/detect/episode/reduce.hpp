// SPDX-License-Identifier: Apache-2.0
// Reducer: one more fix of a subject, in event-time order. Everything that is published follows
// from this function and from ended_by(), which says what time alone does to an episode; neither
// looks at the order of arrival.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "detect/episode/state.hpp"
#include "detect/judge/judge.hpp"

namespace jinglue::detect {

/// How an episode ends without a fix.
struct Ending {
  base::Instant end;
  Cause cause{Cause::kNone};
};

class Reducer {
 public:
  void use(const RulePack* pack, const Exemptions* exemptions) {
    m_pack = pack;
    m_exemptions = exemptions;
    m_judge.use(pack, exemptions);
  }

  /// Takes `fix`, which comes after state.last. Appends the views that are due.
  void step(State& state, const model::Fix& fix, const std::shared_ptr<const Sender>& sender,
            std::vector<ViewPtr>& due);

  /// What `now` makes of a tracker whose subject was last heard at `heard`: the first of silence,
  /// season end and an exemption. `known_at`: journal offset up to which exemptions count.
  std::optional<Ending> ended_by(const Tracker& tracker, base::Instant heard, base::Instant now,
                                 std::uint64_t known_at) const;
  /// The first instant at which ended_by() gives an ending.
  base::Instant deadline(const Tracker& tracker, base::Instant heard, std::uint64_t known_at) const;
  ViewPtr closed_view(const Tracker& tracker, Ending ending) const;

  /// Zones that hold the fix of the last step().
  const std::vector<std::size_t>& zones() const { return m_judge.zones(); }

 private:
  const Rule& rule_of(const Tracker& tracker) const { return m_pack->rules()[tracker.rule]; }
  std::optional<base::Instant> exempt_from(const Tracker& tracker, std::uint64_t known_at) const;
  void end_by_time(State& state, const model::Fix& fix, std::vector<ViewPtr>& due);
  void start(State& state, const model::Fix& fix, const Verdict& verdict,
             const std::shared_ptr<const Sender>& sender, std::vector<ViewPtr>& due);
  void confirm(Tracker& tracker, const model::Fix& fix, const Verdict& verdict,
               std::vector<ViewPtr>& due);
  /// False when the tracker is over.
  bool fail(const State& state, Tracker& tracker, const model::Fix& fix, const Sender& sender,
            std::vector<ViewPtr>& due);
  void follow_home(Tracker& tracker, const model::Fix& fix) const;
  void measure(Tracker& tracker, const model::Fix& fix) const;
  void publish(Tracker& tracker, const model::Fix& fix, std::vector<ViewPtr>& due) const;
  View view_of(const Tracker& tracker) const;
  ViewPtr moment_view(const Tracker& tracker, const Mark& at) const;

  const RulePack* m_pack{nullptr};
  const Exemptions* m_exemptions{nullptr};
  Judge m_judge;
};

}  // namespace jinglue::detect
