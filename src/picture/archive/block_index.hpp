// SPDX-License-Identifier: Apache-2.0
// What the sources of BlockTable share: numbers of tracks, the two indexes (archive_by_track and
// the R*Tree archive_area) and the ids that blocks and runs have in them (docs/format/archive.md).
// Times in ms since 1970 UTC, places in 1/6,000,000 degree.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/instant.hpp"
#include "model/fix.hpp"
#include "picture/archive/block_table.hpp"
#include "picture/archive/open_rows.hpp"
#include "store/database.hpp"

namespace jinglue::picture::detail {

inline constexpr std::int64_t kHour_ms = 3'600'000;
inline constexpr std::int64_t kMostRuns = 256;  ///< of a pool; a factor of ids

/// SQLite has no unsigned integers.
inline std::int64_t as_integer(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}
inline std::int64_t run_id(std::int64_t pool, std::size_t run) {
  return -(pool * kMostRuns + std::int64_t(run));
}

/// The class of last_ms - first_ms: a question by track reads a range of the index for each.
std::int64_t span_class(base::Duration span);
/// Minutes of the R*Tree; instants far from our time meet at its ends.
std::int64_t minute_of(base::Instant t);

/// The track's number, 0 when the file does not know it.
std::int64_t track_number(store::Db& db, model::TrackId track);
/// The track's number, which it now has; `closed` moves its end forward.
std::int64_t put_track(store::Db& db, model::TrackId track, std::optional<base::Instant> closed,
                       std::uint64_t generation);
/// One entry of the indexes: a block, or runs of one track that follow one another in a pool.
void put_index(store::Db& db, std::span<const Run> runs, std::int64_t id, std::uint64_t generation);
/// Takes an entry away.
void remove_index(store::Db& db, std::int64_t track_number, const Candidate& entry);

/// Columns 0 to 5: id, terminal, segment, first, length, runs. One candidate for each run.
void take_candidates(store::Stmt& query, std::vector<Candidate>& out);

}  // namespace jinglue::picture::detail
