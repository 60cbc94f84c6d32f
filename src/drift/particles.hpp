// SPDX-License-Identifier: Apache-2.0
// Particles: the members of an ensemble, one array for each quantity. A particle waits until its
// start, drifts, and stays where it stopped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "geo/point.hpp"

namespace jinglue::drift {

enum class State : std::uint8_t {
  kWaiting,  ///< its time has not come
  kDrifting,
  kStranded,   ///< on the coast
  kNoForcing,  ///< where no forecast and no constant says wind or current
};

/// How it goes across the wind.
enum class Side : std::uint8_t { kRight, kLeft };

/// A particle before the run.
struct Seeded {
  geo::LatLon at;
  std::int32_t start_step{0};  ///< it drifts from the begin of this step on
  std::uint8_t object{0};      ///< index in the case's objects
  Side side{Side::kRight};
  double downwind_e{0}, crosswind_e{0};  ///< the draws of the leeway, cm/s at 10 m/s of wind
  std::uint64_t number{0};               ///< which random numbers are its own
};

struct Particles {
  std::vector<double> lat_deg, lon_deg;
  /// Leeway in m/s: slope times the wind's speed and an offset, downwind and crosswind.
  std::vector<float> down_slope, down_offset, cross_slope, cross_offset;
  std::vector<std::int32_t> start_step;
  std::vector<std::int32_t> jibe_step;  ///< the step before which its crosswind slope turns
  std::vector<std::uint32_t> jibes;     ///< how often it did
  std::vector<State> state;
  std::vector<std::uint8_t> object;
  std::vector<std::uint8_t> capsized;
  std::vector<std::int32_t> end_step;  ///< when it stopped; -1 before
  std::vector<std::uint64_t> number;

  std::size_t size() const { return lat_deg.size(); }
  geo::LatLon at(std::size_t i) const { return {lat_deg[i], lon_deg[i]}; }
  void put(std::size_t i, geo::LatLon place) {
    lat_deg[i] = place.lat_deg;
    lon_deg[i] = place.lon_deg;
  }
};

}  // namespace jinglue::drift
