// SPDX-License-Identifier: Apache-2.0
// The cold tier: blocks whose time is past become runs of pools, track by track in order of time.
// Late rows thereby come to their place. Smaller, and slower to read.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/instant.hpp"
#include "picture/archive/open_rows.hpp"
#include "picture/archive/reception_store.hpp"
#include "store/database.hpp"

namespace jinglue::picture::detail {

inline constexpr base::Duration kColdAfter{std::int64_t{7} * 24 * 3'600'000};

/// Rows of one track in any order, cut into runs in order of time.
void append_runs(std::vector<model::Fix> rows, std::vector<Run>& out);

/// One pass over all tracks, some of them at a time.
class ColdPass {
 public:
  /// Blocks whose rows are all before t.
  ColdPass(base::Instant t, std::atomic<std::uint64_t>& damaged) : m_t(t), m_damaged(damaged) {}

  /// Inside a transaction; a quarter of a second's work. `db_receptions`: to take them along.
  /// Whether there is more.
  bool step(store::Db& db, store::Db& db_receptions, Receptions& receptions);

 private:
  base::Instant m_t;
  std::atomic<std::uint64_t>& m_damaged;
  std::int64_t m_track_number{0};
};

}  // namespace jinglue::picture::detail
