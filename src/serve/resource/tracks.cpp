// SPDX-License-Identifier: Apache-2.0
// /tracks/{track}/positions: where a track was, from the archive, as columns or GeoJSON, with its
// gaps named: a silence is shown as one, never drawn over.
#include <fmt/format.h>

#include "picture/archive/archive.hpp"
#include "picture/live/live.hpp"
#include "serve/api/call.hpp"
#include "serve/api/rights.hpp"
#include "serve/form/picture_form.hpp"
#include "serve/resource/resources.hpp"

namespace jinglue::serve {
namespace {

constexpr std::int64_t kMaxRows = 100'000;

struct Wish {
  model::TrackId track;
  base::Instant from, to;
  std::size_t limit{0};
  std::int64_t thin_ms{0}, gap_ms{0};
};

base::Result<Wish> read_wish(const Call& call, base::Instant first, base::Instant last) {
  Wish out;
  const auto track = model::parse_track(call.part("track"));
  if (!track) return base::fail(base::Code::kMissing, "no such track: " + call.part("track"));
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
  out.track = *track;
  out.from = from->value_or(first);
  out.to = to->value_or(last);
  if (out.to < out.from) {
    return base::fail(base::Code::kMalformed, "to is before from", "to");
  }
  out.limit = static_cast<std::size_t>(*limit);
  out.thin_ms = static_cast<std::int64_t>(*thin * 1000);
  out.gap_ms = static_cast<std::int64_t>(*gap * 1000);
  return out;
}

/// Rows that are kept, and the time at which the following request begins when cut.
struct Rows {
  std::vector<model::Fix> fixes;
  std::optional<base::Instant> next;
};

Rows read_rows(const picture::Archive& archive, const Wish& wish) {
  Rows out;
  archive.track(wish.track, wish.from, wish.to, [&](const model::Fix& fix) {
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

std::string columns_text(const Wish& wish, const Rows& rows) {
  const base::Instant base = rows.fixes.empty() ? wish.from : rows.fixes.front().time;
  Columns columns(base);
  for (const auto& fix : rows.fixes) columns.add(fix);
  const std::string next =
      rows.next ? fmt::format(R"("next":"{}",)", base::to_iso(*rows.next)) : "";
  return fmt::format(R"({{"track":"{}","from":"{}","to":"{}","base_time":"{}",)"
                     R"("count":{},{}"columns":{},"gaps":[{}]}})",
                     model::to_text(wish.track), base::to_iso(wish.from), base::to_iso(wish.to),
                     base::to_iso(base), rows.fixes.size(), next, columns.text(),
                     gaps_text(rows.fixes, wish.gap_ms));
}

/// One feature: the fixes [begin, end) without a gap between them.
std::string feature_text(const Wish& wish, const std::vector<model::Fix>& fixes, std::size_t begin,
                         std::size_t end) {
  std::string points, times;
  for (std::size_t i = begin; i < end; ++i) {
    points += points.empty() ? "[" : ",[";
    append_degrees(points, fixes[i].position.lon);
    points += ',';
    append_degrees(points, fixes[i].position.lat);
    points += ']';
    times += (times.empty() ? "" : ",") + std::to_string(fixes[i].time.ms);
  }
  const bool single = end - begin == 1;
  return fmt::format(R"({{"type":"Feature","geometry":{{"type":"{}","coordinates":{}}},)"
                     R"("properties":{{"track":"{}","times":[{}]}}}})",
                     single ? "Point" : "LineString", single ? points : "[" + points + "]",
                     model::to_text(wish.track), times);
}

std::string geojson_text(const Wish& wish, const Rows& rows) {
  std::string features;
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= rows.fixes.size(); ++i) {
    const bool cut = i == rows.fixes.size() ||
                     (rows.fixes[i].time - rows.fixes[i - 1].time).count() > wish.gap_ms;
    if (!cut) continue;
    features += (features.empty() ? "" : ",") + feature_text(wish, rows.fixes, begin, i);
    begin = i;
  }
  const std::string next =
      rows.next ? fmt::format(R"("next":"{}",)", base::to_iso(*rows.next)) : "";
  return fmt::format(R"({{"type":"FeatureCollection",{}"features":[{}]}})", next, features);
}

Answer get_positions(Call& call) {
  const RowRight right = vessel_right(call.actor());
  if (!right.status()) return tl::unexpected(right.status().error());
  const auto counts = call.services.archive->counts();
  const auto wish = read_wish(call, counts.first.value_or(call.now), call.now + base::Duration(1));
  if (!wish) return tl::unexpected(wish.error());
  const auto live = call.services.live();
  const auto* entry = live->find(wish->track);
  const bool hidden = entry != nullptr && entry->vessel && !right.sees(entry->vessel->district);
  const Rows rows = hidden ? Rows{} : read_rows(*call.services.archive, *wish);
  if (hidden || (rows.fixes.empty() && entry == nullptr)) {
    return call.problem({404, "missing", "no such track: " + call.part("track")});
  }
  const bool geojson = call.text("format") == "geojson" ||
                       call.request.header("accept").starts_with("application/geo+json");
  if (!geojson) return json_text_response(columns_text(*wish, rows));
  Response out = json_text_response(geojson_text(*wish, rows));
  out.type = "application/geo+json";
  return out;
}

}  // namespace

void add_tracks(Router& router) {
  router.add({Method::kGet, "/tracks/{track}/positions", get_positions});
}

}  // namespace jinglue::serve
