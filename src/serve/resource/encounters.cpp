// SPDX-License-Identifier: Apache-2.0
// /archive/meetings and /archive/crossings: which tracks stayed near each other, and which crossed
// a line, when and in which direction.
#include <charconv>

#include "base/text.hpp"
#include "picture/archive/line_crossings.hpp"
#include "picture/archive/near.hpp"
#include "serve/form/position_lines.hpp"
#include "serve/form/question.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr int kDays = 31;
constexpr std::size_t kMostPoints = 1000;

Json place_json(geo::LatLon place) {
  const auto rounded = [](double degrees) { return std::round(degrees * 1e6) / 1e6; };
  return Json::object({{"lat", rounded(place.lat_deg)}, {"lon", rounded(place.lon_deg)}});
}

Json track_json(model::TrackId track, const TrackNames& names) {
  Json out = Json::object({{"track", model::to_text(track)}});
  names.find(track).describe(track, out);
  return out;
}

/// Items of an answer, until the limit.
struct Items {
  std::size_t limit{0};
  Json::Array items{};
  bool cut{false};

  bool add(Json item) {
    cut = items.size() == limit;
    if (!cut) items.push_back(std::move(item));
    return !cut;
  }
  /// A point at the place of each; the rest of the item are its properties.
  Response features() const {
    Json::Array out;
    for (const auto& one : items) {
      const auto& place = one["place"];
      out.push_back(Json::object(
          {{"type", "Feature"},
           {"geometry", Json::object({{"type", "Point"},
                                      {"coordinates", Json::array({place["lon"], place["lat"]})}})},
           {"properties", one}}));
    }
    Response answer = json_response(Json::object(
        {{"type", "FeatureCollection"}, {"cut", cut}, {"features", Json(std::move(out))}}));
    answer.type = std::string(kGeoJson);
    return answer;
  }
  Response response(const Span& span, const std::string& format) && {
    if (format == "ndjson") {
      std::string lines;
      for (const auto& one : items) lines += one.dump() + "\n";
      append_end(lines, items.size(), cut);
      return bytes_response(std::move(lines), std::string(kNdjson));
    }
    if (format == "geojson") return features();
    return json_response(Json::object({{"from", base::to_iso(span.from)},
                                       {"to", base::to_iso(span.to)},
                                       {"cut", cut},
                                       {"items", Json(std::move(items))}}));
  }
};

base::Result<picture::NearQuestion> read_near(const Call& call) {
  picture::NearQuestion out;
  const auto box = call.bbox();
  if (!box) return tl::unexpected(box.error());
  if (*box) out.box = **box;
  const auto span = read_span(call, kDays);
  if (!span) return tl::unexpected(span.error());
  const auto distance = call.number("distance_m", 500, 1, 20'000);
  if (!distance) return tl::unexpected(distance.error());
  const auto least = call.number("minutes", 120, 1, 10'080);
  if (!least) return tl::unexpected(least.error());
  const auto way = call.number("least_way_m", 1000, 0, 1e6);
  if (!way) return tl::unexpected(way.error());
  out.from = span->from;
  out.to = span->to;
  out.distance_m = *distance;
  out.least = base::Duration(static_cast<std::int64_t>(*least * 60'000));
  out.least_way_m = *way;
  return out;
}

Json meeting_json(const picture::Meeting& meeting, const TrackNames& names) {
  return Json::object({{"a", track_json(meeting.a, names)},
                       {"b", track_json(meeting.b, names)},
                       {"from", base::to_iso(meeting.from)},
                       {"to", base::to_iso(meeting.to)},
                       {"closest_m", std::round(meeting.closest_m)},
                       {"place", place_json(meeting.place)}});
}

Answer get_meetings(Call& call) {
  RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto question = read_near(call);
  if (!question) return tl::unexpected(question.error());
  const auto limit = call.limit(1000, 10'000);
  if (!limit) return tl::unexpected(limit.error());
  const auto format = read_format(call, {"json", "geojson", "ndjson"});
  if (!format) return tl::unexpected(format.error());
  const Patience patience(call);
  const TrackNames names(call.services.live(), std::move(right));
  Items items{*limit};
  const auto visit = [&](const picture::Meeting& one) {
    if (!names.find(one.a).seen || !names.find(one.b).seen) return true;
    return items.add(meeting_json(one, names));
  };
  const auto done = picture::near(*call.services.archive, *question, visit, patience.go_on());
  if (!done) return tl::unexpected(done.error());
  if (!patience.status()) return tl::unexpected(patience.status().error());
  return std::move(items).response({question->from, question->to}, *format);
}

base::Result<std::vector<geo::LatLon>> read_line(const Call& call) {
  std::vector<double> numbers;
  const std::string text = call.text("line");
  for (const auto part : base::split(text, ',')) {
    const auto number = base::trim(part);
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    const double most = numbers.size() % 2 == 0 ? 180 : 90;
    const bool good = error == std::errc() && end == number.data() + number.size() &&
                      value >= -most && value <= most;
    if (!good) {
      return base::fail(base::Code::kMalformed, "not lon,lat,lon,lat,... in degrees", "line");
    }
    numbers.push_back(value);
  }
  if (numbers.size() < 4 || numbers.size() % 2 != 0 || numbers.size() > 2 * kMostPoints) {
    return base::fail(base::Code::kMalformed, "a line has 2 to 1,000 points", "line");
  }
  std::vector<geo::LatLon> out;
  for (std::size_t i = 0; i < numbers.size(); i += 2) out.push_back({numbers[i + 1], numbers[i]});
  return out;
}

Answer get_crossings(Call& call) {
  RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  auto line = read_line(call);
  if (!line) return tl::unexpected(line.error());
  const auto span = read_span(call, kDays);
  if (!span) return tl::unexpected(span.error());
  const auto limit = call.limit(1000, 10'000);
  if (!limit) return tl::unexpected(limit.error());
  const auto format = read_format(call, {"json", "geojson", "ndjson"});
  if (!format) return tl::unexpected(format.error());
  const Patience patience(call);
  const TrackNames names(call.services.live(), std::move(right));
  Items items{*limit};
  const picture::CrossingQuestion question{std::move(*line), span->from, span->to};
  const auto visit = [&](const picture::Crossing& one) {
    if (!patience()) return false;
    if (!names.find(one.track).seen) return true;
    Json item = track_json(one.track, names);
    item.set("time", base::to_iso(one.time));
    item.set("place", place_json(one.place));
    item.set("to", one.to_right ? "right" : "left");
    return items.add(std::move(item));
  };
  const auto done = picture::crossings(*call.services.archive, question, visit);
  if (!done) return tl::unexpected(done.error());
  if (!patience.status()) return tl::unexpected(patience.status().error());
  return std::move(items).response(*span, *format);
}

}  // namespace

void add_encounters(Router& router) {
  router.add({.method = Method::kGet,
              .pattern = "/archive/meetings",
              .handler = get_meetings,
              .question = true});
  router.add({.method = Method::kGet,
              .pattern = "/archive/crossings",
              .handler = get_crossings,
              .question = true});
}

}  // namespace jinglue::serve
