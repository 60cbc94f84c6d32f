// SPDX-License-Identifier: Apache-2.0
// Blocks and pools themselves; their indexes are in block_index.cpp, the rows that wait in
// waiting_table.cpp, the row of archive_state in archive_state.cpp.
#include "picture/archive/block_table.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "picture/archive/block_index.hpp"
#include "store/block/block.hpp"
#include "store/block/pool.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;
using store::Db;

/// More would be smaller (64: by a tenth), but a question for one track opens a whole pool.
constexpr std::size_t kPoolRuns = 8;
/// One index entry covers at most so many runs of a track in a pool, and so much time: opening the
/// pool costs more than passing over a run.
constexpr std::size_t kEntryRuns = 8;
constexpr base::Duration kEntrySpan{48 * kHour_ms};
/// Pools are cut into parts of which eight fill a page.
constexpr std::size_t kPartBytes = 2036;
constexpr std::int64_t kMostParts = 1024;

std::int64_t next_pool(Db& db) {
  auto last = db.prepare("SELECT max(id) FROM archive_pool");
  return (last.step() ? last.integer(0) : 0) / kMostParts + 1;
}

void put_pool(Db& db, std::int64_t pool, const std::string& bytes) {
  std::int64_t part = 0;
  for (std::string_view rest(bytes); !rest.empty();) {
    db.prepare("INSERT INTO archive_pool VALUES (?, ?)")
        .bind(1, pool * kMostParts + part++)
        .bind_blob(2, rest.substr(0, kPartBytes))
        .run();
    rest.remove_prefix(std::min(rest.size(), kPartBytes));
  }
}

/// How many runs from the beginning one index entry covers.
std::size_t entry_runs(std::span<const Run> runs) {
  const auto& first = runs[0].rows.front();
  std::size_t count = 1;
  while (count < runs.size() && count < kEntryRuns &&
         runs[count].rows.front().track == first.track &&
         runs[count].rows.back().time - first.time <= kEntrySpan &&
         runs[count].rows.front().time >= first.time) {
    ++count;
  }
  return count;
}

void put_pool_indexes(Db& db, std::int64_t pool, std::span<const Run> runs,
                      std::uint64_t generation) {
  for (std::size_t i = 0; i < runs.size();) {
    const auto count = entry_runs(runs.subspan(i));
    put_index(db, runs.subspan(i, count), run_id(pool, i), generation);
    i += count;
  }
}

void add_pools(Db& db, std::span<const Run> runs, store::PoolLevel level, std::uint64_t generation,
               Receptions& receptions) {
  for (std::size_t begin = 0; begin < runs.size(); begin += kPoolRuns) {
    const auto part = runs.subspan(begin, std::min(kPoolRuns, runs.size() - begin));
    std::vector<std::span<const Fix>> rows;
    for (const auto& run : part) rows.emplace_back(run.rows);
    const auto pool = next_pool(db);
    put_pool(db, pool, store::encode_pool(rows, level));
    for (std::size_t i = 0; i < part.size(); ++i) {
      receptions.add(run_id(pool, i), part[i].rows);
    }
    put_pool_indexes(db, pool, part, generation);
  }
}

}  // namespace

void BlockTable::add_blocks(Db& db, std::span<const Run> runs, Stored stored,
                            std::uint64_t generation, Receptions& receptions) {
  if (stored != Stored::kAlone) {
    const bool small = stored == Stored::kPooledSmall;
    return add_pools(db, runs, small ? store::PoolLevel::kSmall : store::PoolLevel::kFast,
                     generation, receptions);
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    db.prepare("INSERT INTO archive_bytes VALUES (NULL, ?)")
        .bind_blob(1, store::encode_block(runs[i].rows))
        .run();
    const auto id = db.last_id();
    put_index(db, runs.subspan(i, 1), id, generation);
    receptions.add(id, runs[i].rows);
  }
}

void BlockTable::remove_block(Db& db, std::int64_t track_number, const Candidate& block,
                              Receptions& receptions) {
  db.prepare("DELETE FROM archive_bytes WHERE id = ?").bind(1, block.id).run();
  remove_index(db, track_number, block);
  receptions.gone.push_back(block.id);
}

std::vector<std::int64_t> BlockTable::pools_before(Db& db, base::Instant keep_from,
                                                   base::Instant thinned_until,
                                                   base::Instant thin_from) {
  std::vector<std::int64_t> out;
  auto query = db.prepare(
      "SELECT DISTINCT -id / 256 FROM archive_area WHERE last_minute <= ? AND id < 0"
      " AND (first_ms + length_ms < ? OR (first_ms + length_ms >= ? AND first_ms + length_ms < ?))"
      " ORDER BY 1");
  query.bind(1, minute_of(std::max(keep_from, thin_from)));
  query.bind(2, keep_from.ms).bind(3, thinned_until.ms).bind(4, thin_from.ms);
  while (query.step()) out.push_back(query.integer(0));
  return out;
}

std::vector<Candidate> BlockTable::runs_of(Db& db, std::int64_t pool) {
  std::vector<Candidate> out;
  auto query = db.prepare(
      "SELECT a.id, t.terminal, t.segment, a.first_ms, a.length_ms, a.runs"
      " FROM archive_area a CROSS JOIN archive_track t ON t.id = a.track"
      " WHERE a.id BETWEEN ? AND ? ORDER BY a.id DESC");
  query.bind(1, run_id(pool, kMostRuns - 1)).bind(2, run_id(pool, 0));
  take_candidates(query, out);
  return out;
}

void BlockTable::remove_pool(Db& db, std::int64_t pool) {
  std::vector<std::pair<std::int64_t, Candidate>> entries;
  {
    auto query = db.prepare(
        "SELECT id, track, first_ms, length_ms FROM archive_area WHERE id BETWEEN ? AND ?");
    query.bind(1, run_id(pool, kMostRuns - 1)).bind(2, run_id(pool, 0));
    while (query.step()) {
      const base::Instant first{query.integer(2)};
      const Candidate entry{query.integer(0), {}, first, first + base::Duration(query.integer(3))};
      entries.emplace_back(query.integer(1), entry);
    }
  }
  for (const auto& [track, entry] : entries) remove_index(db, track, entry);
  db.prepare("DELETE FROM archive_pool WHERE id >= ? AND id < ?")
      .bind(1, pool * kMostParts)
      .bind(2, (pool + 1) * kMostParts)
      .run();
}

void BlockTable::restore_block(Db& db, std::int64_t id, const std::string& bytes, const Run& run) {
  db.prepare("INSERT INTO archive_bytes VALUES (?, ?)").bind(1, id).bind_blob(2, bytes).run();
  put_index(db, std::span(&run, 1), id, 0);
}

void BlockTable::restore_pool(Db& db, std::int64_t pool, const std::string& bytes,
                              std::span<const Run> runs) {
  put_pool(db, pool, bytes);
  put_pool_indexes(db, pool, runs, 0);
}

void BlockTable::restore_track(Db& db, const KnownTrack& track) {
  put_track(db, track.track, track.closed, track.waits_from);
}

std::string BlockTable::pool_bytes(Db& db, std::int64_t pool) {
  auto query = db.prepare("SELECT bytes FROM archive_pool WHERE id >= ? AND id < ? ORDER BY id");
  query.bind(1, pool * kMostParts).bind(2, (pool + 1) * kMostParts);
  std::string out;
  while (query.step()) out += query.blob(0);
  return out;
}

}  // namespace jinglue::picture::detail
