// SPDX-License-Identifier: Apache-2.0
// ChunkTable: the tables of the archive in tracks.db (docs/format/archive.md). A track has closed
// chunks and up to two open ones, which the next commit continues: one for rows in order, one for
// late rows, so that these do not stretch the time span of the others.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "geo/point.hpp"
#include "model/fix.hpp"
#include "picture/archive/waiting.hpp"
#include "store/database.hpp"

namespace jinglue::picture::detail {

/// No chunk spans more than this; queries by time rely on it.
inline constexpr base::Duration kLongestSpan{24 * 3'600'000};
/// A row older than the newest of its track by more than this is late.
inline constexpr base::Duration kLateAfter{600'000};

struct ArchiveState {
  std::uint64_t applied_offset{0};
  std::uint64_t positions{0};
  std::optional<base::Instant> first, last;
};

/// A chunk that may hold what is asked for.
struct Candidate {
  std::int64_t id{0};
  model::TrackId track;
  base::Instant first, last;
  std::uint64_t first_offset{0};
};

class ChunkTable {
 public:
  static void migrate(store::Database& database);

  static ArchiveState state(store::Db& db);
  static std::uint64_t applied_offset(store::Db& db);
  static std::vector<model::TrackId> tracks(store::Db& db);
  /// Adds the rows and sets the applied offset; inside a transaction.
  void write(store::Db& db, const Waiting& waiting) const;

  /// Chunks that meet [from, to), by track and first time; of one track when `track` is given, and
  /// that meet the box when `box` is given.
  static std::vector<Candidate> candidates(store::Db& db, base::Instant from, base::Instant to,
                                           const std::optional<model::TrackId>& track,
                                           const geo::Box* box = nullptr);
  /// The rows in order of time; empty, logged and counted when damaged.
  std::vector<model::Fix> read(store::Db& db, const Candidate& chunk) const;
  std::uint64_t damaged() const { return m_damaged; }

 private:
  struct TrackRow;
  void write_track(store::Db& db, model::TrackId id, std::span<const model::Fix> rows) const;
  /// Adds rows to an open chunk (0 = none yet), closes what is full; the id of the open one, 0 =
  /// none.
  std::int64_t extend(store::Db& db, std::int64_t track, std::int64_t open,
                      std::vector<model::Fix> rows) const;

  mutable std::atomic<std::uint64_t> m_damaged{0};
};

}  // namespace jinglue::picture::detail
