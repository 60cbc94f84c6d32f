// SPDX-License-Identifier: Apache-2.0
// /tiles: numbers of the registers for the first page, as far as the person sees what they count
// (registry/tiles.hpp).
#include "registry/tiles.hpp"
#include "serve/api/call.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;
using registry::TileKind;
using registry::TilePeriod;

Json span_json(const registry::TileSpan& span) {
  return Json::object({{"from", registry::expression::to_text(span.from)},
                       {"to", registry::expression::to_text(span.to)}});
}

const char* to_key(TileKind kind) {
  constexpr const char* kKeys[] = {"count", "sum", "average"};
  return kKeys[std::size_t(kind)];
}
const char* to_key(TilePeriod period) {
  constexpr const char* kKeys[] = {"", "month", "quarter", "year"};
  return kKeys[std::size_t(period)];
}

/// What the numbers are: "money" in yuan, the field's unit, or nothing for a count.
void add_unit(const registry::TileValue& one, Json& out) {
  const auto* field = one.definition->field(one.tile->field);
  if (field == nullptr) return;
  if (field->type == registry::FieldType::kMoney) out.set("money", true);
  if (!field->unit.empty()) out.set("unit", field->unit);
}

void add_threshold(const registry::Tile& tile, Json& out) {
  if (tile.warn_above) out.set("warn_above", *tile.warn_above);
  if (tile.warn_below) out.set("warn_below", *tile.warn_below);
  if (!tile.source.empty()) out.set("source", tile.source);
  if (!tile.confidence.empty()) out.set("confidence", tile.confidence);
}

Json tile_json(const registry::TileValue& one) {
  const auto& tile = *one.tile;
  Json out = Json::object({{"register", one.definition->id},
                           {"register_name", words_json(one.definition->name)},
                           {"key", tile.key},
                           {"name", words_json(tile.name)},
                           {"of", to_key(tile.kind)},
                           {"records", one.records},
                           {"warns", one.warns}});
  if (!tile.help.zh.empty() || !tile.help.en.empty()) out.set("help", words_json(tile.help));
  out.set("value", one.value ? Json(*one.value) : Json());
  add_unit(one, out);
  if (one.against) out.set("against", *one.against);
  if (one.percent) out.set("percent", *one.percent);
  if (one.span) out.set("period", to_key(tile.period)).set("span", span_json(*one.span));
  if (one.before) out.set("before", span_json(*one.before));
  if (one.previous) out.set("previous", *one.previous);
  add_threshold(tile, out);
  Json list = Json::object();
  if (!one.cql.empty()) list.set("cql", one.cql);
  if (!tile.clock.empty()) list.set("clock", tile.clock);
  out.set("list", std::move(list));
  return out;
}

Answer list_tiles(Call& call) {
  Json items = Json::array();
  for (const auto& one : registry::tiles_for(*call.services.registry, call.actor(), call.now)) {
    items.push(tile_json(one));
  }
  return json_response(Json::object({{"items", std::move(items)}}));
}

}  // namespace

void add_tiles(Router& router) {
  router.add({Method::kGet, "/tiles", list_tiles});
}

}  // namespace jinglue::serve
