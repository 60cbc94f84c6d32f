// SPDX-License-Identifier: Apache-2.0
// Fuzz target of the texts that every door of the system takes: JSON, GeoJSON areas, instants,
// UTF-8. Whatever the bytes: JSON that was read is written as JSON of the same meaning, whose text
// then stays as it is; an area reads back from its own GeoJSON and holds its corners; an instant
// reads back from its own text.
#include <cmath>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "fuzz/require.hpp"
#include "geo/area.hpp"

namespace {

using namespace jinglue;
using base::Json;
using fuzz::require;

/// Equal but for 1.0, which is written as 1.
bool means_the_same(const Json& a, const Json& b) {
  if (a.is_number()) return b.is_number() && a.as_double() == b.as_double();
  if (a.items().size() != b.items().size() || a.members().size() != b.members().size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.items().size(); ++i) {
    if (!means_the_same(a.items()[i], b.items()[i])) return false;
  }
  for (std::size_t i = 0; i < a.members().size(); ++i) {
    if (a.members()[i].first != b.members()[i].first) return false;
    if (!means_the_same(a.members()[i].second, b.members()[i].second)) return false;
  }
  return a.is_array() || a.is_object() || a == b;
}

void check_area(const Json& json) {
  const auto area = geo::Area::from_geojson(json);
  if (!area) return;
  std::size_t vertices = 0;
  for (const auto& rings : area->polygons()) {
    for (const auto& ring : rings) {
      vertices += ring.size();
      for (const auto& corner : ring) require(area->box().contains(corner));
    }
    require(area->contains(rings.front().front()));
  }
  require(vertices == area->vertex_count());
  const auto again = geo::Area::from_geojson(area->to_geojson());
  require(again.has_value() && again->to_wkb() == area->to_wkb());
}

void check_json(std::string_view text) {
  const auto json = base::parse_json(text);
  if (!json) return;
  const std::string written = json->dump();
  const auto again = base::parse_json(written);
  require(again.has_value() && means_the_same(*json, *again));
  require(again->dump() == written);
  check_area(*json);
}

void check_instant(std::string_view text) {
  const auto instant = base::parse_iso(text);
  if (!instant) return;
  const auto again = base::parse_iso(base::to_iso(*instant));
  require(again.has_value() && *again == *instant);
}

void check_text(std::string_view bytes) {
  const std::string sound = base::replace_invalid_utf8(bytes);
  require(base::is_utf8(sound));
  require(base::is_utf8(bytes) == (sound == bytes));
  const auto json = base::parse_json(Json(bytes).dump());
  require(json.has_value() && json->as_string() == sound);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_json(bytes);
  check_instant(bytes);
  check_text(bytes);
  return 0;
}
