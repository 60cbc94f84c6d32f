// SPDX-License-Identifier: Apache-2.0
// /picture: the sea at an instant of the past, for scrubbing, and all positions of a stretch of
// time, for playing. Names and kinds are those known now.
#include <fmt/format.h>

#include <unordered_map>

#include "picture/archive/archive.hpp"
#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/form/position_lines.hpp"
#include "serve/form/question.hpp"
#include "serve/form/track_names.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using base::Json;

constexpr double kMaxSpan_s = 24 * 3600;

std::string json_text(std::string_view text) {
  std::string out;
  base::append_json_string(out, text);
  return out;
}

int kind_of(const KnownTrack& known) {
  return static_cast<int>(known.kind());
}

/// The freshest fix per vessel: several terminals of one hull give one symbol.
class PastPicture {
 public:
  void add(const model::Fix& fix, const KnownTrack& known) {
    const std::uint64_t key =
        known.entry != nullptr ? known.entry->handle : (std::uint64_t{1} << 63) | m_rows.size();
    const auto [at, fresh] = m_place.try_emplace(key, m_rows.size());
    if (fresh) {
      m_rows.push_back({fix, known});
    } else if (m_rows[at->second].fix.time < fix.time) {
      m_rows[at->second].fix = fix;
    }
  }

  std::string lines() const {
    std::string out;
    for (const auto& row : m_rows) append_line(out, row.fix);
    append_end(out, m_rows.size(), false);
    return out;
  }

  std::string features() const {
    std::string out;
    for (const auto& [fix, known] : m_rows) {
      Json properties =
          Json::object({{"track", model::to_text(fix.track)}, {"time", base::to_iso(fix.time)}});
      known.describe(fix.track, properties);
      if (fix.sog_ckn) properties.set("sog_kn", *fix.sog_ckn / 100.0);
      if (fix.cog_cdeg) properties.set("cog_deg", *fix.cog_cdeg / 100.0);
      out += out.empty() ? "" : ",";
      out += R"({"type":"Feature","geometry":{"type":"Point","coordinates":[)";
      append_degrees(out, fix.position.lon);
      out += ',';
      append_degrees(out, fix.position.lat);
      out += R"(]},"properties":)" + properties.dump() + "}";
    }
    return R"({"type":"FeatureCollection","features":[)" + out + "]}";
  }

  std::string text(base::Instant at) const {
    std::string tracks, names, kinds, handles, records;
    Columns columns(at);
    for (const auto& [fix, known] : m_rows) {
      const char* comma = tracks.empty() ? "" : ",";
      const auto* entry = known.entry;
      tracks += comma + json_text(model::to_text(fix.track));
      names += comma + json_text(known.name(fix.track));
      kinds += comma + std::to_string(kind_of(known));
      handles += comma + (entry != nullptr ? std::to_string(entry->handle) : "null");
      records +=
          comma + (entry != nullptr && entry->vessel ? json_text(entry->vessel->id) : "null");
      columns.add(fix);
    }
    return fmt::format(R"({{"at":"{0}","base_time":"{0}","count":{1},"tracks":[{2}],"names":[{3}],)"
                       R"("kinds":[{4}],"handles":[{5}],"vessel_ids":[{6}],"columns":{7}}})",
                       base::to_iso(at), m_rows.size(), tracks, names, kinds, handles, records,
                       columns.text());
  }

 private:
  struct Row {
    model::Fix fix;
    KnownTrack known;
  };
  std::vector<Row> m_rows;
  std::unordered_map<std::uint64_t, std::size_t> m_place;
};

