// SPDX-License-Identifier: Apache-2.0
// /tracks/{track}/positions and /vessels/{vessel}/positions: where a track or a vessel was, from
// the archive, as columns, GeoJSON, lines or binary, with its gaps named: a silence is shown as
// one, never drawn over. A vessel's positions are those of each of its terminals while it carried
// it, by the dated terminals of its record.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/ids.hpp"
#include "picture/archive/archive.hpp"
#include "picture/live/live.hpp"
#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/form/position_bytes.hpp"
#include "serve/form/position_lines.hpp"
#include "serve/form/question.hpp"
#include "serve/form/track_geojson.hpp"
#include "serve/form/track_names.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

constexpr std::int64_t kMaxRows = 100'000;

struct Wish {
  base::Instant from, to;
  std::size_t limit{0};
  std::int64_t thin_ms{0}, gap_ms{0};
  std::string format;
};

base::Result<Wish> read_wish(const Call& call) {
  Wish out;
  const auto from = call.instant("from");
  if (!from) return tl::unexpected(from.error());
  const auto to = call.instant("to");
  if (!to) return tl::unexpected(to.error());
  const auto limit = call.integer("limit", 20'000, 1, kMaxRows);
  if (!limit) return tl::unexpected(limit.error());
  const auto thin = call.number("thin_s", 0, 0, 86'400);
  if (!thin) return tl::unexpected(thin.error());
  const auto gap = call.number("gap_s", 900, 1, 864'000);
  if (!gap) return tl::unexpected(gap.error());
  auto format = call.text("format") == "columns"
                    ? base::Result<std::string>("json")
                    : read_format(call, {"json", "geojson", "ndjson", "binary"});
  if (!format) return tl::unexpected(format.error());
  out.from = from->value_or(call.services.archive->counts().first.value_or(call.now));
  out.to = to->value_or(call.now + base::Duration(1));
  if (out.to < out.from) {
    return base::fail(base::Code::kMalformed, "to is before from", "to");
  }
  out.limit = static_cast<std::size_t>(*limit);
  out.thin_ms = static_cast<std::int64_t>(*thin * 1000);
  out.gap_ms = static_cast<std::int64_t>(*gap * 1000);
  out.format = std::move(*format);
  return out;
}

/// A track while it belonged to what was asked for.
struct Part {
  model::TrackId track;
  base::Instant from, to;
};

/// Rows that are kept, and the time at which the following request begins when cut.
struct Rows {
  std::vector<model::Fix> fixes;
  std::vector<model::TrackId> tracks;  ///< that gave rows, in order of their first row
  std::optional<base::Instant> next;
};

Rows read_part(const picture::Archive& archive, const Part& part, const Wish& wish) {
  Rows out;
  archive.track(part.track, part.from, part.to, [&](const model::Fix& fix) {
    auto& kept = out.fixes;
    if (!kept.empty() && (fix.time - kept.back().time).count() < wish.thin_ms) return true;
    if (kept.size() >= wish.limit && fix.time > kept.back().time) {
      out.next = fix.time;
      return false;
    }
    // Equal times stay together, or a cut between them would lose rows.
    kept.push_back(fix);
    return true;
  });
  return out;
}

void keep_earliest(Rows& rows, std::size_t limit) {
  auto& fixes = rows.fixes;
  if (rows.next) {  // a part is cut: what others said after it comes with the following request
    const auto end = *rows.next;
    std::erase_if(fixes, [&](const auto& fix) { return fix.time >= end; });
  }
  if (fixes.size() <= limit) return;
  auto keep = limit;
  while (keep < fixes.size() && fixes[keep].time == fixes[keep - 1].time) ++keep;
  if (keep == fixes.size()) return;
  rows.next = fixes[keep].time;
  fixes.resize(keep);
}

Rows read_rows(const picture::Archive& archive, const std::vector<Part>& parts, const Wish& wish) {
  Rows out;
  for (const auto& part : parts) {
    auto one = read_part(archive, part, wish);
    out.fixes.insert(out.fixes.end(), one.fixes.begin(), one.fixes.end());
    if (one.next && (!out.next || *one.next < *out.next)) out.next = one.next;
  }
  if (parts.size() > 1) {
    std::stable_sort(out.fixes.begin(), out.fixes.end(),
                     [](const auto& a, const auto& b) { return a.time < b.time; });
    keep_earliest(out, wish.limit);
  }
  for (const auto& fix : out.fixes) {
    if (std::find(out.tracks.begin(), out.tracks.end(), fix.track) == out.tracks.end()) {
      out.tracks.push_back(fix.track);
    }
  }
  return out;
}

std::string gaps_text(const std::vector<model::Fix>& fixes, std::int64_t gap_ms) {
  std::string out;
  for (std::size_t i = 1; i < fixes.size(); ++i) {
    const auto silence = (fixes[i].time - fixes[i - 1].time).count();
    if (silence <= gap_ms) continue;
    out += fmt::format(R"({}{{"from":"{}","to":"{}","seconds":{}}})", out.empty() ? "" : ",",
                       base::to_iso(fixes[i - 1].time), base::to_iso(fixes[i].time),
                       double(silence) / 1000);
  }
  return out;
}

std::string next_text(const Rows& rows) {
  return rows.next ? fmt::format(R"("next":"{}",)", base::to_iso(*rows.next)) : "";
}

/// `head` holds the members that name what was asked for.
Response columns_response(const Wish& wish, const Rows& rows, const std::string& head) {
  const base::Instant base = rows.fixes.empty() ? wish.from : rows.fixes.front().time;
  Columns columns(base);
  for (const auto& fix : rows.fixes) columns.add(fix);
  return json_text_response(fmt::format(R"({{{}"from":"{}","to":"{}","base_time":"{}",)"
                                        R"("count":{},{}"columns":{},"gaps":[{}]}})",
                                        head, base::to_iso(wish.from), base::to_iso(wish.to),
                                        base::to_iso(base), rows.fixes.size(), next_text(rows),
                                        columns.text(), gaps_text(rows.fixes, wish.gap_ms)));
}

Response geojson_response(const Wish& wish, const Rows& rows) {
  std::string features;
  for (const auto track : rows.tracks) {
    std::vector<model::Fix> own;
    for (const auto& fix : rows.fixes) {
      if (fix.track == track) own.push_back(fix);
    }
    append_track_features(features, own, wish.gap_ms);
  }
  return json_text_response(fmt::format(R"({{"type":"FeatureCollection",{}"features":[{}]}})",
                                        next_text(rows), features));
}

/// The whole as one track of the file: what it is of is named by the first.
Response binary_response(const Wish& wish, const Rows& rows, const TrackNames& names) {
  PositionBytes out(wish.from, wish.to);
  if (!rows.tracks.empty()) {
    base::Json described = base::Json::object({{"track", model::to_text(rows.tracks.front())}});
    names.find(rows.tracks.front()).describe(rows.tracks.front(), described);
    out.begin(std::move(described));
  }
  for (const auto& fix : rows.fixes) out.add(fix);
  base::Json rest = base::Json::object({{"cut", rows.next.has_value()}});
  if (rows.next) rest.set("next", base::to_iso(*rows.next));
  return bytes_response(std::move(out).take(rest), std::string(kPositionBytes));
}

Response response_of(const Wish& wish, const Rows& rows, const TrackNames& names,
                     const std::string& head) {
  if (wish.format == "json") return columns_response(wish, rows, head);
  Response out;
  if (wish.format == "geojson") {
    out = geojson_response(wish, rows);
    out.type = std::string(kGeoJson);
  } else if (wish.format == "binary") {
    out = binary_response(wish, rows, names);
    out.headers.emplace_back("Cache-Control", "no-store");
  } else {
    std::string lines;
    for (const auto& fix : rows.fixes) append_line(lines, fix);
    append_end(lines, rows.fixes.size(), rows.next.has_value());
    out = json_text_response(std::move(lines));
    out.type = std::string(kNdjson);
  }
  return out;
}

Answer get_track_positions(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto track = model::parse_track(call.part("track"));
  if (!track) return base::fail(base::Code::kMissing, "no such track: " + call.part("track"));
  const auto wish = read_wish(call);
  if (!wish) return tl::unexpected(wish.error());
  const TrackNames names(call.services.live(), right);
  const auto known = names.find(*track);
  const Rows rows = known.seen
                        ? read_rows(*call.services.archive, {{*track, wish->from, wish->to}}, *wish)
                        : Rows{};
  if (!known.seen || (rows.fixes.empty() && known.entry == nullptr)) {
    return call.problem({404, "missing", "no such track: " + call.part("track")});
  }
  return response_of(*wish, rows, names, fmt::format(R"("track":"{}",)", model::to_text(*track)));
}

/// The dated terminals of the record; of an entry without one its own track.
std::vector<Part> parts_of(const picture::Archive& archive, const picture::LiveEntry& entry,
                           const Wish& wish) {
  if (!entry.vessel) return {{entry.fix.track, wish.from, wish.to}};
  std::vector<model::TrackId> heard{entry.fix.track};
  for (const auto& other : entry.others) heard.push_back(other.track);
  std::vector<Part> out;
  for (const auto& span : entry.vessel->terminals) {
    std::vector<model::TrackId> tracks;
    std::copy_if(heard.begin(), heard.end(), std::back_inserter(tracks),
                 [&](const auto& track) { return track.terminal == span.terminal; });
    // One that it carried earlier is in the archive only.
    if (tracks.empty()) tracks = archive.tracks_of(span.terminal);
    const auto from = std::max(wish.from, span.from);
    const auto to = std::min(wish.to, span.to);
    for (const auto& track : tracks) {
      if (from < to) out.push_back({track, from, to});
    }
  }
  return out;
}

Answer get_vessel_positions(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto wish = read_wish(call);
  if (!wish) return tl::unexpected(wish.error());
  const auto live = call.services.live();
  const TrackNames names(live, right);
  const auto* entry = find_entry(*live, call.part("vessel"));
  if (entry == nullptr || !names.find(entry->fix.track).seen) {
    return call.problem(
        {404, "missing", "no such vessel in the live picture: " + call.part("vessel")});
  }
  const auto& archive = *call.services.archive;
  const auto rows = read_rows(archive, parts_of(archive, *entry, *wish), *wish);
  std::string tracks;
  for (const auto& track : rows.tracks) {
    tracks += fmt::format(R"({}"{}")", tracks.empty() ? "" : ",", model::to_text(track));
  }
  return response_of(*wish, rows, names,
                     fmt::format(R"("handle":{},"tracks":[{}],)", entry->handle, tracks));
}

}  // namespace

void add_tracks(Router& router) {
  router.add({Method::kGet, "/tracks/{track}/positions", get_track_positions});
  router.add({Method::kGet, "/vessels/{vessel}/positions", get_vessel_positions});
}

}  // namespace jinglue::serve
