// SPDX-License-Identifier: Apache-2.0
// Player: exercise traffic with known truth. A scenario (TOML) and a seed give the movement of
// every vessel, the AIS and BeiDou sentences that it sends with their times, and the truth of what
// must be found. Deterministic; pulls no clock: the caller asks for the sentences up to a drill
// instant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "drill/buoys/buoys.hpp"

namespace jinglue::drill {

struct Sentence {
  base::Instant time;
  std::string text;  ///< bare or with tag block; no line end
};

class Player {
  struct Impl;

 public:
  static base::Result<std::unique_ptr<Player>> open(const std::filesystem::path& scenario,
                                                    std::uint64_t seed);
  explicit Player(std::unique_ptr<Impl> impl);  ///< used by open()
  ~Player();
  base::Instant begin() const;
  base::Instant end() const;
  base::Instant opens()
      const;  ///< where `jinglue drill run` starts (with what lies before as past)
  double speed() const;
  /// Sentences with time < to that were not given yet, in time order.
  void until(base::Instant to, std::vector<Sentence>& out);
  /// Likewise, what the scenario's buoys observed; at first what they hold of the time before
  /// begin().
  void observed_until(base::Instant to, std::vector<Observation>& out);
  /// Name of the mapping that reads it; empty when there are no buoys.
  const std::string& sensor_mapping() const;
  /// The register records of the scenario in the order of their creation: [{register, key?,
  /// fields, transition?}]. A link is written "@KEY": the id of the record made for that key
  /// before. `transition` is to be run after the creation (exemptions: "approve").
  base::Json records() const;
  /// {scenario, seed, begin, end, find: [{rule, family, vessel, key, mmsi|null, terminals,
  /// registered, partner?, begin, end|null, severity|null, pending, note {zh, en}}], silent:
  /// [{rules, reason {zh, en}, vessels}]}. Instants are those of the true movement; a finding may
  /// be later by a reporting interval and the rule's dwell. `pending`: no rule of this system tells
  /// it yet.
  base::Json truth() const;

 private:
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::drill
