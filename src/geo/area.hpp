// SPDX-License-Identifier: Apache-2.0
// Area: a polygon or multi-polygon on WGS 84 (degrees), prepared for many point tests, and
// AreaIndex: which of many areas hold a point. Predicates are planar in degrees (GEOS), edges are
// straight in longitude and latitude; a point on the boundary counts as inside (covers).
// An Area is immutable and prepared on construction, so const use from several threads is safe.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "geo/point.hpp"

namespace jinglue::geo {

using Ring = std::vector<LatLon>;
/// First ring outer, the others holes; each closed (last point repeats the first).
using PolygonRings = std::vector<Ring>;

class Area {
 public:
  /// Error kMalformed for fewer than four points, self-intersection, or coordinates out of range.
  static base::Result<Area> from_polygons(std::vector<PolygonRings> polygons);
  /// A GeoJSON Polygon, MultiPolygon, Feature or FeatureCollection (union of its polygons).
  static base::Result<Area> from_geojson(const base::Json& json);

  Area(Area&&) noexcept;
  Area& operator=(Area&&) noexcept;
  ~Area();

  bool contains(LatLon p) const;
  const Box& box() const;
  const std::vector<PolygonRings>& polygons() const;
  std::size_t vertex_count() const;
  base::Json to_geojson() const;
  /// OGC well-known binary, little-endian, longitude first.
  std::string to_wkb() const;

 private:
  struct Prepared;
  explicit Area(std::unique_ptr<Prepared> prepared);
  std::unique_ptr<Prepared> m_prepared;
};

/// Built once from areas that outlive it; candidates by box (STR packed), then the exact test.
class AreaIndex {
 public:
  explicit AreaIndex(std::span<const Area* const> areas);
  ~AreaIndex();
  AreaIndex(AreaIndex&&) noexcept;
  AreaIndex& operator=(AreaIndex&&) noexcept;

  /// Appends the positions (in the constructor's list) of all areas that hold p, ascending.
  void find(LatLon p, std::vector<std::size_t>& out) const;

 private:
  struct Tree;
  std::unique_ptr<Tree> m_tree;
};

}  // namespace jinglue::geo
