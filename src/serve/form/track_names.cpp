// SPDX-License-Identifier: Apache-2.0
#include "serve/form/track_names.hpp"

namespace jinglue::serve {

std::string KnownTrack::name(model::TrackId track) const {
  if (entry != nullptr) return entry->name();
  const auto text = model::to_text(track.terminal);
  return text.substr(text.find(':') + 1);
}

model::VesselKind KnownTrack::kind() const {
  return entry != nullptr ? entry->kind : model::VesselKind::kUnknown;
}

void KnownTrack::describe(model::TrackId track, base::Json& out) const {
  out.set("name", name(track));
  out.set("kind", model::to_key(kind()));
  if (entry == nullptr) return;
  out.set("handle", entry->handle);
  if (entry->vessel) out.set("vessel_id", entry->vessel->id);
}

KnownTrack TrackNames::find(model::TrackId track) const {
  const auto* entry = m_live->find(track);
  const bool seen = entry == nullptr || !entry->vessel || m_right.sees(entry->vessel->district);
  return {entry, seen};
}

bool TrackNames::takes(model::TrackId track, const std::set<model::VesselKind>& kinds) const {
  const auto known = find(track);
  return known.seen && (kinds.empty() || kinds.contains(known.kind()));
}

}  // namespace jinglue::serve
