// SPDX-License-Identifier: Apache-2.0
#include "picture/exchange/export.hpp"

#include <algorithm>
#include <utility>

namespace jinglue::picture::exchange {
namespace {

std::vector<TrackSpan> wanted_spans(const ExportWish& wish) {
  auto spans = *wish.tracks;
  for (auto& span : spans) {
    span.from = std::max(span.from, wish.from);
    span.to = std::min(span.to, wish.to);
  }
  return joined(std::move(spans));
}

}  // namespace

Exported export_rows(const Archive& archive, const ExportWish& wish, Writer& writer,
                     const GoOn& go_on) {
  Exported out;
  std::optional<model::TrackId> track;
  bool taken = true;
  const auto visit = [&](const model::Fix& fix) {
    if (wish.takes && track != fix.track) {
      track = fix.track;
      taken = wish.takes(fix.track);
    }
    if (!taken) {
      out.stopped = !go_on(out.rows);
      return !out.stopped;
    }
    if (wish.box && !wish.box->contains(fix.position.degrees())) return true;
    out.cut = out.rows == wish.limit;
    if (out.cut) return false;
    out.stopped = !go_on(out.rows);
    if (out.stopped) return false;
    writer.add(fix);
    ++out.rows;
    return true;
  };
  if (!wish.tracks) {
    archive.box(wish.box.value_or(geo::Box{-180, -90, 180, 90}), wish.from, wish.to, SIZE_MAX,
                visit);
  } else {
    for (const auto& span : wanted_spans(wish)) {
      archive.track(span.track, span.from, span.to, visit);
      if (out.cut || out.stopped) break;
    }
  }
  if (!out.stopped) writer.finish();
  return out;
}

}  // namespace jinglue::picture::exchange
