// SPDX-License-Identifier: Apache-2.0
// Archive::Impl: what waits in memory and the one commit in flight. A row is in `pending`, then in
// `flight`, then in the database; it leaves memory only after its commit. A reader copies memory
// first and opens its database snapshot after that, then drops the rows that the snapshot holds
// (offset <= applied): so it sees each row exactly once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "picture/archive/archive.hpp"
#include "picture/archive/chunk_table.hpp"
#include "picture/archive/waiting.hpp"
#include "store/database.hpp"

namespace jinglue::picture {

struct Archive::Impl {
  using SteadyClock = std::chrono::steady_clock;
  using Waiting = detail::Waiting;

  explicit Impl(const Options& options);
  ~Impl();

  /// Rows in memory: of one track, or of all. A copy.
  std::vector<model::Fix> rows_in_memory(const model::TrackId* track) const;
  /// Drops rows that the database snapshot holds.
  static void drop_applied(std::vector<model::Fix>& rows, std::uint64_t applied);

  void start_commit();                            ///< with `mutex` held, nothing in flight
  void commit_ended(std::exception_ptr failure);  ///< in the database's writer thread
  bool due(bool now_durable) const;               ///< with `mutex` held

  std::filesystem::path file;
  detail::ChunkTable table;

  mutable std::mutex mutex;
  mutable std::condition_variable changed;  ///< a commit ended
  Waiting pending;
  std::shared_ptr<const Waiting> flight;  // shared with readers and the commit; null = none
  bool running{false};                    ///< the flight is with the database (else it failed)
  bool wanted{false};                     ///< the next commit starts as soon as this one ends
  std::uint64_t advanced{0};              ///< what advance() said last
  std::uint64_t last_appended{0};
  std::uint64_t applied{0};
  detail::ArchiveState totals;  ///< of everything appended
  std::unordered_set<model::TrackId> tracks;
  SteadyClock::time_point last_start{SteadyClock::now()};
  std::string problem;

  std::unique_ptr<store::Database> database;  // last: its thread uses all of the above
};

}  // namespace jinglue::picture
