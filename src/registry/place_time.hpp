// SPDX-License-Identifier: Apache-2.0
// Where and when a record is, for clients that ask by a box on the map and a span of time (OGC API
// - Features). Only fields that the person sees in full count. Degrees WGS 84; instants UTC, days
// in the zone of the register.
#pragma once

#include <optional>
#include <string>

#include "access/access.hpp"
#include "base/instant.hpp"
#include "geo/point.hpp"
#include "registry/definition.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry {

/// The first geometry of the register; null when it has none or the person does not see it.
const Field* place_of(const Definition& definition, const access::Actor& actor);

/// What says when a record is: the first two fields of which one is declared to be after the other,
/// else the first date, instant or period. A record without `to` lasts.
struct TimeFields {
  const Field* from{nullptr};  ///< null: the records have no time
  const Field* to{nullptr};
};
TimeFields time_of(const Definition& definition, const access::Actor& actor);

struct TimeSpan {
  std::optional<base::Instant> from, to;  ///< both in it; absent = open
};
/// Only records whose geometry meets the box, its edges included. Narrows further what `query`
/// asks.
void ask_box(const Field& place, const geo::Box& box, Query& query);
/// The same across the meridian of 180 degrees when west is greater than east.
void ask_box_any(const Field& place, const geo::Box& box, Query& query);
/// Only records that are within the span at some time. Does nothing without fields of time.
void ask_time(const Definition& definition, const TimeFields& fields, const TimeSpan& span,
              Query& query);

/// The box around all that the person sees; absent when that is nothing.
std::optional<geo::Box> extent_for(const Registry& registry, const access::Actor& actor,
                                   const std::string& register_id);

}  // namespace jinglue::registry
