// SPDX-License-Identifier: Apache-2.0
#include "registry/place_time.hpp"

#include <algorithm>

#include "registry/cql/filter.hpp"
#include "registry/detail/record_scope.hpp"
#include "registry/detail/rights.hpp"
#include "registry/detail/seen.hpp"
#include "registry/detail/table.hpp"
#include "registry/life.hpp"
#include "store/database.hpp"

namespace jinglue::registry {
namespace {

using base::Json;
using cql::Filter;

bool is_time(FieldType type) {
  return type == FieldType::kDate || type == FieldType::kInstant || type == FieldType::kPeriod;
}

Filter joined(Filter::Kind kind, std::vector<Filter> parts) {
  Filter out;
  out.kind = kind;
  out.parts = std::move(parts);
  return out;
}
Filter compared(const Field& field, const char* sign, Json value) {
  Filter out;
  out.kind = Filter::Kind::kCompare;
  out.property = field.key;
  out.sign = sign;
  out.values = {std::move(value)};
  return out;
}
Filter absent(const Field& field) {
  Filter out;
  out.kind = Filter::Kind::kNull;
  out.property = field.key;
  return out;
}
Filter present(const Field& field) {
  return joined(Filter::Kind::kNot, {absent(field)});
}

void narrow(Query& query, Filter filter) {
  if (query.filter) filter = joined(Filter::Kind::kAnd, {*query.filter, std::move(filter)});
  query.filter = std::make_shared<const Filter>(std::move(filter));
}

/// A box without width or height is a line or a point.
Json shape_of(const geo::Box& b) {
  const auto at = [](double x, double y) { return Json::array({x, y}); };
  const Json corner = at(b.west_deg, b.south_deg);
  const bool wide = b.west_deg < b.east_deg;
  const bool high = b.south_deg < b.north_deg;
  if (!wide && !high) return Json::object({{"type", "Point"}, {"coordinates", corner}});
  if (!wide || !high) {
    return Json::object({{"type", "LineString"},
                         {"coordinates", Json::array({corner, at(b.east_deg, b.north_deg)})}});
  }
  return Json::object(
      {{"type", "Polygon"},
       {"coordinates",
        Json::array({Json::array({corner, at(b.east_deg, b.south_deg), at(b.east_deg, b.north_deg),
                                  at(b.west_deg, b.north_deg), corner})})}});
}

Filter meeting(const Field& place, const geo::Box& box) {
  Filter out;
  out.kind = Filter::Kind::kIntersects;
  out.property = place.key;
  out.geometry = shape_of(box);
  return out;
}

}  // namespace

const Field* place_of(const Definition& d, const access::Actor& actor) {
  const Field* place = detail::first_geometry(d);
  return place != nullptr && detail::sees(*place, actor) ? place : nullptr;
}

TimeFields time_of(const Definition& d, const access::Actor& actor) {
  TimeFields out;
  for (const auto& f : d.fields) {
    if (!is_time(f.type) || !detail::sees(f, actor)) continue;
    if (out.from == nullptr) out.from = &f;
    const Field* before = f.after.empty() ? nullptr : d.field(f.after);
    if (before != nullptr && before->type == f.type && detail::sees(*before, actor)) {
      return {before, &f};
    }
  }
  return out;
}

void ask_box(const Field& place, const geo::Box& box, Query& query) {
  narrow(query, meeting(place, box));
}

void ask_box_any(const Field& place, const geo::Box& box, Query& query) {
  if (box.west_deg <= box.east_deg) return ask_box(place, box, query);
  geo::Box west = box;
  geo::Box east = box;
  west.east_deg = 180;
  east.west_deg = -180;
  narrow(query, joined(Filter::Kind::kOr, {meeting(place, west), meeting(place, east)}));
}

void ask_time(const Definition& d, const TimeFields& fields, const TimeSpan& span, Query& query) {
  if (fields.from == nullptr || (!span.from && !span.to)) return;
  const Field& from = *fields.from;
  const auto text = [&](const std::optional<base::Instant>& at) {
    if (!at) return std::string("..");
    return from.type == FieldType::kInstant ? base::to_iso(*at)
                                            : detail::local_day(*at, zone_of(d));
  };
  if (from.type == FieldType::kPeriod) {
    query.equals.emplace_back(from.key, text(span.from) + "/" + text(span.to));
    return;
  }
  if (span.to) narrow(query, compared(from, "<=", text(span.to)));
  if (!span.from) return;
  if (fields.to == nullptr) return narrow(query, compared(from, ">=", text(span.from)));
  narrow(query, joined(Filter::Kind::kOr,
                       {compared(*fields.to, ">=", text(span.from)),
                        joined(Filter::Kind::kAnd, {absent(*fields.to), present(from)})}));
}

std::optional<geo::Box> extent_for(const Registry& registry, const access::Actor& actor,
                                   const std::string& register_id) {
  const Definition* d = registry.definition(register_id);
  if (d == nullptr || !detail::may_see(*d, actor, "")) return std::nullopt;
  const Field* place = place_of(*d, actor);
  if (place == nullptr) return std::nullopt;
  const auto names = detail::geometry_columns(*place);  // wkb, west, south, east, north
  const auto reach = detail::row_reach(*d, actor);
  return registry.records().read([&](store::Db& db) -> std::optional<geo::Box> {
    auto row = db.prepare("SELECT MIN(" + names[1] + "), MIN(" + names[2] + "), MAX(" + names[3] +
                          "), MAX(" + names[4] + ") FROM " + detail::table_name(*d) +
                          " WHERE removed = 0" + reach.condition);
    for (std::size_t i = 0; i < reach.values.size(); ++i) row.bind(int(i) + 1, reach.values[i]);
    if (!row.step() || row.is_null(0)) return std::nullopt;
    return geo::Box{row.number(0), row.number(1), row.number(2), row.number(3)};
  });
}

}  // namespace jinglue::registry
