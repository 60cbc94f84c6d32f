// SPDX-License-Identifier: Apache-2.0
#include "picture/live/stated_parts.hpp"

namespace jinglue::picture {
namespace {

bool has_body(const model::StaticReport& r) {
  return r.call_sign || r.ship_type || r.dimensions || r.imo || r.destination || r.draught_dm ||
         r.side_number || r.flag;
}

bool holds_body(const StaticState& s) {
  StaticState without = s;
  without.name.clear();
  return !(without == StaticState{});
}

template <class Kept, class Said>
bool contradicts(const Kept& kept, const Said& said) {
  return said && !(kept == Kept(*said));
}

/// The report says something else than what is held of type, call sign or size: of these a vessel
/// has one. Destination and draught change with the voyage.
bool other_body(const StaticState& s, const model::StaticReport& r) {
  return contradicts(s.call_sign, r.call_sign) || contradicts(s.imo, r.imo) ||
         contradicts(s.ship_type, r.ship_type) || contradicts(s.dimensions, r.dimensions);
}

void take_body(StaticState& state, const model::StaticReport& report) {
  if (report.call_sign) state.call_sign = *report.call_sign;
  if (report.destination) state.destination = *report.destination;
  if (report.imo) state.imo = *report.imo;
  if (report.ship_type) state.ship_type = report.ship_type;
  if (report.dimensions) state.dimensions = report.dimensions;
  if (report.side_number || report.flag) {
    state.mark(report.side_number ? std::string_view(*report.side_number) : state.side_number(),
               report.flag ? std::string_view(*report.flag) : state.flag());
  }
  if (report.draught_dm) state.draught_dm = report.draught_dm;
}

void drop_body(StaticState& state, StatedParts& parts) {
  StaticState name_only;
  name_only.name = std::move(state.name);
  state = std::move(name_only);
  parts.body_at = base::kDistantPast;
}

bool recent(base::Instant then, base::Instant now) {
  return then != base::kDistantPast && now - then <= StatedParts::kPairLimit;
}

void note_name(StaticState& state, StatedParts& parts, const model::StaticReport& report) {
  if (!state.name.empty() && state.name != *report.name) {
    parts.other_at = parts.name_at;
    drop_body(state, parts);  // it was said under the other name
  } else if (state.name.empty() && !recent(parts.body_at, report.time)) {
    drop_body(state, parts);
  }
  state.name = *report.name;
  parts.name_at = report.time;
}

/// Part B. While two names are heard in turn nobody can say whose it is.
void note_body(StaticState& state, StatedParts& parts, const model::StaticReport& report) {
  if (recent(parts.other_at, report.time)) return drop_body(state, parts);
  if (!holds_body(state) || other_body(state, report)) {
    if (!recent(parts.name_at, report.time)) state.name.clear();
    drop_body(state, parts);
  }
  take_body(state, report);
  parts.body_at = report.time;
}

/// Types 5, 19, 21, NAF: all in one message.
void note_whole(StaticState& state, StatedParts& parts, const model::StaticReport& report) {
  if (state.name != *report.name) {
    if (!state.name.empty()) {
      parts.other_at = parts.name_at;
      drop_body(state, parts);
    }
    state.name = *report.name;
  }
  take_body(state, report);
  parts.name_at = parts.body_at = report.time;
}

}  // namespace

bool merge_report(StaticState& state, StatedParts& parts, const model::StaticReport& report) {
  const StaticState before = state;
  const bool body = has_body(report);
  if (report.name && body) {
    note_whole(state, parts, report);
  } else if (report.name) {
    note_name(state, parts, report);
  } else if (body) {
    note_body(state, parts, report);
  }
  return !(state == before);
}

void StatedParts::save(base::ByteWriter& out) const {
  out.put(name_at.ms);
  out.put(body_at.ms);
  out.put(other_at.ms);
}

StatedParts StatedParts::load(base::ByteReader& in) {
  StatedParts out;
  out.name_at.ms = in.get<std::int64_t>();
  out.body_at.ms = in.get<std::int64_t>();
  out.other_at.ms = in.get<std::int64_t>();
  return out;
}

}  // namespace jinglue::picture
