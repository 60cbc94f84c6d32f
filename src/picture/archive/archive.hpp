// SPDX-License-Identifier: Apache-2.0
// Archive: every position ever received, behind a few query verbs: track, received, box, last, all,
// scan; raster.hpp, near.hpp and line_crossings.hpp ask more with them. Blocks of 256 rows per
// track in tracks.db (docs/design/0002-block-archive.md); when rows arrived and under which journal
// offset is beside it in receptions.db, for as long as the journal is kept. The pipeline thread
// appends; a writer thread commits together with the journal offset that is covered, so that a
// restart continues exactly; what is not committed yet is answered from memory. Readers: any
// thread; each answer is of one moment, every row in it once. A damaged block is logged, counted
// and left out. Destruction drops what was not committed: the journal gives it again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "geo/point.hpp"
#include "model/fix.hpp"
#include "picture/archive/retention.hpp"
#include "store/block/block_columns.hpp"

namespace jinglue::picture {

class ArchiveView;
struct Piece;
struct Raster;

struct ArchiveCounts {
  std::uint64_t positions{0};
  std::uint64_t tracks{0};
  std::uint64_t bytes{0};
  std::optional<base::Instant> first, last;
  std::uint64_t applied_offset{0};  ///< committed
  std::uint64_t waiting{0};         ///< positions in memory, not committed yet
  std::uint64_t damaged{0};         ///< blocks that could not be read since the start
  std::string problem;              ///< why the last commit failed; empty when it did not
};

class Archive {
 public:
  struct Options {
    std::filesystem::path file;  ///< receptions.db stands beside it
    std::string vfs{};
    Retention retention{};  ///< for the one program that writes the file
  };
  explicit Archive(const Options& options);
  ~Archive();

  /// An offset may bring many rows. Rows of an offset that advance() has covered, before a restart
  /// too, are skipped: a replay after a crash; so are rows of an offset below the last one. While
  /// 2,000,000 rows wait this call waits for the commit; when commits fail until then, it throws
  /// WorldError.
  void append(const model::Fix& fix) { append(fix, fix.offset); }
  /// A row of which it is not known when it arrived (fix.offset is 0, fix.arrival the event time),
  /// brought by the journal entry `offset`.
  void append(const model::Fix& fix, std::uint64_t offset);
  /// Every row up to `offset` has been appended. Starts a commit in the background when enough
  /// rows wait, or have waited for 20 s; at once when `now_durable`, but never while rows beyond
  /// `offset` are there: a commit holds whole offsets. Returns without waiting. What failed stays
  /// in memory and is tried again.
  void advance(std::uint64_t offset, bool now_durable = false);
  std::uint64_t applied_offset() const;
  /// Waits until applied_offset() >= `offset`; false when `patience` ended or the commit failed.
  bool wait_applied(std::uint64_t offset, base::Duration patience) const;

  /// What arrived below this offset is no longer in the journal: its receptions go, in the
  /// background.
  void forget_receptions(std::uint64_t offset);

  /// track, box and last tell what a vessel said: the arrival of their fixes is the event time and
  /// the offset 0. received and all tell also when it arrived and under which journal offset; of
  /// rows that are older than the journal this is not known, arrival and offset are as above.

  /// In event-time order, equal times in order of arrival; false from `visit` stops. [from, to).
  void track(model::TrackId track, base::Instant from, base::Instant to,
             const std::function<bool(const model::Fix&)>& visit) const;
  /// The same rows as columns, some hundred at a time.
  void track_columns(model::TrackId track, base::Instant from, base::Instant to,
                     const std::function<bool(const Piece&)>& visit,
                     store::Columns columns = store::Columns::kAll) const;
  void received(model::TrackId track, base::Instant from, base::Instant to,
                const std::function<bool(const model::Fix&)>& visit) const;
  /// Fixes inside the box, grouped by track. Stops after `limit` rows and returns true (cut).
  bool box(const geo::Box& box, base::Instant from, base::Instant to, std::size_t limit,
           const std::function<bool(const model::Fix&)>& visit) const;
  /// The last fix of each track at or before t, not older than `max_age` (for scrubbing).
  void last(base::Instant t, base::Duration max_age,
            const std::function<void(const model::Fix&)>& visit) const;
  /// The tracks that were ever made of a terminal's positions: more than one when two vessels use
  /// one number (model::TrackId). By segment.
  std::vector<model::TrackId> tracks_of(model::TerminalId terminal) const;
  /// All fixes in [from, to) in arrival (offset) order, those of one offset in order of event time;
  /// before them in order of event time those of which the arrival is not known; for back-test.
  /// Holds some blocks of each track in memory.
  void all(base::Instant from, base::Instant to,
           const std::function<bool(const model::Fix&)>& visit) const;
  /// Every row of [from, to) in and around the box once, as columns: the pieces of a track one
  /// after another, in order of their first time; they may overlap. False from `visit` stops.
  void scan(const geo::Box& box, base::Instant from, base::Instant to,
            const std::function<bool(const Piece&)>& visit,
            store::Columns columns = store::Columns::kAll) const;
  /// The same rows at the choice of `use`; archive_view.hpp. The view ends with the call.
  void view(const geo::Box& box, base::Instant from, base::Instant to,
            const std::function<void(ArchiveView&)>& use) const;
  /// Adds the rows of [from, to) to the cells of a raster; raster.hpp. Whole days come from the
  /// kept counts where the cells fit them, as many as all their rows would give.
  void count(Raster& raster, base::Instant from, base::Instant to,
             const std::function<bool()>& go_on) const;
  ArchiveCounts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::picture
