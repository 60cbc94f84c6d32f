// SPDX-License-Identifier: Apache-2.0
// Planner: a plan of steps to the track of one vessel. Windows are drawn, ways are found in the net
// of lanes, a stay ends where the next move must begin to be in time. Deterministic: the same
// scenario, seed and vessel give the same track.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "drill/chance/random.hpp"
#include "drill/motion/moorings.hpp"
#include "drill/motion/track.hpp"
#include "drill/script/scenario.hpp"
#include "drill/sea/sea_map.hpp"

namespace jinglue::drill::motion {

/// What the plans of all vessels share.
struct Stage {
  const sea::SeaMap& map;
  Moorings& moorings;
  const std::map<std::string, const Track*>& others;  ///< vessels planned before, by key
  std::int64_t from_ms{0}, to_ms{0};
  std::vector<std::int64_t> midnights_ms;  ///< local, of each day; the first is from_ms
};

class Planner {
 public:
  Planner(const Stage& stage, std::uint64_t seed) : m_stage(stage), m_random(seed) {}
  base::Result<Track> make(const std::vector<script::Step>& plan,
                           const std::vector<script::Step>& daily);

 private:
  /// A step with its windows drawn.
  struct Drawn {
    const script::Step* step{nullptr};
    std::optional<std::int64_t> depart_ms, arrive_ms, until_ms, lasts_ms;
    double speed_kn{8};
  };
  struct Place {
    std::string key;  ///< harbour, ground or node; empty at sea
    geo::LatLon at;
    std::vector<std::size_t> exits;
    double heading_deg{0};
  };
  /// The way to a place: points after the start, and how many of its first and last legs lie in a
  /// harbour and are taken slowly.
  struct Way {
    std::vector<geo::LatLon> points;
    bool slow_first{false}, slow_last{false};
    Place to;
  };

  Drawn draw(const script::Step& step, std::int64_t midnight_ms);
  void lay_out(const std::vector<script::Step>& plan, const std::vector<script::Step>& daily);
  base::Status begin();
  base::Status run(std::size_t index);
  base::Status stay(const Drawn& drawn, std::int64_t end_ms);
  base::Status move(const Drawn& drawn);
  base::Status follow(const Drawn& drawn);
  base::Result<std::int64_t> end_of_stay(std::size_t index);
  base::Result<Way> way_of(const Drawn& drawn);
  base::Result<Place> place(const script::Step& step);
  base::Result<Place> destination(const Drawn& drawn);
  base::Result<const Track*> other(const script::Step& step) const;
  double travel_s(const Way& way, double speed_kn) const;
  void sail(const Way& way, double speed_kn, double stretch);
  void spread(const script::Step& step, std::vector<geo::LatLon>& points) const;
  void restore(const Planner& before);
  std::int64_t now_ms() const { return m_track.last_ms(); }

  const Stage& m_stage;
  chance::Random m_random;
  Track m_track;
  Place m_place;
  std::vector<Drawn> m_steps;
  std::map<std::string, sea::Berth> m_berths;
  std::optional<Way> m_planned;  ///< for the next move, found when the stay's end was computed
  double m_side{0};              ///< of its lane, -1 to 1
};

/// The place beside a vessel, by its course over some minutes.
geo::LatLon beside(const Track& track, std::int64_t t_ms, double ahead_m, double starboard_m);

}  // namespace jinglue::drill::motion
