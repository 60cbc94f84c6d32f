// SPDX-License-Identifier: Apache-2.0
// The leeway of a particle: D and C in m/s, downwind and crosswind, for a 10 m wind of W m/s:
//   D = ((a_d + e_d / 20) W + b_d + e_d / 2) / 100,  C = ((a_c + e_c / 20) W + b_c + e_c / 2) / 100
// with a in percent, b and e in cm/s; e was drawn once for the particle. At 10 m/s the draw counts
// in full (Breivik and Allen 2008, equation 7). A jibe turns the sign of a_c and leaves the rest.
#pragma once

#include "drift/object.hpp"
#include "drift/particles.hpp"

namespace jinglue::drift {

struct Leeway {
  float down_slope, down_offset, cross_slope, cross_offset;
};

inline Leeway leeway_of(const DriftObject& object, Side side, double downwind_e, double crosswind_e,
                        bool jibed) {
  const auto& down = object.downwind;
  const auto& cross = side == Side::kRight ? object.crosswind_right : object.crosswind_left;
  const double slope = jibed ? -cross.slope_pct : cross.slope_pct;
  return {static_cast<float>((down.slope_pct + downwind_e / 20) / 100),
          static_cast<float>((down.offset_cm_s + downwind_e / 2) / 100),
          static_cast<float>((slope + crosswind_e / 20) / 100),
          static_cast<float>((cross.offset_cm_s + crosswind_e / 2) / 100)};
}

}  // namespace jinglue::drift
