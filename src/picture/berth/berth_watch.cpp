// SPDX-License-Identifier: Apache-2.0
#include "picture/berth/berth_watch.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

namespace jinglue::picture {
namespace {

/// Metres of one degree at a latitude, WGS 84 (series of the meridian and parallel arcs; the error
/// is below 0.01 m per degree). Distances here are a few hundred metres, so a plane is exact
/// enough.
struct MetresPerDegree {
  double lat;
  double lon;
};
MetresPerDegree metres_per_degree(double lat_deg) {
  const double phi = lat_deg * std::numbers::pi / 180;
  return {111132.954 - 559.822 * std::cos(2 * phi) + 1.175 * std::cos(4 * phi),
          111412.84 * std::cos(phi) - 93.5 * std::cos(3 * phi) + 0.118 * std::cos(5 * phi)};
}

double distance_to_edge_m(geo::LatLon p, geo::LatLon a, geo::LatLon b, MetresPerDegree scale) {
  const double ax = (a.lon_deg - p.lon_deg) * scale.lon;
  const double ay = (a.lat_deg - p.lat_deg) * scale.lat;
  const double dx = (b.lon_deg - a.lon_deg) * scale.lon;
  const double dy = (b.lat_deg - a.lat_deg) * scale.lat;
  const double length2 = dx * dx + dy * dy;
  const double t = length2 > 0 ? std::clamp(-(ax * dx + ay * dy) / length2, 0.0, 1.0) : 0.0;
  return std::hypot(ax + t * dx, ay + t * dy);
}

double distance_to_rings_m(geo::LatLon p, const geo::Area& area) {
  const auto scale = metres_per_degree(p.lat_deg);
  double best = std::numeric_limits<double>::infinity();
  for (const auto& rings : area.polygons()) {
    for (const auto& ring : rings) {
      for (std::size_t i = 1; i < ring.size(); ++i) {
        best = std::min(best, distance_to_edge_m(p, ring[i - 1], ring[i], scale));
      }
    }
  }
  return best;
}

/// `box` widened by a distance; the degrees of that distance are worked out once for many boxes.
class Around {
 public:
  Around(geo::LatLon p, double near_m) : m_p(p) {
    if (near_m <= 0) return;
    const auto scale = metres_per_degree(p.lat_deg);
    m_lat_deg = near_m / scale.lat;
    m_lon_deg = near_m / std::max(scale.lon, 1.0);
  }
  bool meets(const geo::Box& box) const {
    return m_p.lon_deg >= box.west_deg - m_lon_deg && m_p.lon_deg <= box.east_deg + m_lon_deg &&
           m_p.lat_deg >= box.south_deg - m_lat_deg && m_p.lat_deg <= box.north_deg + m_lat_deg;
  }

 private:
  geo::LatLon m_p;
  double m_lat_deg{0};
  double m_lon_deg{0};
};

bool slow(const model::Fix& fix) {
  return !fix.sog_ckn || *fix.sog_ckn < kBerthSpeed_ckn;
}

void enter(BerthState& state, bool at_berth, base::Instant since) {
  state.known = true;
  state.at_berth = at_berth;
  state.since = since;
  state.against = 0;
  state.against_since = {};
}

/// One more fix in a row that speaks against the present state.
void speak_against(BerthState& state, base::Instant t) {
  if (state.against == 0) state.against_since = t;
  if (state.against < UINT8_MAX) ++state.against;
}

/// A vessel shifted within the port: the zone follows, but not for noise at a shared edge.
void follow_zone(BerthState& state, geo::LatLon p, const BerthMap& berths) {
  const auto* holder = berths.find(p);
  if (holder == nullptr || holder->id == state.zone) return;
  const auto* former = berths.zone(state.zone);
  if (former != nullptr && berths.within(*former, p, kBerthEnter_m)) return;
  state.zone = holder->id;
}

}  // namespace

struct BerthMap::Impl {
  std::vector<std::shared_ptr<const model::Zone>> zones;  // shared with the rule pack
};

BerthMap::BerthMap(std::vector<std::shared_ptr<const model::Zone>> zones)
    : m_impl(std::make_unique<Impl>()) {
  for (auto& zone : zones) {
    if (zone == nullptr || zone->area == nullptr) continue;
    if (zone->kind == "berth" || zone->kind == "port") m_impl->zones.push_back(std::move(zone));
  }
  // A berth inside a port basin is the better answer, so berths come first.
  std::stable_partition(m_impl->zones.begin(), m_impl->zones.end(),
                        [](const auto& zone) { return zone->kind == "berth"; });
}

BerthMap::~BerthMap() = default;

const model::Zone* BerthMap::find(geo::LatLon p, double near_m) const {
  const model::Zone* nearest = nullptr;
  double best_m = near_m;
  const Around around(p, near_m);
  for (const auto& zone : m_impl->zones) {
    if (!around.meets(zone->area->box())) continue;
    if (zone->area->contains(p)) return zone.get();
    if (near_m <= 0) continue;
    const double away_m = distance_to_rings_m(p, *zone->area);
    if (away_m < best_m || (nearest == nullptr && away_m <= best_m)) {
      nearest = zone.get();
      best_m = away_m;
    }
  }
  return nearest;
}

const model::Zone* BerthMap::zone(std::string_view id) const {
  for (const auto& zone : m_impl->zones) {
    if (zone->id == id) return zone.get();
  }
  return nullptr;
}

bool BerthMap::within(const model::Zone& zone, geo::LatLon p, double near_m) const {
  if (!Around(p, near_m).meets(zone.area->box())) return false;
  return zone.area->contains(p) || distance_to_rings_m(p, *zone.area) <= near_m;
}

const std::vector<std::shared_ptr<const model::Zone>>& BerthMap::zones() const {
  return m_impl->zones;
}

BerthState next_berth_state(const BerthState& before, const model::Fix& fix,
                            const BerthMap& berths) {
  BerthState state = before;
  const auto p = fix.position.degrees();
  if (state.at_berth) {
    if (berths.find(p, kBerthLeave_m) != nullptr) {
      state.against = 0;
      state.against_since = {};
      follow_zone(state, p, berths);
      return state;
    }
    speak_against(state, fix.time);
    const bool long_enough = fix.time - state.against_since >= kBerthLeaveTime;
    if (state.against >= kBerthLeaveFixes && long_enough) enter(state, false, state.against_since);
    return state;
  }
  const auto* zone = slow(fix) ? berths.find(p, kBerthEnter_m) : nullptr;
  if (zone == nullptr) {
    if (!state.known) enter(state, false, fix.time);
    state.against = 0;
    state.against_since = {};
    return state;
  }
  speak_against(state, fix.time);
  if (!state.known || fix.time - state.against_since >= kBerthEnterTime) {
    state.zone = zone->id;
    enter(state, true, state.against_since);
  }
  return state;
}

void BerthState::save(base::ByteWriter& out) const {
  out.put(std::uint8_t(known));
  out.put(std::uint8_t(at_berth));
  out.put(since.ms);
  out.put_text(zone);
  out.put(against);
  out.put(against_since.ms);
}

BerthState BerthState::load(base::ByteReader& in) {
  BerthState state;
  state.known = in.get<std::uint8_t>() != 0;
  state.at_berth = in.get<std::uint8_t>() != 0;
  state.since = {in.get<std::int64_t>()};
  state.zone = std::string(in.get_text());
  state.against = in.get<std::uint8_t>();
  state.against_since = {in.get<std::int64_t>()};
  return state;
}

}  // namespace jinglue::picture
