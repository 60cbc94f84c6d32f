// SPDX-License-Identifier: Apache-2.0
// At berth or at sea, with hysteresis: a state machine over the fixes of one subject in event-time
// order. The live picture and the rules use this one definition.
// At berth begins when a fix lies in a polygon of kind berth or port basin at under 1.5 kn (or
// without speed) for 3 minutes or at the first fix of all; it ends when fixes lie outside every
// such polygon by more than `margin` for 2 fixes or 60 s, whichever is later. GPS noise of 10-20 m
// at the quay does not end it. Polygons are drawn along the quay, so a fix within kBerthEnter_m of
// one counts as in it; the margin for leaving is kBerthLeave_m, five times that noise.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "model/fix.hpp"
#include "model/zone.hpp"

namespace jinglue::picture {

inline constexpr std::uint16_t kBerthSpeed_ckn = 150;  ///< below: lying still
inline constexpr double kBerthEnter_m = 30;
inline constexpr double kBerthLeave_m = 100;
inline constexpr base::Duration kBerthEnterTime{180'000};
inline constexpr base::Duration kBerthLeaveTime{60'000};
inline constexpr std::uint8_t kBerthLeaveFixes = 2;

class BerthMap {
 public:
  /// Takes the zones of kind "berth" and "port"; each may carry a place key (home port).
  explicit BerthMap(std::vector<std::shared_ptr<const model::Zone>> zones);
  ~BerthMap();
  /// The berth zone that holds p (a berth before a port); null when none. `near_m`: also the
  /// nearest one within that distance.
  const model::Zone* find(geo::LatLon p, double near_m = 0) const;
  const model::Zone* zone(std::string_view id) const;  ///< null when there is none
  bool within(const model::Zone& zone, geo::LatLon p, double near_m) const;
  const std::vector<std::shared_ptr<const model::Zone>>& zones() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

struct BerthState {
  bool known{false};
  bool at_berth{false};
  base::Instant since;      ///< time of the first fix that spoke for the present state
  std::string zone;         ///< id of the berth zone; stays the last one when at sea
  std::uint8_t against{0};  ///< fixes in a row that speak against the state
  base::Instant against_since;
  void save(base::ByteWriter& out) const;
  static BerthState load(base::ByteReader& in);
  friend bool operator==(const BerthState&, const BerthState&) = default;
};

/// Pure: the state after `fix`.
BerthState next_berth_state(const BerthState& state, const model::Fix& fix, const BerthMap& berths);

}  // namespace jinglue::picture
