// SPDX-License-Identifier: Apache-2.0
// Tiles as the file writes them. What a filter compares is looked at when a tile is asked for the
// first time, with the table (registry/tiles.hpp); `jinglue registers test` asks for all.
#include <algorithm>

#include "registry/cql/filter.hpp"
#include "registry/detail/life_reader.hpp"
#include "registry/detail/query.hpp"
#include "registry/tiles.hpp"

namespace jinglue::registry::detail {
namespace {

using base::Code;

bool is_amount(const Field* f) {
  return f != nullptr && (f->type == FieldType::kInteger || f->type == FieldType::kNumber ||
                          f->type == FieldType::kMoney);
}

}  // namespace

void LifeReader::read_tiles(Life& out) {
  const Node list = m_document["tiles"];
  for (const auto& node : list.items()) {
    Tile t = read_tile(node);
    const bool twice = std::any_of(out.tiles.begin(), out.tiles.end(),
                                   [&](const Tile& other) { return other.key == t.key; });
    if (twice) mistake(node["key"], Code::kConflict, "the tile '" + t.key + "' is defined twice");
    if (!t.clock.empty()) {
      const auto colon = t.clock.find(':');
      const std::string key = colon == std::string::npos ? "" : t.clock.substr(0, colon);
      if (!key.empty() && out.clock(key) == nullptr) {
        mistake(node["clock"], Code::kUnknown, "unknown clock '" + key + "'");
      }
    }
    out.tiles.push_back(std::move(t));
  }
}

Tile LifeReader::read_tile(const Node& node) {
  only(node, {"key", "zh", "en", "help_zh", "help_en", "of", "field", "against", "filter", "clock",
              "period", "by", "warn", "source", "confidence"});
  Tile t;
  t.key = key(node["key"]);
  t.name = words(node);
  t.help = {text_or_empty(node["help_zh"]), text_or_empty(node["help_en"])};
  read_amount(node, t);
  t.cql = text_or_empty(node["filter"]);
  t.clock = text_or_empty(node["clock"]);
  read_period(node, t);
  read_filter(node, t);
  read_threshold(node, t);
  return t;
}

void LifeReader::read_amount(const Node& node, Tile& t) {
  const std::string of = node["of"].present() ? text(node["of"]) : "count";
  if (of == "sum") {
    t.kind = TileKind::kSum;
  } else if (of == "average") {
    t.kind = TileKind::kAverage;
  } else if (of != "count") {
    mistake(node["of"], Code::kUnknown, "unknown number '" + of + "'", "count, sum or average");
  }
  t.field = text_or_empty(node["field"]);
  t.against = text_or_empty(node["against"]);
  if (t.kind == TileKind::kCount && !t.field.empty()) {
    mistake(node["field"], Code::kConflict, "a count adds nothing up", "of = \"sum\"");
  }
  if (t.kind != TileKind::kCount && !is_amount(m_definition.field(t.field))) {
    mistake(node["field"], Code::kUnknown, "'" + t.field + "' is no integer, number or money");
  }
  if (t.against.empty()) return;
  if (t.kind != TileKind::kSum || !is_amount(m_definition.field(t.against))) {
    mistake(node["against"], Code::kConflict,
            "a sum is held against another sum: '" + t.against + "'");
  }
}

void LifeReader::read_period(const Node& node, Tile& t) {
  const std::string period = text_or_empty(node["period"]);
  t.by = text_or_empty(node["by"]);
  if (period == "month") t.period = TilePeriod::kMonth;
  if (period == "quarter") t.period = TilePeriod::kQuarter;
  if (period == "year") t.period = TilePeriod::kYear;
  if (!period.empty() && t.period == TilePeriod::kNone) {
    mistake(node["period"], Code::kUnknown, "unknown period '" + period + "'",
            "month, quarter or year");
  }
  if (period.empty() && t.by.empty()) return;
  const auto column = column_of(m_definition, t.by);
  const bool dated = column && (column->field.type == FieldType::kDate ||
                                column->field.type == FieldType::kInstant);
  if (!dated || t.period == TilePeriod::kNone) {
    mistake(node["by"], Code::kMissing, "a period needs the date or instant by which it is taken",
            "period and by");
  }
}

void LifeReader::read_filter(const Node& node, const Tile& t) {
  if (t.cql.empty()) return;
  const auto text = filled_filter(t.cql, expression::Day{19'844});  // any day: 2024-05-01
  const auto filter = text ? cql::read_filter(*text) : tl::unexpected(text.error());
  if (!filter) {
    return mistake(node["filter"], filter.error().code,
                   filter.error().where + ": " + filter.error().message, filter.error().hint);
  }
  for (const auto& property : cql::properties_of(*filter)) {
    if (auto known = column_of(m_definition, property); !known) {
      mistake(node["filter"], Code::kUnknown, "unknown field '" + property + "'");
    }
  }
}

void LifeReader::read_threshold(const Node& node, Tile& t) {
  t.source = text_or_empty(node["source"]);
  t.confidence = text_or_empty(node["confidence"]);
  const Node warn = node["warn"];
  if (!warn.present()) return;
  only(warn, {"above", "below"});
  for (const auto& [name, limit] : {std::pair{"above", &t.warn_above}, {"below", &t.warn_below}}) {
    if (!warn[name].present()) continue;
    const auto value = warn[name].number();
    if (value) {
      *limit = *value;
    } else {
      m_errors.push_back(value.error());
    }
  }
  if (!t.warn_above && !t.warn_below) {
    mistake(warn, Code::kMissing, "warns above or below a number");
  }
  if (t.source.empty()) mistake(node["source"], Code::kMissing, "a threshold has a source");
}

}  // namespace jinglue::registry::detail
