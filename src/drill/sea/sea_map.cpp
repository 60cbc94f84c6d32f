// SPDX-License-Identifier: Apache-2.0
#include "drill/sea/sea_map.hpp"

#include <algorithm>
#include <cassert>
#include <fstream>
#include <limits>
#include <sstream>

#include "base/json.hpp"
#include "drill/sea/plane.hpp"

namespace jinglue::drill::sea {
namespace {

using base::Code;

/// Vessels lie bow to the sea in rows along the quay; a fishing harbour in the closed season is
/// full, but the noise of one receiver must not reach the next vessel's place.
constexpr double kBesideQuay_m = 45;
constexpr double kBetweenRows_m = 75;
/// Places keep off the zone's edge by more than the noise of a receiver.
constexpr double kInset_m = 42;

base::Result<base::Json> read_json(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) {
    return base::fail(Code::kMissing, "the zone file cannot be read", file.string(),
                      "'zones' are paths from the scenario's folder");
  }
  std::ostringstream text;
  text << in.rdbuf();
  auto json = base::parse_json(text.str());
  if (!json) json.error().where = file.string();
  return json;
}

double edge_distance_m(geo::LatLon p, const geo::Ring& ring) {
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < ring.size(); ++i) {
    const Offset a = from_to(p, ring[i - 1]);
    const Offset edge = from_to(ring[i - 1], ring[i]);
    const double length2 = edge.east_m * edge.east_m + edge.north_m * edge.north_m;
    const double t =
        length2 > 0
            ? std::clamp(-(a.east_m * edge.east_m + a.north_m * edge.north_m) / length2, 0.0, 1.0)
            : 0.0;
    best = std::min(best, std::hypot(a.east_m + t * edge.east_m, a.north_m + t * edge.north_m));
  }
  return best;
}

/// Rows parallel to the first edge of the zone, which its author drew along the quay.
std::vector<Berth> berths_of(const Zone& zone) {
  const geo::LatLon origin = zone.ring[0];
  const double quay = course_deg(from_to(origin, zone.ring[1]));
  const geo::Box& box = zone.area->box();
  const double reach = distance_m({box.south_deg, box.west_deg}, {box.north_deg, box.east_deg});
  // To which side of the quay the water lies.
  const bool starboard =
      zone.area->contains(moved(between(zone.ring[0], zone.ring[1], 0.5), along(quay + 90, 20)));
  const double out = quay + (starboard ? 90 : -90);
  std::vector<Berth> berths;
  for (int row = 0; kInset_m + row * kBetweenRows_m < reach; ++row) {
    for (int place = 0; place * kBesideQuay_m < 2 * reach; ++place) {
      const double away = kInset_m + row * kBetweenRows_m;
      const double beside = place * kBesideQuay_m - reach;
      const geo::LatLon p = moved(moved(origin, along(quay, beside)), along(out, away));
      if (zone.area->contains(p) && edge_distance_m(p, zone.ring) >= kInset_m) {
        berths.push_back({p, std::fmod(out + 360, 360)});
      }
    }
  }
  return berths;
}

}  // namespace

base::Result<SeaMap> SeaMap::make(const script::Scenario& scenario) {
  SeaMap map;
  if (const auto s = map.read_zones(scenario); !s) return tl::unexpected(s.error());
  if (const auto s = map.read_lanes(scenario); !s) return tl::unexpected(s.error());
  if (const auto s = map.read_places(scenario); !s) return tl::unexpected(s.error());
  return map;
}

base::Status SeaMap::read_zones(const script::Scenario& scenario) {
  for (const auto& file : scenario.zone_files) {
    const auto json = read_json(file);
    if (!json) return tl::unexpected(json.error());
    for (const auto& feature : (*json)["features"].items()) {
      const auto& properties = feature["properties"];
      Zone zone{feature["id"].as_string(),
                properties["kind"].as_string(),
                properties["place"].as_string(),
                nullptr,
                {}};
      auto area = geo::Area::from_geojson(feature);
      if (!area) {
        area.error().where = file.string() + " " + zone.id;
        return tl::unexpected(area.error());
      }
      zone.ring = area->polygons().front().front();
      zone.area = std::make_shared<const geo::Area>(std::move(*area));
      m_zones[zone.id] = std::move(zone);
    }
  }
  return {};
}

base::Status SeaMap::read_lanes(const script::Scenario& scenario) {
  for (const auto& node : scenario.nodes) {
    m_node_by_key[node.key] = m_nodes.size();
    m_nodes.push_back(node.at);
  }
  m_neighbours.resize(m_nodes.size());
  for (const auto& lane : scenario.lanes) {
    const auto nodes = gates(lane.nodes, lane.node);
    if (!nodes) return tl::unexpected(nodes.error());
    for (std::size_t i = 1; i < nodes->size(); ++i) {
      const std::size_t a = (*nodes)[i - 1];
      const std::size_t b = (*nodes)[i];
      const double length = distance_m(m_nodes[a], m_nodes[b]);
      m_lanes.emplace_back(a, b);
      m_neighbours[a].emplace_back(b, length);
      m_neighbours[b].emplace_back(a, length);
    }
  }
  return {};
}

