// SPDX-License-Identifier: Apache-2.0
// SeaMap: where the vessels of a scenario may be and how they get there: harbours with places to
// lie, grounds, and a net of nodes joined by lanes that the author drew through water. Zones come
// from the rule pack's files, so that drill and rules speak of the same polygons. Immutable.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "drill/chance/random.hpp"
#include "drill/script/scenario.hpp"
#include "geo/area.hpp"

namespace jinglue::drill::sea {

struct Zone {
  std::string id, kind, place;
  std::shared_ptr<const geo::Area> area;  // shared: harbours and grounds point at it
  geo::Ring ring;                         ///< outer, of the first polygon
};

/// A place to lie: quay side first, in rows.
struct Berth {
  geo::LatLon at;
  double heading_deg{0};
};

struct Harbour {
  std::string key;
  const Zone* zone{nullptr};
  std::vector<std::size_t> gates;  ///< nodes
  std::vector<Berth> berths;
};
struct Ground {
  const Zone* zone{nullptr};
  std::vector<std::size_t> gates;
};

class SeaMap {
 public:
  /// Errors name the scenario's line, or the zone file.
  static base::Result<SeaMap> make(const script::Scenario& scenario);

  const Harbour* harbour(const std::string& key) const;
  const Ground* ground(const std::string& zone) const;
  std::optional<std::size_t> node(const std::string& key) const;
  geo::LatLon node_at(std::size_t node) const { return m_nodes[node]; }
  std::size_t nearest_node(geo::LatLon p) const;
  const Zone* zone(const std::string& id) const;
  const std::vector<std::pair<std::size_t, std::size_t>>& lanes() const { return m_lanes; }

  /// In a berth or port zone.
  bool at_berth(geo::LatLon p) const;
  geo::LatLon random_point(const Ground& ground, chance::Random& random) const;

  /// The nodes of the shortest way from p (leaving by one of `from`) to q (by one of `to`).
  std::vector<geo::LatLon> way(geo::LatLon p, const std::vector<std::size_t>& from, geo::LatLon q,
                               const std::vector<std::size_t>& to) const;

 private:
  base::Status read_zones(const script::Scenario& scenario);
  base::Status read_lanes(const script::Scenario& scenario);
  base::Status read_places(const script::Scenario& scenario);
  base::Result<std::vector<std::size_t>> gates(const std::vector<std::string>& keys,
                                               const base::ConfigNode& node) const;

  std::map<std::string, Zone> m_zones;
  std::map<std::string, std::size_t> m_node_by_key;
  std::vector<geo::LatLon> m_nodes;
  std::vector<std::pair<std::size_t, std::size_t>> m_lanes;
  std::vector<std::vector<std::pair<std::size_t, double>>> m_neighbours;
  std::map<std::string, Harbour> m_harbours;
  std::map<std::string, Ground> m_grounds;
};

}  // namespace jinglue::drill::sea
