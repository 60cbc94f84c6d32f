// SPDX-License-Identifier: Apache-2.0
// What questions to the archive have in common: an area, a stretch of time, kinds of vessels, the
// form of the answer, and when to give up.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>

#include "geo/area.hpp"
#include "model/vessel.hpp"
#include "picture/archive/polygon.hpp"
#include "serve/api/call.hpp"
#include "serve/form/track_names.hpp"

namespace jinglue::serve {

inline constexpr std::string_view kNdjson = "application/x-ndjson";
inline constexpr std::string_view kGeoJson = "application/geo+json";
inline constexpr std::string_view kPositionBytes = "application/vnd.jinglue.positions";
inline constexpr std::string_view kRasterBytes = "application/vnd.jinglue.raster";

struct Span {
  base::Instant from, to;
};
/// "from" and "to", both required; at most so many days.
base::Result<Span> read_span(const Call& call, int longest_days);

/// The member "area" of the body (GeoJSON), or "polygon" (lon,lat,lon,lat,... closed or not), or
/// "bbox". At most 10,000 vertices. The error names the parameter.
base::Result<geo::Area> read_area(const Call& call);
/// "kind": keys with commas between; empty = every kind.
base::Result<std::set<model::VesselKind>> read_kinds(const Call& call);

/// "format", else by Accept, else the first of the list: "json", "geojson", "ndjson", "csv",
/// "binary". kMalformed for one that is not in the list.
base::Result<std::string> read_format(const Call& call,
                                      std::initializer_list<std::string_view> known);

/// When a question ends unanswered: after its time, or when the client has gone.
class Patience {
 public:
  /// A minute.
  explicit Patience(const Call& call);
  /// For what outlives the request.
  Patience(std::function<bool()> gone, std::chrono::seconds time);
  /// False when it is over.
  bool operator()() const;
  /// For the archive's verbs. The Patience must outlive it.
  std::function<bool()> go_on() const;
  /// kTooLarge when it is over.
  base::Status status() const;

 private:
  std::function<bool()> m_gone;
  std::chrono::steady_clock::time_point m_end;
  mutable bool m_over{false};
};

/// A question about an area as a request asks it: "from", "to", "kind" and the area of read_area().
struct AskedArea {
  geo::Area area;
  Span span;
  std::set<model::VesselKind> kinds;
  TrackNames names;

  /// Neither this nor the patience may end before it.
  picture::AreaQuestion question(const Patience& patience) const;
};
/// Refuses who may not see the situation.
base::Result<AskedArea> read_asked_area(const Call& call, int longest_days);

}  // namespace jinglue::serve
