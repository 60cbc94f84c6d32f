// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/retention.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "picture/archive/block_reader.hpp"
#include "picture/archive/block_table.hpp"
#include "picture/archive/cold_tier.hpp"
#include "picture/archive/density_table.hpp"
#include "picture/archive/last_table.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;

constexpr std::size_t kPoolsAtOnce = 32;  // 65,536 rows

std::int64_t slot_of(base::Instant t, base::Duration width) {
  const auto ms = width.count();
  return t.ms / ms - (t.ms % ms < 0 ? 1 : 0);
}

}  // namespace

/// What a step takes out of pools, and what it puts back.
struct RetentionPass::Rows {
  std::map<model::TrackId, std::vector<Fix>> left;
  std::set<std::int64_t> days;  ///< of which rows go
  std::vector<std::int64_t> pools;
  std::vector<std::int64_t> runs;
};

RetentionPass::RetentionPass(base::Instant now, const Retention& retention,
                             std::atomic<std::uint64_t>& damaged)
    : m_thin_to(retention.thin_to), m_damaged(damaged) {
  if (retention.keep) m_keep_from = now - *retention.keep;
  if (retention.thin_after) m_thin_from = now - *retention.thin_after;
}

/// Pools with rows that are wholly too old, or that became old enough to be thinned.
void RetentionPass::find_pools(store::Db& db) {
  m_pools = BlockTable::pools_before(db, m_keep_from, BlockTable::thinned_until(db), m_thin_from);
}

std::vector<Fix> RetentionPass::left_of(const std::vector<Fix>& rows) const {
  std::vector<Fix> out;
  std::optional<std::int64_t> last_slot;
  for (const auto& row : rows) {
    if (row.time < m_keep_from) continue;
    const auto slot = slot_of(row.time, m_thin_to);
    if (row.time < m_thin_from && slot == last_slot) continue;
    last_slot = slot;
    out.push_back(row);
  }
  return out;
}

/// False when it stays as it is: nothing of it goes, or it cannot be read.
bool RetentionPass::take_pool(store::Db& db, store::Db& db_receptions, std::int64_t pool,
                              Rows& out) {
  BlockReader reader(db, m_damaged, &db_receptions);
  std::map<model::TrackId, std::vector<Fix>> all;
  std::vector<std::int64_t> runs;
  std::size_t count = 0;
  for (const auto& run : BlockTable::runs_of(db, pool)) {
    const auto rows = reader.rows(run);
    if (rows.empty()) return false;
    count += rows.size();
    auto& of_track = all[run.track];
    of_track.insert(of_track.end(), rows.begin(), rows.end());
    runs.push_back(run.id);
  }
  std::size_t left = 0;
  std::set<std::int64_t> days;
  for (auto& [track, rows] : all) {
    std::stable_sort(rows.begin(), rows.end(), earlier);
    auto kept = left_of(rows);
    left += kept.size();
    for (const auto& row : rows) days.insert(day_of(row.time));
    rows = std::move(kept);
  }
  if (left == count) return false;
  m_removed += count - left;
  for (auto& [track, rows] : all) {
    auto& kept = out.left[track];
    kept.insert(kept.end(), rows.begin(), rows.end());
  }
  out.days.merge(days);
  out.pools.push_back(pool);
  out.runs.insert(out.runs.end(), runs.begin(), runs.end());
  return true;
}

bool RetentionPass::step(store::Db& db, store::Db& db_receptions, Receptions& receptions) {
  m_removed = 0;
  if (!m_pools) find_pools(db);
  Rows rows;
  const auto end = std::min(m_next + kPoolsAtOnce, m_pools->size());
  for (; m_next < end; ++m_next) take_pool(db, db_receptions, (*m_pools)[m_next], rows);
  for (const auto pool : rows.pools) BlockTable::remove_pool(db, pool);
  receptions.gone.insert(receptions.gone.end(), rows.runs.begin(), rows.runs.end());
  std::vector<Run> runs;
  for (auto& [track, left] : rows.left) append_runs(std::move(left), runs);
  BlockTable::add_blocks(db, runs, Stored::kPooledSmall, 0, receptions);
  for (const auto day : rows.days) DensityTable::drop(db, day);
  BlockReader reader(db, m_damaged);
  for (const auto& [track, left] : rows.left) LastTable::renew(db, reader, track);
  BlockTable::take_away(db, m_removed);
  if (m_next < m_pools->size()) return true;
  BlockTable::set_retained(db, m_keep_from, m_thin_from);
  return false;
}

}  // namespace jinglue::picture::detail
