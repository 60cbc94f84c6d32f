// SPDX-License-Identifier: Apache-2.0
// Engine: rules over fixes. Live, replay and back-test call the same functions in journal order;
// it returns steps and opaque state, app persists both. It reads no clock and no database.
// A subject is the vessel that claims the track, else the track. A fix that is late for its subject
// re-evaluates the subject from the last checkpoint before it, through `history`, and yields
// corrected, retracted or extended steps.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "detect/distress/distress_watch.hpp"
#include "detect/episode/history.hpp"
#include "detect/episode/receivers.hpp"
#include "detect/judge/subject_view.hpp"
#include "detect/rule/files.hpp"
#include "model/finding.hpp"
#include "model/fix.hpp"
#include "model/record_change.hpp"
#include "picture/berth/berth_watch.hpp"

namespace jinglue::detect {

class Engine {
 public:
  explicit Engine(History history, Receivers receivers = {});
  ~Engine();

  void set_pack(std::shared_ptr<const RulePack> pack, std::uint64_t offset, base::Instant now,
                std::vector<model::FindingStep>& out);
  std::shared_ptr<const RulePack> pack() const;
  std::shared_ptr<const picture::BerthMap> berths() const;

  void on_fix(const model::Fix& fix, const SubjectView& sender,
              std::vector<model::FindingStep>& out);
  /// A safety related text or an alarm: distress first, see distress/distress_watch.hpp.
  void on_text(const DistressText& said, const SubjectView& sender,
               std::vector<model::FindingStep>& out);
  /// Once a second of the data folder's clock: closes episodes that ended by silence, seasons.
  void on_tick(base::Instant now, std::uint64_t offset, std::vector<model::FindingStep>& out);
  /// Changes of `exemption`, `vessel` (subject facts) and others that rules use.
  void on_change(const model::RecordChange& change, std::uint64_t offset,
                 std::vector<model::FindingStep>& out);

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);
  /// Counters for the System page: subjects, episodes open, late fixes, re-evaluations, ...
  base::Json counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::detect
