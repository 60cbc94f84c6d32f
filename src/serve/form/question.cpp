// SPDX-License-Identifier: Apache-2.0
#include "serve/form/question.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace jinglue::serve {
namespace {

constexpr std::size_t kMostVertices = 10'000;
constexpr std::chrono::seconds kLongest{60};

base::Result<geo::Area> area_of(geo::Ring ring) {
  if (!ring.empty() && ring.front() != ring.back()) ring.push_back(ring.front());
  std::vector<geo::PolygonRings> polygons;
  polygons.push_back({std::move(ring)});
  return geo::Area::from_polygons(std::move(polygons));
}

base::Result<geo::Area> area_of_text(std::string_view text) {
  std::vector<double> numbers;
  for (const auto part : base::split(text, ',')) {
    const auto number = base::trim(part);
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc() || end != number.data() + number.size() || !std::isfinite(value)) {
      return base::fail(base::Code::kMalformed, "not lon,lat,lon,lat,... in degrees", "polygon");
    }
    numbers.push_back(value);
  }
  if (numbers.size() % 2 != 0 || numbers.size() < 6) {
    return base::fail(base::Code::kMalformed, "a polygon has three points or more", "polygon");
  }
  geo::Ring ring;
  for (std::size_t i = 0; i < numbers.size(); i += 2) ring.push_back({numbers[i + 1], numbers[i]});
  return area_of(std::move(ring));
}

/// "text/csv" -> "csv"; empty for what names no form of ours.
std::string_view format_of_media(std::string_view media) {
  if (media == "application/json") return "json";
  if (media == kGeoJson) return "geojson";
  if (media == kNdjson) return "ndjson";
  if (media == "text/csv") return "csv";
  if (media == kPositionBytes || media == kRasterBytes) return "binary";
  return {};
}

}  // namespace

base::Result<Span> read_span(const Call& call, int longest_days) {
  const auto from = call.required_instant("from");
  if (!from) return tl::unexpected(from.error());
  const auto to = call.required_instant("to");
  if (!to) return tl::unexpected(to.error());
  if (*to < *from) return base::fail(base::Code::kMalformed, "to is before from", "to");
  if (*to - *from > std::chrono::hours(24) * longest_days) {
    return base::fail(base::Code::kOutOfRange,
                      "longer than " + std::to_string(longest_days) + " days", "to",
                      "ask for one part after another");
  }
  return Span{*from, *to};
}

base::Result<geo::Area> read_area(const Call& call) {
  std::string field = "bbox";
  base::Result<geo::Area> out = base::fail(base::Code::kMalformed, "an area is required", field,
                                           "bbox, polygon, or a body with GeoJSON as area");
  if (call.json.has("area")) {
    field = "area";
    out = geo::Area::from_geojson(call.json["area"]);
  } else if (!call.text("polygon").empty()) {
    field = "polygon";
    out = area_of_text(call.text("polygon"));
  } else {
    const auto box = call.bbox();
    if (!box) return tl::unexpected(box.error());
    if (*box) {
      const auto& b = **box;
      out = area_of({{b.south_deg, b.west_deg},
                     {b.south_deg, b.east_deg},
                     {b.north_deg, b.east_deg},
                     {b.north_deg, b.west_deg}});
    }
  }
  if (!out) {
    auto error = out.error();
    error.where = field;
    return tl::unexpected(error);
  }
  if (out->vertex_count() > kMostVertices) {
    return base::fail(base::Code::kTooLarge, "the area has more than 10,000 vertices", field,
                      "simplify it");
  }
  return out;
}

base::Result<std::set<model::VesselKind>> read_kinds(const Call& call) {
  std::set<model::VesselKind> out;
  for (const auto& key : call.list("kind")) {
    const auto kind = model::vessel_kind_from(key);
    if (!kind) return base::fail(base::Code::kMalformed, "no such kind: " + key, "kind");
    out.insert(*kind);
  }
  return out;
}

base::Result<std::string> read_format(const Call& call,
                                      std::initializer_list<std::string_view> known) {
  const auto is_known = [&](std::string_view format) {
    return std::find(known.begin(), known.end(), format) != known.end();
  };
  auto wanted = call.text("format");
  if (!wanted.empty()) {
    if (is_known(wanted)) return wanted;
    return base::fail(base::Code::kMalformed, "no such format here: " + wanted, "format");
  }
  for (const auto part : base::split(call.request.header("accept"), ',')) {
    const auto media = base::trim(part.substr(0, part.find(';')));
    const auto format = format_of_media(base::to_lower_ascii(media));
    if (!format.empty() && is_known(format)) return std::string(format);
  }
  return std::string(*known.begin());
}

Patience::Patience(const Call& call) : Patience(call.request.gone, kLongest) {}

Patience::Patience(std::function<bool()> gone, std::chrono::seconds time)
    : m_gone(std::move(gone)), m_end(std::chrono::steady_clock::now() + time) {}

bool Patience::operator()() const {
  if (!m_over) m_over = (m_gone && m_gone()) || std::chrono::steady_clock::now() > m_end;
  return !m_over;
}

std::function<bool()> Patience::go_on() const {
  return [this] { return (*this)(); };
}

base::Status Patience::status() const {
  if (!m_over) return {};
  return base::fail(base::Code::kTooLarge, "the question takes more than a minute", "to",
                    "ask for a smaller area or a shorter time");
}

picture::AreaQuestion AskedArea::question(const Patience& patience) const {
  picture::AreaQuestion out{area, span.from, span.to};
  out.takes = [this](model::TrackId track) { return names.takes(track, kinds); };
  out.go_on = patience.go_on();
  return out;
}

base::Result<AskedArea> read_asked_area(const Call& call, int longest_days) {
  RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  auto area = read_area(call);
  if (!area) return tl::unexpected(area.error());
  const auto span = read_span(call, longest_days);
  if (!span) return tl::unexpected(span.error());
  auto kinds = read_kinds(call);
  if (!kinds) return tl::unexpected(kinds.error());
  return AskedArea{std::move(*area), *span, std::move(*kinds),
                   TrackNames(call.services.live(), std::move(right))};
}

}  // namespace jinglue::serve
