// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/geometry.hpp"

#include <cmath>

#include "base/bytes.hpp"
#include "geo/area.hpp"
#include "registry/detail/value.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;
using base::Json;

constexpr std::size_t kMaxPoints = 100'000;

bool is_position(const Json& p) {
  const auto& c = p.items();
  if (c.size() < 2 || !c[0].is_number() || !c[1].is_number()) return false;
  return std::abs(c[0].as_double()) <= 180 && std::abs(c[1].as_double()) <= 90;
}

geo::LatLon position(const Json& p) {
  return {p.items()[1].as_double(), p.items()[0].as_double()};
}

// Heights are dropped: the system is about the surface of the sea. 122.0 and 122 are one value.
Json flat(const Json& coordinates) {
  if (is_position(coordinates)) {
    const auto p = position(coordinates);
    return Json::array({canonical_number(p.lon_deg), canonical_number(p.lat_deg)});
  }
  Json out = Json::array();
  for (const auto& item : coordinates.items()) out.push(flat(item));
  return out;
}

std::size_t count_points(const Json& coordinates) {
  if (is_position(coordinates)) return 1;
  std::size_t n = 0;
  for (const auto& item : coordinates.items()) n += count_points(item);
  return n;
}

void include_all(const Json& coordinates, geo::Box& box) {
  if (is_position(coordinates)) return box.include(position(coordinates));
  for (const auto& item : coordinates.items()) include_all(item, box);
}

bool is_line(const Json& coordinates) {
  if (coordinates.items().size() < 2) return false;
  for (const auto& p : coordinates.items()) {
    if (!is_position(p)) return false;
  }
  return true;
}

void put_position(base::ByteWriter& out, const Json& p) {
  out.put(position(p).lon_deg);
  out.put(position(p).lat_deg);
}

}  // namespace

base::Result<Json> canonical_geometry(const Field& f, const Json& value) {
  const auto wrong = [&](const std::string& why) {
    return base::fail(Code::kMalformed, why, f.key,
                      "a GeoJSON Point, LineString, Polygon or MultiPolygon in degrees");
  };
  const std::string& type = value["type"].as_string();
  const Json& coordinates = value["coordinates"];
  if (count_points(coordinates) > kMaxPoints) return wrong("has too many points");
  if (type == "Point") {
    if (!is_position(coordinates)) return wrong("is not a point");
  } else if (type == "LineString") {
    if (!is_line(coordinates)) return wrong("is not a line");
  } else if (type == "Polygon" || type == "MultiPolygon") {
    const auto area = geo::Area::from_geojson(value);
    if (!area) return wrong(area.error().message);
  } else {
    return wrong("is not a known geometry");
  }
  return Json::object({{"type", type}, {"coordinates", flat(coordinates)}});
}

std::string geometry_wkb(const Json& geometry) {
  const std::string& type = geometry["type"].as_string();
  const Json& coordinates = geometry["coordinates"];
  base::ByteWriter out;
  out.put(std::uint8_t{1});  // little-endian
  if (type == "Point") {
    out.put(std::uint32_t{1});
    put_position(out, coordinates);
  } else if (type == "LineString") {
    out.put(std::uint32_t{2});
    out.put(static_cast<std::uint32_t>(coordinates.items().size()));
    for (const auto& p : coordinates.items()) put_position(out, p);
  } else {
    const auto area = geo::Area::from_geojson(geometry);
    return area ? area->to_wkb() : std::string();
  }
  return out.take();
}

geo::Box geometry_box(const Json& geometry) {
  geo::Box box;
  include_all(geometry["coordinates"], box);
  return box;
}

}  // namespace jinglue::registry::detail
