// SPDX-License-Identifier: Apache-2.0
// BlockTable: the tables of the archive in tracks.db (docs/format/archive.md): blocks, pools, their
// indexes, and the rows that wait for a block. Arrival and journal offset are not among them
// (reception_store.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "geo/point.hpp"
#include "model/fix.hpp"
#include "picture/archive/open_rows.hpp"
#include "picture/archive/reception_store.hpp"
#include "store/database.hpp"

namespace jinglue::picture::detail {

struct ArchiveState {
  std::uint64_t applied_offset{0};
  std::uint64_t positions{0};
  std::optional<base::Instant> first, last;
  std::uint64_t generation{0};  ///< number of the commit; see archive_impl.hpp
};

/// A block, or a run of a pool, that may hold what is asked for.
struct Candidate {
  std::int64_t id{0};  ///< above 0: of the block; below 0: names pool and run
  model::TrackId track;
  base::Instant first, last;  ///< of its rows, or wider

  bool alone() const { return id > 0; }
  std::int64_t pool() const;
  std::size_t run() const;
};

/// Whether nothing on earth lies outside.
bool is_global(const geo::Box* box);

struct KnownTrack {
  model::TrackId track;
  base::Instant closed;
  std::uint64_t waits_from{0};  ///< rows that waited before this commit are in blocks, or wait anew
};

/// Blocks of their own that are past, of one track.
struct PastBlocks {
  std::int64_t track_number{0};
  std::vector<Candidate> blocks;  ///< by first time
};

/// How new blocks are stored.
enum class Stored { kAlone, kPooled, kPooledSmall };

/// Writes the rows that wait of one commit, many at a time. Inside a transaction.
class WaitingWriter {
 public:
  /// `anew`: removes what waited before.
  WaitingWriter(store::Db& db, bool anew, std::uint64_t generation, Receptions& receptions);
  /// By track and time; a track in one call.
  void add(std::span<const model::Fix> rows);
  void end();

 private:
  std::size_t put(std::span<const model::Fix> rows);  ///< how many of them
  store::Db& m_db;
  Receptions& m_receptions;
  std::int64_t m_id;
  std::vector<model::Fix> m_rows;
};

class BlockTable {
 public:
  static std::span<const store::Migration> migrations();
  static void migrate(store::Database& database);

  /// DbError (kCorrupt) when the row and its seal do not agree; so do all that change it.
  static ArchiveState state(store::Db& db);
  /// What the seal says when the row does not agree with it, and the row when the seal is damaged.
  static ArchiveState state_for_repair(store::Db& db);
  static void set_state(store::Db& db, const ArchiveState& state);
  static bool days_counted(store::Db& db);
  static void set_days_counted(store::Db& db, bool counted);
  static std::vector<KnownTrack> tracks(store::Db& db);
  static std::vector<model::TrackId> tracks_of(store::Db& db, model::TerminalId terminal);

  /// Inside a transaction. The tracks' rows that waited before `generation` are void from now on.
  /// What arrived when goes to `receptions`.
  static void add_blocks(store::Db& db, std::span<const Run> runs, Stored stored,
                         std::uint64_t generation, Receptions& receptions);
  static void remove_block(store::Db& db, std::int64_t track_number, const Candidate& block,
                           Receptions& receptions);
  /// `rows`: any; they are sorted.
  static void add_waiting(store::Db& db, std::vector<model::Fix> rows, std::uint64_t generation,
                          Receptions& receptions);
  /// For retention. Pools with index entries whose rows are all before `keep_from`, or all in
  /// [thinned_until, thin_from), by number.
  static std::vector<std::int64_t> pools_before(store::Db& db, base::Instant keep_from,
                                                base::Instant thinned_until,
                                                base::Instant thin_from);
  static std::vector<Candidate> runs_of(store::Db& db, std::int64_t pool);
  static void remove_pool(store::Db& db, std::int64_t pool);
  static void take_away(store::Db& db, std::uint64_t positions);
  static base::Instant thinned_until(store::Db& db);
  /// A pass has ended.
  static void set_retained(store::Db& db, base::Instant keep_from, base::Instant thin_from);

  /// For a repair: a block, a pool, waiting rows of another file under their old numbers, with
  /// indexes made anew from their rows. restore_track() comes last.
  static void restore_block(store::Db& db, std::int64_t id, const std::string& bytes,
                            const Run& run);
  static void restore_pool(store::Db& db, std::int64_t pool, const std::string& bytes,
                           std::span<const Run> runs);
  static void restore_waiting(store::Db& db, std::int64_t id, std::size_t rows,
                              const std::string& bytes);
  static void restore_track(store::Db& db, const KnownTrack& track);
  /// Empty when there is no such pool.
  static std::string pool_bytes(store::Db& db, std::int64_t pool);
  /// Rows in all waiting pools that can be read, also void ones.
  static std::size_t waiting_count(store::Db& db);
  /// The commit that wrote a waiting pool.
  static std::uint64_t generation_of(std::int64_t waiting_id);

  /// Blocks that meet [from, to), by track and first time; of one track when `track` is given, and
  /// that meet the box when `box` is given.
  static std::vector<Candidate> candidates(store::Db& db, const Wanted& wanted);
  /// Of the first track above `track_number` that has at least `least` blocks of their own before
  /// t, or one before `oldest`; track number 0 when there is none. At most `limit` blocks.
  static PastBlocks past_blocks(store::Db& db, std::int64_t track_number, base::Instant t,
                                base::Instant oldest, std::int64_t least, std::int64_t limit);
};

}  // namespace jinglue::picture::detail
