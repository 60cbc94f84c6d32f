// SPDX-License-Identifier: Apache-2.0
// /archive/positions, /archive/count, /archive/visits: questions about an area and a stretch of
// time. The area is a box or a polygon in the query, or GeoJSON in the body of a POST.
#include <fmt/format.h>

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "picture/archive/polygon.hpp"
#include "registry/csv.hpp"
#include "serve/api/body_pipe.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/form/position_bytes.hpp"
#include "serve/form/position_lines.hpp"
#include "serve/form/question.hpp"
#include "serve/form/track_geojson.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr int kDaysOfPositions = 31;
constexpr int kDaysOfSums = 366;
constexpr std::int64_t kMostAtOnce = 500'000;  ///< of answers that are made before they are sent
constexpr std::int64_t kMostLines = 10'000'000;
constexpr std::chrono::seconds kLongestStream{600};
constexpr std::size_t kPiece = 64u << 10;

struct Kept {
  std::vector<model::Fix> fixes;  ///< grouped by track
  bool cut{false};
};

struct Thinning {
  std::size_t limit{0};
  std::int64_t thin_ms{0}, gap_ms{0};
};

base::Result<Thinning> read_thinning(const Call& call, std::int64_t most) {
  const auto limit = call.integer("limit", 50'000, 1, most);
  if (!limit) return tl::unexpected(limit.error());
  const auto thin = call.number("thin_s", 0, 0, 86'400);
  if (!thin) return tl::unexpected(thin.error());
  const auto gap = call.number("gap_s", 900, 1, 864'000);
  if (!gap) return tl::unexpected(gap.error());
  return Thinning{static_cast<std::size_t>(*limit), static_cast<std::int64_t>(*thin * 1000),
                  static_cast<std::int64_t>(*gap * 1000)};
}

/// Gives out the rows that are kept, by track; returns whether the limit cut them.
bool visit_positions(const picture::Archive& archive, const picture::AreaQuestion& question,
                     const Thinning& thinning,
                     const std::function<bool(const model::Fix&)>& visit) {
  std::optional<model::Fix> last;
  std::size_t given = 0;
  bool cut = false;
  picture::polygon(archive, question, SIZE_MAX, [&](const model::Fix& fix) {
    const bool same = last && last->track == fix.track;
    if (same && (fix.time - last->time).count() < thinning.thin_ms) return true;
    cut = given == thinning.limit;
    if (cut) return false;
    ++given;
    last = fix;
    return visit(fix);
  });
  return cut;
}

Kept read_positions(const Call& call, const AskedArea& asked, const Patience& patience,
                    const Thinning& thinning) {
  Kept out;
  const auto question = asked.question(patience);
  out.cut = visit_positions(*call.services.archive, question, thinning, [&](const auto& fix) {
    out.fixes.push_back(fix);
    return true;
  });
  return out;
}

/// Lines are sent while they are found. What breaks off has no line {"end":true}.
Response stream_lines(const Call& call, AskedArea asked, const Thinning& thinning) {
  Response out;
  out.type = std::string(kNdjson);
  out.headers.emplace_back("Cache-Control", "no-store");
  // Shared because std::function copies; the producer outlives the call.
  const auto kept = std::make_shared<const AskedArea>(std::move(asked));
  out.produce = [kept, thinning, archive = call.services.archive,
                 gone = call.request.gone](BodyPipe& pipe) {
    const Patience patience(gone, kLongestStream);
    std::string lines;
    std::uint64_t count = 0;
    bool sent = true;
    const bool cut =
        visit_positions(*archive, kept->question(patience), thinning, [&](const model::Fix& fix) {
          append_line(lines, fix);
          ++count;
          if (lines.size() >= kPiece) sent = pipe.put(std::exchange(lines, {}));
          return sent;
        });
    const bool whole = sent && patience.status().has_value();
    if (whole) append_end(lines, count, cut);
    if (whole && !lines.empty()) pipe.put(std::move(lines));
    pipe.finish(whole);
  };
  return out;
}

/// Calls `each` with the rows of one track after another.
template <class Each>
void by_track(const std::vector<model::Fix>& fixes, const Each& each) {
  for (std::size_t begin = 0; begin < fixes.size();) {
    std::size_t end = begin;
    while (end < fixes.size() && fixes[end].track == fixes[begin].track) ++end;
    each(std::span(fixes).subspan(begin, end - begin));
    begin = end;
  }
}

std::string bytes_of(const AskedArea& asked, const Kept& kept) {
  PositionBytes out(asked.span.from, asked.span.to);
  by_track(kept.fixes, [&](std::span<const model::Fix> fixes) {
    const auto track = fixes.front().track;
    Json described = Json::object({{"track", model::to_text(track)}});
    asked.names.find(track).describe(track, described);
    out.begin(std::move(described));
    for (const auto& fix : fixes) out.add(fix);
  });
  return std::move(out).take(Json::object({{"cut", kept.cut}}));
}

Answer ask_positions(Call& call) {
  auto asked = read_asked_area(call, kDaysOfPositions);
  if (!asked) return tl::unexpected(asked.error());
  const auto format = read_format(call, {"ndjson", "geojson", "binary"});
  if (!format) return tl::unexpected(format.error());
  const bool lines = *format == "ndjson";
  const auto thinning = read_thinning(call, lines ? kMostLines : kMostAtOnce);
  if (!thinning) return tl::unexpected(thinning.error());
  if (*format != "binary") {  // the map's own form is a look at the situation, the others leave it
    call.services.access->audit(call.actor(), "archive.positions", *format,
                                Json::object({{"from", base::to_iso(asked->span.from)},
                                              {"to", base::to_iso(asked->span.to)},
                                              {"limit", std::uint64_t{thinning->limit}}}),
                                call.now);
  }
  if (lines) return stream_lines(call, std::move(*asked), *thinning);
  const Patience patience(call);
  const auto kept = read_positions(call, *asked, patience, *thinning);
  if (!patience.status()) return tl::unexpected(patience.status().error());
  std::string text;
  if (*format == "binary") {
    text = bytes_of(*asked, kept);
  } else {
    by_track(kept.fixes, [&](auto fixes) { append_track_features(text, fixes, thinning->gap_ms); });
    text =
        fmt::format(R"({{"type":"FeatureCollection","cut":{},"features":[{}]}})", kept.cut, text);
  }
  Response out =
      bytes_response(std::move(text), std::string(*format == "binary" ? kPositionBytes : kGeoJson));
  out.headers.emplace_back("Cache-Control", "no-store");
  return out;
}

Answer ask_count(Call& call) {
  const auto asked = read_asked_area(call, kDaysOfSums);
  if (!asked) return tl::unexpected(asked.error());
  const Patience patience(call);
  const auto found = picture::count(*call.services.archive, asked->question(patience));
  if (!patience.status()) return tl::unexpected(patience.status().error());
  Json out = Json::object({{"from", base::to_iso(asked->span.from)},
                           {"to", base::to_iso(asked->span.to)},
                           {"positions", found.positions},
                           {"tracks", found.tracks}});
  if (found.first) out.set("first", base::to_iso(*found.first));
  if (found.last) out.set("last", base::to_iso(*found.last));
  return json_response(out);
}

/// Of one vessel: the visits of its terminals together. Two terminals of one hull were there at the
/// same time, so that of stays and time the larger counts.
struct VesselVisit {
  std::vector<picture::AreaVisit> tracks;

  picture::AreaVisit sum() const {
    auto out = tracks.front();
    for (std::size_t i = 1; i < tracks.size(); ++i) {
      const auto& one = tracks[i];
      if (one.first < out.first) {
        out.first = one.first;
        out.entered = one.entered;
      }
      if (one.last > out.last) {
        out.last = one.last;
        out.left = one.left;
      }
      out.positions += one.positions;
      out.stays = std::max(out.stays, one.stays);
      out.inside = std::max(out.inside, one.inside);
    }
    return out;
  }
};

Json place_json(geo::Position position) {
  std::string lat, lon;
  append_degrees(lat, position.lat);
  append_degrees(lon, position.lon);
  return Json::object({{"lat", std::stod(lat)}, {"lon", std::stod(lon)}});
}

Json visit_json(const VesselVisit& vessel, const TrackNames& names) {
  const auto sum = vessel.sum();
  Json tracks = Json::array();
  for (const auto& one : vessel.tracks) tracks.push(model::to_text(one.track));
  Json out = Json::object({{"tracks", std::move(tracks)}});
  const auto known = names.find(sum.track);
  known.describe(sum.track, out);
  if (known.entry != nullptr && known.entry->vessel) {
    const auto& facts = *known.entry->vessel;
    if (!facts.side_number.empty()) out.set("side_number", facts.side_number);
    if (!facts.district.empty()) out.set("district", facts.district);
  }
  out.set("first", base::to_iso(sum.first));
  out.set("last", base::to_iso(sum.last));
  out.set("positions", sum.positions);
  out.set("stays", sum.stays);
  out.set("inside_s", double(sum.inside.count()) / 1000);
  out.set("entered", place_json(sum.entered));
  out.set("left", place_json(sum.left));
  return out;
}

std::string visits_csv(const Json::Array& visits) {
  std::string out;
  registry::append_csv_row(out, {"name", "kind", "side_number", "tracks", "first_utc", "last_utc",
                                 "positions", "stays", "inside_s"});
  for (const auto& one : visits) {
    std::string tracks;
    for (const auto& track : one["tracks"].items()) {
      tracks += (tracks.empty() ? "" : " ") + track.as_string();
    }
    registry::append_csv_row(
        out, {one["name"].as_string(), one["kind"].as_string(), one["side_number"].as_string(),
              tracks, one["first"].as_string(), one["last"].as_string(),
              std::to_string(one["positions"].as_int()), std::to_string(one["stays"].as_int()),
              fmt::format("{:.0f}", one["inside_s"].as_double())});
  }
  return out;
}

/// By time of the first position inside.
Json::Array find_visits(const Call& call, const AskedArea& asked, const Patience& patience,
                        base::Duration longest_gap) {
  std::map<std::uint64_t, VesselVisit> vessels;
  std::uint64_t unknown = std::uint64_t{1} << 32;  // above every handle
  picture::visits(*call.services.archive, asked.question(patience), longest_gap,
                  [&](const picture::AreaVisit& visit) {
                    const auto known = asked.names.find(visit.track);
                    const auto key = known.entry != nullptr ? known.entry->handle : ++unknown;
                    vessels[key].tracks.push_back(visit);
                    return true;
                  });
  std::vector<std::pair<base::Instant, Json>> rows;
  rows.reserve(vessels.size());
  for (const auto& [key, vessel] : vessels) {
    rows.emplace_back(vessel.sum().first, visit_json(vessel, asked.names));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  Json::Array out;
  for (auto& row : rows) out.push_back(std::move(row.second));
  return out;
}

Answer ask_visits(Call& call) {
  const auto asked = read_asked_area(call, kDaysOfSums);
  if (!asked) return tl::unexpected(asked.error());
  const auto gap = call.number("gap_s", 1800, 60, 86'400);
  if (!gap) return tl::unexpected(gap.error());
  const auto limit = call.limit(2000, 10'000);
  if (!limit) return tl::unexpected(limit.error());
  const auto format = read_format(call, {"json", "csv", "ndjson"});
  if (!format) return tl::unexpected(format.error());
  const Patience patience(call);
  auto visits =
      find_visits(call, *asked, patience, base::Duration(static_cast<std::int64_t>(*gap * 1000)));
  if (!patience.status()) return tl::unexpected(patience.status().error());
  const auto total = visits.size();
  if (total > *limit) visits.resize(*limit);
  call.services.access->audit(call.actor(), "archive.visits", *format,
                              Json::object({{"from", base::to_iso(asked->span.from)},
                                            {"to", base::to_iso(asked->span.to)},
                                            {"vessels", std::uint64_t{total}}}),
                              call.now);
  if (*format == "csv") return bytes_response(visits_csv(visits), "text/csv; charset=utf-8");
  if (*format == "ndjson") {
    std::string lines;
    for (const auto& one : visits) lines += one.dump() + "\n";
    append_end(lines, visits.size(), total > visits.size());
    return bytes_response(std::move(lines), std::string(kNdjson));
  }
  return json_response(Json::object({{"from", base::to_iso(asked->span.from)},
                                     {"to", base::to_iso(asked->span.to)},
                                     {"total", std::uint64_t{total}},
                                     {"cut", total > visits.size()},
                                     {"items", Json(std::move(visits))}}));
}

/// Both ways to name the area: GET with it in the query, POST with it in the body.
void add_question(Router& router, const std::string& pattern, const Handler& handler) {
  router.add({.method = Method::kGet, .pattern = pattern, .handler = handler, .question = true});
  router.add({.method = Method::kPost,
              .pattern = pattern,
              .handler = handler,
              .body = Body::kJson,
              .question = true});
}

}  // namespace

void add_archive(Router& router) {
  add_question(router, "/archive/positions", ask_positions);
  add_question(router, "/archive/count", ask_count);
  add_question(router, "/archive/visits", ask_visits);
}

}  // namespace jinglue::serve
