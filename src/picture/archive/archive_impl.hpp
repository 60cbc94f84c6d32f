// SPDX-License-Identifier: Apache-2.0
// Archive::Impl: the open rows in memory and the one commit in flight. A row is appended to memory,
// then committed to the file as a waiting row, and leaves memory when a commit puts it into a
// block. Memory and file carry the number of the commit (generation). A reader opens its snapshot
// and copies memory at one moment: at equal generations the rows of the flight are not in the file
// yet, and when the file is one ahead they are. So each answer holds each row exactly once.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "picture/archive/archive.hpp"
#include "picture/archive/block_table.hpp"
#include "picture/archive/cold_tier.hpp"
#include "picture/archive/open_rows.hpp"
#include "picture/archive/reception_store.hpp"
#include "picture/archive/track_rows.hpp"
#include "store/database.hpp"

namespace jinglue::picture {

/// What one commit writes. Its runs have left the open rows; the others stay there too.
struct ArchiveFlight {
  std::vector<detail::Run> full;  ///< become blocks
  std::vector<detail::Run> idle;  ///< become runs of a pool
  /// Rows that the file does not hold yet. They are read from memory, some tracks at a time: they
  /// stay where they are until the commit has ended.
  std::vector<detail::Part> waiting;
  bool anew{false};  ///< `waiting` is all open rows, and replaces what waits in the file
  std::size_t waiting_count{0};
  std::size_t fresh{0};        ///< rows that were in memory only
  detail::ArchiveState state;  ///< after the commit
};

struct Archive::Impl {
  using SteadyClock = std::chrono::steady_clock;

  explicit Impl(const Options& options);

  void load();  ///< the open rows from the file; rows that a block holds are left out
  /// Calls one or both, which must be quick, with what memory holds as of the snapshot that `db`
  /// has or now begins. `receptions`: of rows that are read from the file instead.
  void take_memory(store::Db& db, store::Db* receptions,
                   const std::function<void(const detail::OpenRows&)>& open_rows,
                   const std::function<void(const std::vector<model::Fix>&)>& other_rows) const;
  /// `visit` must be quick.
  void visit_memory(store::Db& db, store::Db* receptions, const detail::Wanted& wanted,
                    const std::function<void(const model::Fix&)>& visit) const;
  /// Of all tracks.
  detail::OpenCopy copy_memory(store::Db& db, const detail::Wanted& wanted) const;
  std::vector<model::Fix> rows_in_memory(store::Db& db, store::Db* receptions,
                                         const detail::Wanted& wanted) const;

  /// False when the sink stopped.
  bool visit_track(model::TrackId track, base::Instant from, base::Instant to,
                   store::Columns columns, detail::RowSink& sink) const;

  /// The blocks of the file in and around the box, by track. False when the visitor stopped.
  bool scan_blocks(store::Db& db, const detail::Wanted& wanted, store::Columns columns,
                   const std::function<bool(const Piece&)>& visit) const;

  /// Both files. `work` reads the first one first: what that holds has its reception in the other.
  template <class F>
  void read_both(F&& work) const {
    database->read([&](store::Db& db) {
      receptions.read([&](store::Db& db_receptions) { work(db, db_receptions); });
    });
  }

  // With `mutex` held:
  bool due(bool now_durable) const;
  void start_commit();  ///< nothing is in flight, or what failed is tried again
  std::shared_ptr<const ArchiveFlight> make_flight();

  void commit_ended(const std::exception_ptr& failure);  ///< in the database's writer thread
  void write_flight(store::Db& db, const ArchiveFlight& flight);
  void write_waiting(store::Db& db, const ArchiveFlight& flight, detail::Receptions& said);
  void put_receptions(detail::Receptions said);
  /// A pass, in the background, and after it shrink_file().
  void make_cold(const std::shared_ptr<detail::ColdPass>& pass);
  void retain(const std::shared_ptr<detail::RetentionPass>& pass);
  void shrink_file();

  std::filesystem::path file;
  Retention retention;
  mutable std::atomic<std::uint64_t> damaged{0};

  mutable std::mutex mutex;
  mutable std::condition_variable changed;  ///< a commit ended
  detail::OpenRows open;
  std::shared_ptr<const ArchiveFlight> flight;  // shared with readers and the commit; null = none
  bool running{false};        ///< the flight is with the database (else it failed)
  bool wanted{false};         ///< the next commit starts as soon as this one ends
  std::uint64_t advanced{0};  ///< what advance() said last
  std::uint64_t last_appended{0};
  std::size_t fresh{0};  ///< rows that no commit has taken yet
  std::size_t waiting_in_file{0};
  detail::ArchiveState totals;  ///< of everything appended; offset and generation are committed
  SteadyClock::time_point last_start{SteadyClock::now()};
  std::string problem;
  base::Instant cold_until{base::kDistantPast};  ///< newest row when the last cold pass began
  // Of the database's writer thread:
  bool more_cold{false}, more_old{false}, more_free{false};
  std::vector<std::int64_t> gone_receptions;  ///< removed by the last commit that removed some
  std::int64_t oldest_waiting{INT64_MIN};
  std::atomic<bool> stopping{false};

  detail::ReceptionStore receptions;
  std::unique_ptr<store::Database> database;  // last: its thread uses all of the above
};

}  // namespace jinglue::picture
