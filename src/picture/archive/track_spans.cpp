// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/track_spans.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "picture/archive/piece.hpp"

namespace jinglue::picture {
namespace {

/// The cell of a place along one axis, at least the number of cells when it lies outside.
std::size_t cell_of(std::int32_t at, std::int32_t corner, std::int32_t cell) {
  const auto off = std::int64_t{at} - corner;
  return off < 0 ? SIZE_MAX : static_cast<std::size_t>(off / cell);
}

void add(Raster& out, const Piece& piece) {
  for (std::size_t i = piece.begin; i < piece.end; ++i) {
    const auto place = piece.columns.position_at(i);
    const auto x = cell_of(place.lon, out.corner.lon, out.cell);
    const auto y = cell_of(place.lat, out.corner.lat, out.cell);
    if (x >= out.width || y >= out.height) continue;
    ++out.counts[y * out.width + x];
    ++out.positions;
  }
}

}  // namespace

std::vector<TrackSpan> spans_of(const Archive& archive, const model::VesselFacts& vessel,
                                base::Instant from, base::Instant to) {
  std::vector<TrackSpan> out;
  for (const auto& carried : vessel.terminals) {
    const auto begin = std::max(from, carried.from);
    const auto end = std::min(to, carried.to);
    if (begin >= end) continue;
    for (const auto track : archive.tracks_of(carried.terminal)) out.push_back({track, begin, end});
  }
  return out;
}

std::vector<TrackSpan> joined(std::vector<TrackSpan> spans) {
  std::erase_if(spans, [](const TrackSpan& span) { return span.from >= span.to; });
  std::sort(spans.begin(), spans.end(), [](const TrackSpan& a, const TrackSpan& b) {
    return std::tie(a.track, a.from) < std::tie(b.track, b.from);
  });
  std::vector<TrackSpan> out;
  for (const auto& span : spans) {
    if (!out.empty() && out.back().track == span.track && span.from <= out.back().to) {
      out.back().to = std::max(out.back().to, span.to);
    } else {
      out.push_back(span);
    }
  }
  return out;
}

base::Result<Raster> raster_of(const Archive& archive, const geo::Box& box,
                               std::vector<TrackSpan> spans, double cell_deg,
                               const std::function<bool()>& go_on) {
  // Its grid alone: of no time at all.
  auto out = raster(archive, box, base::kDistantPast, base::kDistantPast, cell_deg);
  if (!out) return out;
  std::size_t pieces = 0;
  for (const auto& span : joined(std::move(spans))) {
    archive.track_columns(
        span.track, span.from, span.to,
        [&](const Piece& piece) {
          add(*out, piece);
          if (++pieces % 64 == 0 && go_on) out->whole = go_on();
          return out->whole;
        },
        store::Columns::kWay);
    if (out->whole && go_on) out->whole = go_on();
    if (!out->whole) break;
  }
  return out;
}

}  // namespace jinglue::picture
