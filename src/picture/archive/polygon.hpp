// SPDX-License-Identifier: Apache-2.0
// Questions about an area of any shape: its positions, how many they are, and which tracks were
// there, from when to when and for how long. A position is inside by Area::contains(): the boundary
// belongs to the area. A track that crossed without reporting inside is not seen: nothing is
// assumed between two reports.
#pragma once

#include <functional>
#include <optional>

#include "geo/area.hpp"
#include "picture/archive/archive.hpp"

namespace jinglue::picture {

struct AreaQuestion {
  const geo::Area& area;   ///< outlives the question
  base::Instant from, to;  ///< [from, to)
  /// Which tracks count; all when empty. Asked once or a few times per track.
  std::function<bool(model::TrackId)> takes{};
  /// Asked now and then; false ends the question.
  std::function<bool()> go_on{};
};

/// The positions, grouped by track, in order of time. Stops after `limit` rows and returns true
/// (cut), or when `visit` says false.
bool polygon(const Archive& archive, const AreaQuestion& question, std::size_t limit,
             const std::function<bool(const model::Fix&)>& visit);

struct AreaCount {
  std::uint64_t positions{0};
  std::uint64_t tracks{0};
  std::optional<base::Instant> first, last;
  bool whole{true};  ///< false: `go_on` ended it
};
AreaCount count(const Archive& archive, const AreaQuestion& question);

struct AreaVisit {
  model::TrackId track;
  base::Instant first, last;    ///< of the positions inside
  geo::Position entered, left;  ///< the first and the last of them
  std::uint64_t positions{0};   ///< inside
  std::uint64_t stays{0};       ///< how often it came: after a report outside or a long silence
  base::Duration inside{0};     ///< between reports that were both inside, without long silences
};
inline constexpr base::Duration kLongSilence{1'800'000};

/// One visit per track that was inside, by track. False when `go_on` or `visit` ended it.
bool visits(const Archive& archive, const AreaQuestion& question, base::Duration longest_gap,
            const std::function<bool(const AreaVisit&)>& visit);

}  // namespace jinglue::picture
