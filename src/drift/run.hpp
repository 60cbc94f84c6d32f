// SPDX-License-Identifier: Apache-2.0
// run(): an ensemble of particles through wind and water. Each step, in this order: the forcing at
// its begin, leeway and current, the land test; a particle that has its start in a step begins with
// that step. The same seed gives the same run to the bit on one build and kind of processor,
// whatever the number of threads.
// Model: Breivik and Allen 2008 (J. Marine Systems 69, 99-113), as OpenDrift's Leeway does it,
// whose published runs are the test (docs/design/0006-drift.md: what is the same and what is not).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "drift/forcing.hpp"
#include "drift/land.hpp"
#include "drift/object.hpp"
#include "drift/particles.hpp"

namespace jinglue::drift {

/// To which side of downwind a positive crosswind leeway goes (docs/design/0006-drift.md).
enum class CrosswindSign : std::uint8_t { kPositiveRight, kPositiveLeft };
enum class Scheme : std::uint8_t { kEuler, kRungeKutta2, kRungeKutta4 };
/// Where the path of a step first meets land it strands. kStepEnd: only when the end of the step is
/// on land too, so that it may cross a spit.
enum class Stranding : std::uint8_t { kPath, kStepEnd };

struct Options {
  CrosswindSign sign{CrosswindSign::kPositiveRight};
  Scheme scheme{Scheme::kEuler};
  Stranding stranding{Stranding::kPath};
  double jibe_per_hour{0.04};  ///< probability that the crosswind slope turns within an hour
  bool capsizing{false};       ///< each hour 0.5 + 0.5 tanh((W - 30) / 5); leeway times 0.4 then
  /// Stokes drift beside the leeway. Coefficients of kind "leeway" were measured in waves and hold
  /// it already: with those it is an error unless `stokes_twice`.
  bool stokes{false};
  bool stokes_twice{false};
  double diffusion_m2_s{0};
  double wind_sd_m_s{0};  ///< of each component, one draw for a particle's whole run
  double current_sd_m_s{0};
  double refloat_per_hour{0};  ///< probability that a stranded particle comes off
};

struct Case {
  base::Instant start;
  base::Duration step{600'000};  ///< of time; always positive
  std::int32_t steps{0};
  std::int32_t steps_per_output{6};
  bool backward{false};  ///< from `start` into the past
  std::vector<DriftObject> objects;
  Options options;
  std::uint64_t seed{1};

  /// The begin of a step.
  base::Instant time_of(std::int32_t step_index) const {
    const auto off = base::Duration(step.count() * step_index);
    return backward ? start - off : start + off;
  }
};

/// Called at the start and after every `steps_per_output` steps, by the thread that called run().
/// False ends the run.
using Sink = std::function<bool(std::int32_t step, base::Instant time, const Particles&)>;

struct Outcome {
  std::vector<Used> used;
  std::int32_t steps_done{0};
  bool ended_early{false};  ///< by the sink
};

/// Errors: kMissing when nothing says wind or current at some time (kinds without either are not
/// known), kOutOfRange for no particle, no step or a probability that is none, kConflict for Stokes
/// drift twice.
base::Result<Outcome> run(const Case& what, const Forcing& forcing, const Land& land,
                          const std::vector<Seeded>& seeded, std::size_t threads, const Sink& sink);

}  // namespace jinglue::drift
