// SPDX-License-Identifier: Apache-2.0
// Player: exercise traffic with known truth. A scenario (TOML) and a seed give the movement of
// every vessel, the AIS sentences that it sends with their times, and the truth of what must be
// found. Deterministic; pulls no clock: the caller asks for the sentences up to a drill instant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

namespace jinglue::drill {

struct Sentence {
  base::Instant time;
  std::string text;  ///< bare or with tag block; no line end
};

class Player {
 public:
  static base::Result<std::unique_ptr<Player>> open(const std::filesystem::path& scenario,
                                                    std::uint64_t seed);
  ~Player();
  base::Instant begin() const;
  base::Instant end() const;
  base::Instant opens()
      const;  ///< where `jinglue drill run` starts (with what lies before as past)
  double speed() const;
  /// Sentences with time < to that were not given yet, in time order.
  void until(base::Instant to, std::vector<Sentence>& out);
  /// The register records (vessels, exemptions) of the scenario: [{register, fields}], in order.
  base::Json records() const;
  /// What must be found: [{rule, vessel, mmsi, begin, end, severity, note}], and what must stay
  /// silent.
  base::Json truth() const;

 private:
  struct Impl;
  explicit Player(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::drill
