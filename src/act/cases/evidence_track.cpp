// SPDX-License-Identifier: Apache-2.0
#include "act/cases/evidence_track.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/local_time.hpp"
#include "registry/csv.hpp"

namespace jinglue::act::cases {
namespace {

using base::Json;

std::string hundredths(const std::optional<std::uint16_t>& value) {
  return value ? fmt::format("{}.{:02}", *value / 100, *value % 100) : std::string();
}

template <class T>
std::string whole(const std::optional<T>& value) {
  return value ? std::to_string(*value) : std::string();
}

const char* source_name(model::FixSource source) {
  switch (source) {
    case model::FixSource::kAisA:
      return "AIS class A";
    case model::FixSource::kAisB:
      return "AIS class B";
    case model::FixSource::kAisLongRange:
      return "AIS long range";
    case model::FixSource::kAisBase:
      return "AIS base station";
    case model::FixSource::kAisAircraft:
      return "AIS aircraft";
    case model::FixSource::kAisAton:
      return "AIS aid to navigation";
    case model::FixSource::kBeidou:
      return "BeiDou";
    case model::FixSource::kGnss:
      return "own GNSS receiver";
    case model::FixSource::kNaf:
      return "vessel monitoring system (NAF)";
  }
  return "";
}

Json position_json(const geo::Position& p) {
  return Json::array({p.degrees().lon_deg, p.degrees().lat_deg});
}

Json feature(Json geometry, Json properties) {
  return Json::object({{"type", "Feature"},
                       {"properties", std::move(properties)},
                       {"geometry", std::move(geometry)}});
}

/// A track of one fix is a point: a GeoJSON line has at least two positions.
Json line_of(const std::vector<const model::Fix*>& fixes) {
  if (fixes.size() == 1) {
    return Json::object(
        {{"type", "Point"}, {"coordinates", position_json(fixes.front()->position)}});
  }
  Json coordinates = Json::array();
  for (const auto* fix : fixes) coordinates.push(position_json(fix->position));
  return Json::object({{"type", "LineString"}, {"coordinates", std::move(coordinates)}});
}

Json line_feature(const std::string& track, const std::vector<const model::Fix*>& fixes) {
  Json times = Json::array();
  for (const auto* fix : fixes) times.push(base::to_iso(fix->time));
  return feature(line_of(fixes),
                 Json::object({{"kind", "track"}, {"track", track}, {"times", std::move(times)}}));
}

Json used_feature(const model::UsedFix& used) {
  return feature(Json::object({{"type", "Point"}, {"coordinates", position_json(used.position)}}),
                 Json::object({{"kind", "used"},
                               {"track", used.track},
                               {"time", base::to_iso(used.time)},
                               {"offset", used.offset}}));
}

}  // namespace

EvidenceTrack read_track(const picture::Archive& archive, std::vector<std::string> tracks,
                         base::Instant from, base::Instant to) {
  std::sort(tracks.begin(), tracks.end());
  tracks.erase(std::unique(tracks.begin(), tracks.end()), tracks.end());
  EvidenceTrack out{std::move(tracks), {}, from, to};
  for (const auto& name : out.tracks) {
    const auto id = model::parse_track(name);
    if (!id) continue;  // a subject that is no track has no positions of its own
    archive.received(*id, from, to, [&](const model::Fix& fix) {
      out.fixes.push_back(fix);
      return true;
    });
  }
  return out;
}

std::string track_csv(const EvidenceTrack& track, const std::string& zone) {
  std::string out;
  registry::append_csv_row(out, {"track", "time_utc", "time_local", "time_quality", "latitude_deg",
                                 "longitude_deg", "speed_kn", "course_deg", "heading_deg",
                                 "navigation_status", "source", "arrival_utc", "journal_offset"});
  for (const auto& fix : track.fixes) {
    const geo::LatLon p = fix.position.degrees();
    registry::append_csv_row(
        out,
        {model::to_text(fix.track), base::to_iso(fix.time), base::to_local_text(fix.time, zone),
         std::string(model::to_key(fix.quality)), fmt::format("{:.7f}", p.lat_deg),
         fmt::format("{:.7f}", p.lon_deg), hundredths(fix.sog_ckn), hundredths(fix.cog_cdeg),
         whole(fix.heading_deg), whole(fix.nav_status), source_name(fix.source),
         base::to_iso(fix.arrival), std::to_string(fix.offset)});
  }
  return out;
}

Json track_geojson(const EvidenceTrack& track, const model::FindingStep* finding,
                   const model::Zone* zone) {
  Json features = Json::array();
  for (const auto& name : track.tracks) {
    std::vector<const model::Fix*> fixes;
    for (const auto& fix : track.fixes) {
      if (model::to_text(fix.track) == name) fixes.push_back(&fix);
    }
    if (!fixes.empty()) features.push(line_feature(name, fixes));
  }
  if (finding != nullptr) {
    for (const auto& used : finding->positions) features.push(used_feature(used));
  }
  if (zone != nullptr && zone->area != nullptr) {
    features.push(feature(zone->area->to_geojson(), Json::object({{"kind", "zone"},
                                                                  {"id", zone->id},
                                                                  {"name_zh", zone->name.zh},
                                                                  {"name_en", zone->name.en},
                                                                  {"source", zone->source}})));
  }
  return Json::object({{"type", "FeatureCollection"}, {"features", std::move(features)}});
}

}  // namespace jinglue::act::cases