Answer get_picture(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto at = call.required_instant("at");
  if (!at) return tl::unexpected(at.error());
  const auto age = call.number("max_age_s", 3600, 1, 86'400);
  if (!age) return tl::unexpected(age.error());
  const auto box = call.bbox();
  if (!box) return tl::unexpected(box.error());
  const auto format = read_format(call, {"json", "geojson", "ndjson"});
  if (!format) return tl::unexpected(format.error());
  const auto live = call.services.live();
  const TrackNames names(live, right);
  PastPicture past;
  const base::Duration max_age(static_cast<std::int64_t>(*age * 1000));
  call.services.archive->last(*at, max_age, [&](const model::Fix& fix) {
    const auto known = names.find(fix.track);
    if (!known.seen) return;
    if (*box && !(*box)->contains(fix.position.degrees())) return;
    past.add(fix, known);
  });
  if (*format == "json") return json_text_response(past.text(*at));
  const bool lines = *format == "ndjson";
  Response out = json_text_response(lines ? past.lines() : past.features());
  out.type = std::string(lines ? kNdjson : kGeoJson);
  return out;
}

struct TrackColumns {
  KnownTrack known;
  Columns columns;
  base::Instant last;
};

struct BoxSpan {
  geo::Box box;
  base::Instant from, to;
  std::size_t limit{0};
  std::int64_t thin_ms{0};
};

base::Result<BoxSpan> read_box_span(const Call& call) {
  const auto box = call.bbox();
  if (!box) return tl::unexpected(box.error());
  if (!*box) return base::fail(base::Code::kMalformed, "the parameter is required", "bbox");
  const auto from = call.required_instant("from");
  if (!from) return tl::unexpected(from.error());
  const auto to = call.required_instant("to");
  if (!to) return tl::unexpected(to.error());
  if (*to < *from || double((*to - *from).count()) / 1000 > kMaxSpan_s) {
    return base::fail(base::Code::kMalformed, "not a stretch of at most 24 hours", "to");
  }
  const auto limit = call.integer("limit", 50'000, 1, 200'000);
  if (!limit) return tl::unexpected(limit.error());
  const auto thin = call.number("thin_s", 0, 0, 86'400);
  if (!thin) return tl::unexpected(thin.error());
  return BoxSpan{**box, *from, *to, static_cast<std::size_t>(*limit),
                 static_cast<std::int64_t>(*thin * 1000)};
}

std::string track_text(model::TrackId track, const TrackColumns& one) {
  std::string ids;
  if (one.known.entry != nullptr) {
    ids += fmt::format(R"("handle":{},)", one.known.entry->handle);
    if (one.known.entry->vessel) {
      ids += fmt::format(R"("vessel_id":{},)", json_text(one.known.entry->vessel->id));
    }
  }
  return fmt::format(R"({{"track":{},"name":{},"kind":{},{}"columns":{}}})",
                     json_text(model::to_text(track)), json_text(one.known.name(track)),
                     kind_of(one.known), ids, one.columns.text());
}

Answer get_positions(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto span = read_box_span(call);
  if (!span) return tl::unexpected(span.error());
  const auto live = call.services.live();
  const TrackNames names(live, right);
  std::vector<std::pair<model::TrackId, TrackColumns>> tracks;  // grouped by the archive
  std::size_t count = 0;
  const bool cut = call.services.archive->box(
      span->box, span->from, span->to, span->limit, [&](const model::Fix& fix) {
        if (tracks.empty() || tracks.back().first != fix.track) {
          const auto known = names.find(fix.track);
          if (!known.seen) return true;
          tracks.push_back({fix.track, {known, Columns(span->from), base::kDistantPast}});
        }
        auto& one = tracks.back().second;
        if ((fix.time - one.last).count() < span->thin_ms) return true;
        one.columns.add(fix);
        one.last = fix.time;
        ++count;
        return true;
      });
  std::string list;
  for (const auto& [track, one] : tracks)
    list += (list.empty() ? "" : ",") + track_text(track, one);
  return json_text_response(
      fmt::format(R"({{"from":"{}","to":"{}","base_time":"{}","count":{},"cut":{},"tracks":[{}]}})",
                  base::to_iso(span->from), base::to_iso(span->to), base::to_iso(span->from), count,
                  cut, list));
}

}  // namespace

void add_picture(Router& router) {
  router.add({Method::kGet, "/picture", get_picture});
  router.add({Method::kGet, "/picture/positions", get_positions});
}

}  // namespace jinglue::serve
