// SPDX-License-Identifier: Apache-2.0
#include "geo/area.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "geo/geos.hpp"

namespace jinglue::geo {
namespace {

using geos::context;
using geos::Geometry;

base::Status check_ring(const Ring& ring) {
  if (ring.size() < 4) {
    return base::fail(base::Code::kMalformed, "a ring needs at least four points");
  }
  if (ring.front() != ring.back()) {
    return base::fail(base::Code::kMalformed, "a ring must end at its first point");
  }
  for (const auto& p : ring) {
    if (!(p.lat_deg >= -90 && p.lat_deg <= 90 && p.lon_deg >= -180 && p.lon_deg <= 180)) {
      return base::fail(base::Code::kOutOfRange, "a coordinate is not in degrees on the globe", {},
                        "GeoJSON order is longitude, latitude");
    }
  }
  return {};
}

base::Status check_valid(const GEOSGeometry* geometry) {
  if (GEOSisValid_r(context(), geometry) == 1) return {};
  char* reason = GEOSisValidReason_r(context(), geometry);
  std::string text = reason != nullptr ? reason : "invalid";
  GEOSFree_r(context(), reason);
  return base::fail(base::Code::kMalformed, "the polygon is not valid: " + text);
}

base::Result<Ring> ring_from(const base::Json& json) {
  Ring ring;
  for (const auto& point : json.items()) {
    if (point.items().size() < 2 || !point.items()[0].is_number() ||
        !point.items()[1].is_number()) {
      return base::fail(base::Code::kMalformed, "a coordinate must be [longitude, latitude]");
    }
    ring.push_back({point.items()[1].as_double(), point.items()[0].as_double()});
  }
  return ring;
}

base::Status add_polygon(const base::Json& coordinates, std::vector<PolygonRings>& out) {
  PolygonRings rings;
  for (const auto& item : coordinates.items()) {
    auto ring = ring_from(item);
    if (!ring) return tl::unexpected(ring.error());
    rings.push_back(std::move(*ring));
  }
  if (rings.empty()) return base::fail(base::Code::kMalformed, "a polygon has no ring");
  out.push_back(std::move(rings));
  return {};
}

base::Status collect(const base::Json& json, std::vector<PolygonRings>& out) {
  const std::string& type = json["type"].as_string();
  if (type == "Polygon") return add_polygon(json["coordinates"], out);
  if (type == "Feature") return collect(json["geometry"], out);
  const bool many = type == "MultiPolygon";
  if (!many && type != "FeatureCollection") {
    return base::fail(base::Code::kMalformed, "not a polygon: type '" + type + "'");
  }
  for (const auto& item : json[many ? "coordinates" : "features"].items()) {
    const auto done = many ? add_polygon(item, out) : collect(item, out);
    if (!done) return done;
  }
  return {};
}

}  // namespace

struct Area::Prepared {
  std::vector<PolygonRings> polygons;
  Geometry geometry;
  geos::Prepared prepared;
  Box box;
  std::size_t vertices{0};
};

Area::Area(std::unique_ptr<Prepared> prepared) : m_prepared(std::move(prepared)) {}
Area::Area(Area&&) noexcept = default;
Area& Area::operator=(Area&&) noexcept = default;
Area::~Area() = default;

base::Result<Area> Area::from_polygons(std::vector<PolygonRings> polygons) {
  if (polygons.empty()) return base::fail(base::Code::kMalformed, "no polygon");
  auto out = std::make_unique<Prepared>();
  for (const auto& rings : polygons) {
    for (const auto& ring : rings) {
      if (auto ok = check_ring(ring); !ok) return tl::unexpected(ok.error());
      out->vertices += ring.size();
      for (const auto& p : ring) out->box.include(p);
    }
  }
  out->geometry = geos::make_geometry(polygons, geos::degrees);
  if (auto ok = check_valid(out->geometry.get()); !ok) return tl::unexpected(ok.error());
  out->prepared.reset(GEOSPrepare_r(context(), out->geometry.get()));
  out->polygons = std::move(polygons);
  // GEOS builds its point-in-area index at the first test; doing one here keeps const use pure.
  const auto& first = out->polygons.front().front().front();
  Area area(std::move(out));
  area.contains(first);
  return area;
}

base::Result<Area> Area::from_geojson(const base::Json& json) {
  std::vector<PolygonRings> polygons;
  if (auto ok = collect(json, polygons); !ok) return tl::unexpected(ok.error());
  return from_polygons(std::move(polygons));
}

bool Area::contains(LatLon p) const {
  if (!m_prepared->box.contains(p)) return false;
  const Geometry point(GEOSGeom_createPointFromXY_r(context(), p.lon_deg, p.lat_deg));
  return GEOSPreparedIntersects_r(context(), m_prepared->prepared.get(), point.get()) == 1;
}

const Box& Area::box() const {
  return m_prepared->box;
}
const std::vector<PolygonRings>& Area::polygons() const {
  return m_prepared->polygons;
}
std::size_t Area::vertex_count() const {
  return m_prepared->vertices;
}

base::Json Area::to_geojson() const {
  base::Json coordinates = base::Json::array();
  for (const auto& rings : polygons()) {
    base::Json polygon = base::Json::array();
    for (const auto& ring : rings) {
      base::Json line = base::Json::array();
      for (const auto& p : ring) line.push(base::Json::array({p.lon_deg, p.lat_deg}));
      polygon.push(std::move(line));
    }
    coordinates.push(std::move(polygon));
  }
  return base::Json::object({{"type", "MultiPolygon"}, {"coordinates", std::move(coordinates)}});
}

std::string Area::to_wkb() const {
  constexpr std::uint32_t kPolygon = 3;
  constexpr std::uint32_t kMultiPolygon = 6;
  base::ByteWriter out;
  const auto header = [&out](std::uint32_t type, std::size_t count) {
    out.put(std::uint8_t{1});
    out.put(type);
    out.put(static_cast<std::uint32_t>(count));
  };
  header(kMultiPolygon, polygons().size());
  for (const auto& rings : polygons()) {
    header(kPolygon, rings.size());
    for (const auto& ring : rings) {
      out.put(static_cast<std::uint32_t>(ring.size()));
      for (const auto& p : ring) {
        out.put(p.lon_deg);
        out.put(p.lat_deg);
      }
    }
  }
  return out.take();
}

struct AreaIndex::Tree {
  std::vector<const Area*> areas;
  std::vector<Geometry> boxes;
  GEOSSTRtree* tree{nullptr};
  ~Tree() {
    if (tree != nullptr) GEOSSTRtree_destroy_r(context(), tree);
  }
};

AreaIndex::AreaIndex(std::span<const Area* const> areas) : m_tree(std::make_unique<Tree>()) {
  m_tree->areas.assign(areas.begin(), areas.end());
  if (areas.empty()) return;
  m_tree->tree = GEOSSTRtree_create_r(context(), 10);
  for (std::size_t i = 0; i < areas.size(); ++i) {
    const Box& b = areas[i]->box();
    m_tree->boxes.emplace_back(
        GEOSGeom_createRectangle_r(context(), b.west_deg, b.south_deg, b.east_deg, b.north_deg));
    GEOSSTRtree_insert_r(context(), m_tree->tree, m_tree->boxes.back().get(),
                         static_cast<void*>(&m_tree->areas[i]));
  }
  // The tree packs itself at the first query; asking once here keeps const use pure.
  std::vector<std::size_t> none;
  find({areas[0]->box().north_deg, areas[0]->box().east_deg}, none);
}

AreaIndex::~AreaIndex() = default;
AreaIndex::AreaIndex(AreaIndex&&) noexcept = default;
AreaIndex& AreaIndex::operator=(AreaIndex&&) noexcept = default;

void AreaIndex::find(LatLon p, std::vector<std::size_t>& out) const {
  if (m_tree->tree == nullptr) return;
  const std::size_t first = out.size();
  const Geometry point(GEOSGeom_createPointFromXY_r(context(), p.lon_deg, p.lat_deg));
  struct Hits {
    const Area* const* first;
    std::vector<std::size_t>& numbers;
  } hits{m_tree->areas.data(), out};
  const auto add = [](void* item, void* to) {
    const auto& list = *static_cast<const Hits*>(to);
    list.numbers.push_back(std::size_t(static_cast<const Area* const*>(item) - list.first));
  };
  GEOSSTRtree_query_r(context(), m_tree->tree, point.get(), add, &hits);
  const auto begin = out.begin() + std::ptrdiff_t(first);
  out.erase(std::remove_if(begin, out.end(),
                           [&](std::size_t i) { return !m_tree->areas[i]->contains(p); }),
            out.end());
  std::sort(out.begin() + std::ptrdiff_t(first), out.end());
}

}  // namespace jinglue::geo
