// SPDX-License-Identifier: Apache-2.0
// TrackNames: what is known now of the tracks of the archive: the entry of the live picture that
// draws each, and whether a person may see it. For one request.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "base/json.hpp"
#include "model/vessel.hpp"
#include "picture/live/live.hpp"
#include "serve/api/rights.hpp"

namespace jinglue::serve {

/// `entry` is null for a track that has left the picture: it is seen, under its number.
struct KnownTrack {
  const picture::LiveEntry* entry{nullptr};
  bool seen{true};

  std::string name(model::TrackId track) const;
  model::VesselKind kind() const;
  /// Adds "name", "kind" (key), and, where known, "handle" and "vessel_id".
  void describe(model::TrackId track, base::Json& out) const;
};

class TrackNames {
 public:
  using Snapshot = std::shared_ptr<const picture::LiveSnapshot>;  // shared with the live picture

  TrackNames(Snapshot live, RowRight right) : m_live(std::move(live)), m_right(std::move(right)) {}
  KnownTrack find(model::TrackId track) const;
  /// Whether the person sees it and it is of one of the kinds; every kind when empty.
  bool takes(model::TrackId track, const std::set<model::VesselKind>& kinds) const;
  const picture::LiveSnapshot& live() const { return *m_live; }

 private:
  Snapshot m_live;
  RowRight m_right;
};

}  // namespace jinglue::serve
