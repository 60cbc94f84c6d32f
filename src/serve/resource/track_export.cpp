// SPDX-License-Identifier: Apache-2.0
// /tracks/export: positions of a stretch of time as a file of another program, whole or not at all.
// Vessels of another district are left out; every export is in the audit log.
#include "base/ids.hpp"
#include "picture/exchange/export.hpp"
#include "picture/identity/register_vessels.hpp"
#include "registry/registry.hpp"
#include "serve/form/question.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

using picture::exchange::ExportWish;
using picture::exchange::Format;

constexpr int kLongestDays = 366;
constexpr std::uint64_t kMostRows = 200'000;
constexpr std::size_t kMostTracks = 1'000;
/// Of the file: so many positions take 60 MB in the widest formats.
constexpr std::size_t kMostBytes = 96u << 20;

base::Result<Format> read_file_format(const Call& call) {
  const auto name = call.text("format");
  if (const auto format = picture::exchange::format_from(name.empty() ? "csv" : name)) {
    return *format;
  }
  return base::fail(base::Code::kMalformed, "there is no such format", "format",
                    "csv, geojson, geojsonseq, ndjson, gpx, kml, parquet, mfjson");
}

/// The tracks of the terminals of a record while the vessel carried them.
base::Status add_vessel(const Call& call, const Span& span,
                        std::vector<picture::exchange::TrackSpan>& spans) {
  const auto id = call.text("vessel");
  if (id.empty()) return {};
  const auto missing = base::fail(base::Code::kMissing, "no such vessel: " + id, "vessel");
  if (!base::is_uuid(id)) return missing;
  const auto record = call.services.registry->find("vessel", id);
  if (!record || !call.services.registry->may_see(*record, call.actor())) return missing;
  const auto facts = picture::facts_of(*record);
  if (!facts) return tl::unexpected(facts.error());
  const auto carried = picture::spans_of(*call.services.archive, *facts, span.from, span.to);
  spans.insert(spans.end(), carried.begin(), carried.end());
  return {};
}

base::Result<ExportWish> read_export(const Call& call) {
  const auto span = read_span(call, kLongestDays);
  if (!span) return tl::unexpected(span.error());
  const auto box = call.bbox();
  if (!box) return tl::unexpected(box.error());
  ExportWish out{span->from, span->to, *box, std::nullopt, kMostRows};
  const auto names = call.list("track");
  if (names.empty() && call.text("vessel").empty()) return out;
  if (names.size() > kMostTracks) {
    return base::fail(base::Code::kTooMany, "more than 1000 tracks", "track");
  }
  auto& spans = out.tracks.emplace();
  for (const auto& name : names) {
    const auto track = model::parse_track(name);
    if (!track) return base::fail(base::Code::kMalformed, track.error().message, "track");
    spans.push_back({*track, span->from, span->to});
  }
  if (const auto good = add_vessel(call, *span, spans); !good) {
    return tl::unexpected(good.error());
  }
  return out;
}

base::Json said_of(const Call& call, Format format, std::uint64_t rows) {
  base::Json out = base::Json::object({{"format", std::string(to_key(format))},
                                       {"rows", rows},
                                       {"from", call.text("from")},
                                       {"to", call.text("to")}});
  for (const char* name : {"track", "vessel", "bbox"}) {
    if (const auto text = call.text(name); !text.empty()) out.set(name, text.substr(0, 500));
  }
  return out;
}

tl::unexpected<base::Error> too_large() {
  return base::fail(base::Code::kTooLarge, "the file would have more than 200,000 positions", {},
                    "ask for less, or let an administrator run jinglue export");
}

Answer export_tracks(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto format = read_file_format(call);
  if (!format) return tl::unexpected(format.error());
  auto wish = read_export(call);
  if (!wish) return tl::unexpected(wish.error());
  const TrackNames names(call.services.live(), right);
  wish->takes = [&](model::TrackId track) { return names.takes(track, {}); };
  const Patience patience(call);
  std::string bytes;
  const auto writer =
      picture::exchange::make_writer(*format, [&](std::string_view piece) { bytes += piece; });
  const auto done = export_rows(*call.services.archive, *wish, *writer, [&](std::uint64_t) {
    return bytes.size() < kMostBytes && patience();
  });
  if (!patience.status()) return tl::unexpected(patience.status().error());
  if (done.cut || done.stopped) return too_large();
  Response out =
      bytes_response(std::move(bytes), std::string(picture::exchange::media_type(*format)));
  out.headers.emplace_back("Cache-Control", "no-store");
  out.headers.emplace_back("Content-Disposition",
                           "attachment; filename=\"positions" +
                               std::string(picture::exchange::file_ending(*format)) + "\"");
  call.services.access->audit(call.actor(), "tracks.export", "positions",
                              said_of(call, *format, done.rows), call.now);
  return out;
}

}  // namespace

void add_track_export(Router& router) {
  router.add({.method = Method::kGet,
              .pattern = "/tracks/export",
              .handler = export_tracks,
              .question = true});
}

}  // namespace jinglue::serve