base::Status SeaMap::read_places(const script::Scenario& scenario) {
  for (const auto& h : scenario.harbours) {
    const Zone* z = zone(h.zone);
    if (z == nullptr) return h.node.error(Code::kUnknown, "no such zone: " + h.zone);
    auto ways = gates(h.gates, h.node);
    if (!ways) return tl::unexpected(ways.error());
    m_harbours[h.key] = {h.key, z, std::move(*ways), berths_of(*z)};
    if (m_harbours[h.key].berths.empty()) {
      return h.node.error(Code::kOutOfRange, "the zone is too small for one vessel: " + h.zone);
    }
  }
  for (const auto& g : scenario.grounds) {
    const Zone* z = zone(g.zone);
    if (z == nullptr) return g.node.error(Code::kUnknown, "no such zone: " + g.zone);
    auto ways = gates(g.gates, g.node);
    if (!ways) return tl::unexpected(ways.error());
    m_grounds[g.zone] = {z, std::move(*ways)};
  }
  return {};
}

base::Result<std::vector<std::size_t>> SeaMap::gates(const std::vector<std::string>& keys,
                                                     const base::ConfigNode& at) const {
  std::vector<std::size_t> out;
  for (const auto& key : keys) {
    const auto found = node(key);
    if (!found) return at.error(Code::kUnknown, "no such node: " + key, "name it in [sea.nodes]");
    out.push_back(*found);
  }
  if (out.empty()) return at.error(Code::kMissing, "no nodes are named");
  return out;
}

const Harbour* SeaMap::harbour(const std::string& key) const {
  const auto found = m_harbours.find(key);
  return found == m_harbours.end() ? nullptr : &found->second;
}

const Ground* SeaMap::ground(const std::string& zone) const {
  const auto found = m_grounds.find(zone);
  return found == m_grounds.end() ? nullptr : &found->second;
}

std::optional<std::size_t> SeaMap::node(const std::string& key) const {
  const auto found = m_node_by_key.find(key);
  return found == m_node_by_key.end() ? std::nullopt : std::optional(found->second);
}

const Zone* SeaMap::zone(const std::string& id) const {
  const auto found = m_zones.find(id);
  return found == m_zones.end() ? nullptr : &found->second;
}

std::size_t SeaMap::nearest_node(geo::LatLon p) const {
  assert(!m_nodes.empty());
  std::size_t best = 0;
  for (std::size_t i = 1; i < m_nodes.size(); ++i) {
    if (distance_m(p, m_nodes[i]) < distance_m(p, m_nodes[best])) best = i;
  }
  return best;
}

bool SeaMap::at_berth(geo::LatLon p) const {
  return std::any_of(m_zones.begin(), m_zones.end(), [p](const auto& item) {
    const Zone& z = item.second;
    return (z.kind == "berth" || z.kind == "port") && z.area->contains(p);
  });
}

geo::LatLon SeaMap::random_point(const Ground& ground, chance::Random& random) const {
  const geo::Box& box = ground.zone->area->box();
  for (int tries = 0; tries < 1000; ++tries) {
    const geo::LatLon p{random.between(box.south_deg, box.north_deg),
                        random.between(box.west_deg, box.east_deg)};
    if (ground.zone->area->contains(p)) return p;
  }
  return ground.zone->ring.front();  // a zone that fills less than a thousandth of its box
}

std::vector<geo::LatLon> SeaMap::way(geo::LatLon p, const std::vector<std::size_t>& from,
                                     geo::LatLon q, const std::vector<std::size_t>& to) const {
  constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
  std::vector<double> cost(m_nodes.size(), std::numeric_limits<double>::infinity());
  std::vector<std::size_t> before(m_nodes.size(), kNone);
  std::vector<bool> done(m_nodes.size(), false);
  for (const std::size_t n : from) cost[n] = distance_m(p, m_nodes[n]);
  // Dijkstra over some tens of nodes: a list is as fast as a heap.
  for (;;) {
    std::size_t next = kNone;
    for (std::size_t n = 0; n < m_nodes.size(); ++n) {
      if (!done[n] && std::isfinite(cost[n]) && (next == kNone || cost[n] < cost[next])) next = n;
    }
    if (next == kNone) break;
    done[next] = true;
    for (const auto& [other, length] : m_neighbours[next]) {
      if (cost[next] + length < cost[other]) {
        cost[other] = cost[next] + length;
        before[other] = next;
      }
    }
  }
  std::size_t last = kNone;
  double best = std::numeric_limits<double>::infinity();
  for (const std::size_t n : to) {
    const double whole = cost[n] + distance_m(m_nodes[n], q);
    if (whole < best) best = whole, last = n;
  }
  std::vector<geo::LatLon> out;
  for (std::size_t n = last; n != kNone; n = before[n]) out.push_back(m_nodes[n]);
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace jinglue::drill::sea
