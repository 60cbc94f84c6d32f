// SPDX-License-Identifier: Apache-2.0
#include "serve/form/track_geojson.hpp"

#include <fmt/format.h>

#include "serve/form/picture_form.hpp"

namespace jinglue::serve {
namespace {

/// The fixes have no long silence between them.
std::string feature_text(std::span<const model::Fix> fixes) {
  std::string points, times;
  for (const auto& fix : fixes) {
    points += points.empty() ? "[" : ",[";
    append_degrees(points, fix.position.lon);
    points += ',';
    append_degrees(points, fix.position.lat);
    points += ']';
    times += (times.empty() ? "" : ",") + std::to_string(fix.time.ms);
  }
  const bool single = fixes.size() == 1;
  return fmt::format(R"({{"type":"Feature","geometry":{{"type":"{}","coordinates":{}}},)"
                     R"("properties":{{"track":"{}","times":[{}]}}}})",
                     single ? "Point" : "LineString", single ? points : "[" + points + "]",
                     model::to_text(fixes.front().track), times);
}

}  // namespace

void append_track_features(std::string& out, std::span<const model::Fix> fixes,
                           std::int64_t gap_ms) {
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= fixes.size(); ++i) {
    const bool cut = i == fixes.size() || (fixes[i].time - fixes[i - 1].time).count() > gap_ms;
    if (!cut) continue;
    out += (out.empty() ? "" : ",") + feature_text(fixes.subspan(begin, i - begin));
    begin = i;
  }
}

}  // namespace jinglue::serve
