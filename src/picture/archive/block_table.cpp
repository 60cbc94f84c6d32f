// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/block_table.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "picture/archive/waiting_bytes.hpp"
#include "store/block/block.hpp"
#include "store/block/pool.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;
using store::Db;

// Version 1 kept chunks (chunk_import.hpp reads them). Times in ms, places in 1/6,000,000 degree.
// archive_area: minutes since 2020 and places, rounded outwards; an R*Tree of 32-bit integers.
// An id above 0 is that of a block in archive_bytes; below 0 it is -(pool x 256 + run), and `runs`
// runs of that track follow one another in the pool. A pool lies in parts that together fill pages.
const std::vector<store::Migration> kMigrations = {{1, R"(
CREATE TABLE archive_state (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  applied_offset INTEGER NOT NULL, positions INTEGER NOT NULL,
  first_ms INTEGER, last_ms INTEGER);
INSERT INTO archive_state VALUES (1, 0, 0, NULL, NULL);
CREATE TABLE archive_track (
  id INTEGER PRIMARY KEY,
  terminal INTEGER NOT NULL, segment INTEGER NOT NULL,
  latest_ms INTEGER NOT NULL,
  open_chunk INTEGER NOT NULL, late_chunk INTEGER NOT NULL,
  UNIQUE (terminal, segment));
CREATE TABLE archive_chunk (
  id INTEGER PRIMARY KEY,
  track INTEGER NOT NULL, span INTEGER NOT NULL,
  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  south INTEGER NOT NULL, north INTEGER NOT NULL, west INTEGER NOT NULL, east INTEGER NOT NULL,
  first_offset INTEGER NOT NULL, row_count INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE INDEX archive_chunk_by_track ON archive_chunk (track, last_ms, first_ms);
CREATE INDEX archive_chunk_by_time ON archive_chunk
  (span, last_ms, first_ms, south, north, west, east, track, first_offset);
)"},
                                                   {2, R"(
DROP INDEX archive_chunk_by_time;
UPDATE archive_track SET latest_ms = -2305843009213693952;
ALTER TABLE archive_track ADD COLUMN waits_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE archive_state ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
CREATE VIRTUAL TABLE archive_area USING rtree_i32
  (id, first_minute, last_minute, south, north, west, east,
   +track INTEGER, +runs INTEGER, +first_ms INTEGER, +length_ms INTEGER);
CREATE TABLE archive_by_track (
  track INTEGER NOT NULL, span INTEGER NOT NULL, last_ms INTEGER NOT NULL, id INTEGER NOT NULL,
  length_ms INTEGER NOT NULL, runs INTEGER NOT NULL,
  PRIMARY KEY (track, span, last_ms, id)) WITHOUT ROWID;
CREATE TABLE archive_bytes (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE archive_pool (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE archive_waiting (
  id INTEGER PRIMARY KEY, row_count INTEGER NOT NULL, bytes BLOB NOT NULL);
)"},
                                                   {3, R"(
ALTER TABLE archive_state ADD COLUMN days_counted INTEGER NOT NULL DEFAULT 0;
CREATE TABLE archive_day (
  day INTEGER PRIMARY KEY, positions INTEGER NOT NULL, cells INTEGER NOT NULL,
  kept INTEGER NOT NULL);
CREATE TABLE archive_density (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
)"},
                                                   {4, R"(
ALTER TABLE archive_state ADD COLUMN thinned_ms INTEGER NOT NULL DEFAULT -2305843009213693952;
)"}};

constexpr std::int64_t kHour_ms = 3'600'000;
/// Classes of last_ms - first_ms: a question by track reads a range of the index for each.
constexpr std::int64_t kSpans_ms[] = {2 * kHour_ms, 24 * kHour_ms, 72 * kHour_ms,
                                      store::kBlockSpan.count()};
/// Of shorter times the R*Tree finds the few blocks faster than an index of all tracks.
constexpr base::Duration kLongGlobal{6 * kHour_ms};
/// More would be smaller (64: by a tenth), but a question for one track opens a whole pool.
constexpr std::size_t kPoolRuns = 8;
constexpr std::int64_t kMostRuns = 256;  // of a pool; a factor of ids
/// One index entry covers at most so many runs of a track in a pool, and so much time: opening the
/// pool costs more than passing over a run.
constexpr std::size_t kEntryRuns = 8;
constexpr base::Duration kEntrySpan{48 * kHour_ms};
/// Pools are cut into parts of which eight fill a page.
constexpr std::size_t kPartBytes = 2036;
constexpr std::int64_t kMostParts = 1024;
/// Waiting pools of one commit: their ids are generation x this + number.
constexpr std::int64_t kWaitingPools = 1 << 16;
constexpr std::size_t kFullPool = store::kMostPoolRuns * store::kBlockRows;  // rows, at most
constexpr std::int64_t kMinute_ms = 60'000;
constexpr std::int64_t kMinuteZero = 26'297'280;  // 2020-01-01T00:00Z

std::int64_t span_class(base::Duration span) {
  std::int64_t c = 0;
  while (span.count() > kSpans_ms[c]) ++c;
  return c;
}

std::int64_t as_integer(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

/// Minutes of the R*Tree; instants far from our time meet at its ends.
std::int64_t minute_of(base::Instant t) {
  const std::int64_t minute = t.ms / kMinute_ms - (t.ms % kMinute_ms < 0 ? 1 : 0) - kMinuteZero;
  return std::clamp<std::int64_t>(minute, INT32_MIN, INT32_MAX);
}

struct Extent {
  std::int32_t south{INT32_MAX}, north{INT32_MIN}, west{INT32_MAX}, east{INT32_MIN};
  void add(std::span<const Fix> rows) {
    for (const auto& row : rows) {
      south = std::min(south, row.position.lat);
      north = std::max(north, row.position.lat);
      west = std::min(west, row.position.lon);
      east = std::max(east, row.position.lon);
    }
  }
};

std::int64_t run_id(std::int64_t pool, std::size_t run) {
  return -(pool * kMostRuns + std::int64_t(run));
}

/// Outer bounds of a box in units, so that rounding loses nothing; the caller tests exactly.
std::int64_t outer_units(double degrees, std::int64_t outwards) {
  const auto units =
      std::llround(std::clamp(degrees, -355.0, 355.0) * geo::Position::kUnitsPerDegree);
  return std::clamp<std::int64_t>(units + outwards, INT32_MIN, INT32_MAX);
}

std::int64_t track_number(Db& db, model::TrackId track) {
  auto find = db.prepare("SELECT id FROM archive_track WHERE terminal = ? AND segment = ?");
  find.bind(1, as_integer(track.terminal.value)).bind(2, std::int64_t{track.segment});
  return find.step() ? find.integer(0) : 0;
}

/// The track's number; `closed` moves its end forward.
std::int64_t put_track(Db& db, model::TrackId track, std::optional<base::Instant> closed,
                       std::uint64_t generation) {
  auto id = track_number(db, track);
  if (id == 0) {
    db.prepare(
          "INSERT INTO archive_track (terminal, segment, latest_ms, open_chunk, late_chunk)"
          " VALUES (?, ?, ?, 0, 0)")
        .bind(1, as_integer(track.terminal.value))
        .bind(2, std::int64_t{track.segment})
        .bind(3, base::kDistantPast.ms)
        .run();
    id = db.last_id();
  }
  db.prepare(
        "UPDATE archive_track SET latest_ms = max(latest_ms, ?),"
        " waits_from = max(waits_from, ?) WHERE id = ?")
      .bind(1, closed.value_or(base::kDistantPast).ms)
      .bind(2, as_integer(generation))
      .bind(3, id)
      .run();
  return id;
}

/// One entry of the indexes: a block, or runs of one track that follow one another in a pool.
void put_index(Db& db, std::span<const Run> runs, std::int64_t id, std::uint64_t generation) {
  Extent extent;
  base::Instant first = runs[0].rows.front().time;
  base::Instant last = first;
  std::optional<base::Instant> closed;
  for (const auto& run : runs) {
    extent.add(run.rows);
    first = std::min(first, run.rows.front().time);
    last = std::max(last, run.rows.back().time);
    if (!run.late) closed = std::max(closed.value_or(run.rows.back().time), run.rows.back().time);
  }
  const auto track = put_track(db, runs[0].rows.front().track, closed, generation);
  const auto length = (last - first).count();
  db.prepare("INSERT INTO archive_area VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(1, id)
      .bind(2, minute_of(first))
      .bind(3, minute_of(last))
      .bind(4, std::int64_t{extent.south})
      .bind(5, std::int64_t{extent.north})
      .bind(6, std::int64_t{extent.west})
      .bind(7, std::int64_t{extent.east})
      .bind(8, track)
      .bind(9, std::int64_t(runs.size()))
      .bind(10, first.ms)
      .bind(11, length)
      .run();
  db.prepare("INSERT INTO archive_by_track VALUES (?, ?, ?, ?, ?, ?)")
      .bind(1, track)
      .bind(2, span_class(last - first))
      .bind(3, last.ms)
      .bind(4, id)
      .bind(5, length)
      .bind(6, std::int64_t(runs.size()))
      .run();
}

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

/// Columns 0 to 5: id, terminal, segment, first, length, runs. One candidate for each run.
void take_candidates(store::Stmt& query, std::vector<Candidate>& out) {
  while (query.step()) {
    Candidate c;
    c.id = query.integer(0);
    c.track.terminal.value = static_cast<std::uint64_t>(query.integer(1));
    c.track.segment = static_cast<std::uint16_t>(query.integer(2));
    c.first = {query.integer(3)};
    c.last = {query.integer(3) + query.integer(4)};
    for (auto runs = query.integer(5); runs > 0; --runs) {
      out.push_back(c);
      --c.id;  // the next run of the pool
    }
  }
}

/// Instants may be "for ever": kept within what sums cannot overflow.
base::Instant bounded(base::Instant t) {
  return std::clamp(t, base::kDistantPast, base::kDistantFuture);
}

void track_candidates(Db& db, model::TrackId track, base::Instant from, base::Instant to,
                      std::vector<Candidate>& out) {
  const auto number = track_number(db, track);
  if (number == 0) return;
  for (std::int64_t span = 0; span < std::ssize(kSpans_ms); ++span) {
    auto query = db.prepare(
        "SELECT id, ?, ?, last_ms - length_ms, length_ms, runs FROM archive_by_track"
        " WHERE track = ? AND span = ? AND last_ms >= ? AND last_ms < ?"
        " AND last_ms - length_ms < ?");
    query.bind(1, as_integer(track.terminal.value)).bind(2, std::int64_t{track.segment});
    query.bind(3, number).bind(4, span).bind(5, from.ms);
    query.bind(6, to.ms + kSpans_ms[span]).bind(7, to.ms);
    take_candidates(query, out);
  }
}

/// Of all tracks, by their index: for the whole globe the R*Tree would give nearly all it holds of
/// the time, each with two look-ups.
void global_candidates(Db& db, base::Instant from, base::Instant to, std::vector<Candidate>& out) {
  std::string spans;
  for (std::int64_t span = 0; span < std::ssize(kSpans_ms); ++span) {
    spans += fmt::format("{}({}, {})", span > 0 ? ", " : "", span, kSpans_ms[span]);
  }
  auto query = db.prepare(
      "SELECT b.id, t.terminal, t.segment, b.last_ms - b.length_ms, b.length_ms, b.runs"
      " FROM archive_track t CROSS JOIN (VALUES " +
      spans +
      ") s CROSS JOIN archive_by_track b"
      " WHERE b.track = t.id AND b.span = s.column1 AND b.last_ms >= ?"
      " AND b.last_ms < ? + s.column2 AND b.last_ms - b.length_ms < ?");
  query.bind(1, from.ms).bind(2, to.ms).bind(3, to.ms);
  take_candidates(query, out);
}

void area_candidates(Db& db, base::Instant from, base::Instant to, const geo::Box* box,
                     std::vector<Candidate>& out) {
  auto query = db.prepare(
      "SELECT a.id, t.terminal, t.segment, a.first_ms, a.length_ms, a.runs"
      " FROM archive_area a CROSS JOIN archive_track t ON t.id = a.track"
      " WHERE a.last_minute >= ? AND a.first_minute <= ? AND a.south <= ? AND a.north >= ?"
      " AND a.west <= ? AND a.east >= ? AND a.first_ms + a.length_ms >= ? AND a.first_ms < ?");
  query.bind(1, minute_of(from)).bind(2, minute_of(to));
  query.bind(3, box != nullptr ? outer_units(box->north_deg, 1) : INT32_MAX);
  query.bind(4, box != nullptr ? outer_units(box->south_deg, -1) : INT32_MIN);
  query.bind(5, box != nullptr ? outer_units(box->east_deg, 1) : INT32_MAX);
  query.bind(6, box != nullptr ? outer_units(box->west_deg, -1) : INT32_MIN);
  query.bind(7, from.ms).bind(8, to.ms);
  take_candidates(query, out);
}

}  // namespace

std::span<const store::Migration> BlockTable::migrations() {
  return kMigrations;
}

void BlockTable::migrate(store::Database& database) {
  database.migrate("picture", kMigrations);
}

ArchiveState BlockTable::state(Db& db) {
  auto row = db.prepare(
      "SELECT applied_offset, positions, first_ms, last_ms, generation FROM archive_state");
  ArchiveState state;
  if (!row.step()) return state;
  state.applied_offset = static_cast<std::uint64_t>(row.integer(0));
  state.positions = static_cast<std::uint64_t>(row.integer(1));
  if (!row.is_null(2)) state.first = base::Instant{row.integer(2)};
  if (!row.is_null(3)) state.last = base::Instant{row.integer(3)};
  state.generation = static_cast<std::uint64_t>(row.integer(4));
  return state;
}

void BlockTable::set_state(Db& db, const ArchiveState& state) {
  auto put = db.prepare(
      "UPDATE archive_state SET applied_offset = ?, positions = ?, first_ms = ?, last_ms = ?,"
      " generation = ?");
  put.bind(1, as_integer(state.applied_offset)).bind(2, as_integer(state.positions));
  state.first ? put.bind(3, state.first->ms) : put.bind_null(3);
  state.last ? put.bind(4, state.last->ms) : put.bind_null(4);
  put.bind(5, as_integer(state.generation)).run();
}

std::vector<KnownTrack> BlockTable::tracks(Db& db) {
  std::vector<KnownTrack> out;
  auto rows = db.prepare("SELECT terminal, segment, latest_ms, waits_from FROM archive_track");
  while (rows.step()) {
    out.push_back({{{static_cast<std::uint64_t>(rows.integer(0))},
                    static_cast<std::uint16_t>(rows.integer(1))},
                   {rows.integer(2)},
                   static_cast<std::uint64_t>(rows.integer(3))});
  }
  return out;
}

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
  db.prepare("DELETE FROM archive_area WHERE id = ?").bind(1, block.id).run();
  db.prepare("DELETE FROM archive_by_track WHERE track = ? AND span = ? AND last_ms = ? AND id = ?")
      .bind(1, track_number)
      .bind(2, span_class(block.last - block.first))
      .bind(3, block.last.ms)
      .bind(4, block.id)
      .run();
  receptions.gone.push_back(block.id);
}

WaitingWriter::WaitingWriter(Db& db, bool anew, std::uint64_t generation, Receptions& receptions)
    : m_db(db), m_receptions(receptions), m_id(as_integer(generation) * kWaitingPools) {
  if (anew) {  // a damaged one stays for a repair: only what could be read comes again
    db.exec("DELETE FROM archive_waiting WHERE row_count > 0");
    receptions.oldest_waiting = m_id;
  }
  auto last = db.prepare("SELECT max(id) FROM archive_waiting");
  if (last.step() && !last.is_null(0)) m_id = std::max(m_id, last.integer(0) + 1);
}

std::size_t WaitingWriter::put(std::span<const Fix> rows) {
  auto pool = encode_waiting(rows);
  m_db.prepare("INSERT INTO archive_waiting VALUES (?, ?, ?)")
      .bind(1, m_id)
      .bind(2, std::int64_t(pool.rows))
      .bind_blob(3, pool.bytes)
      .run();
  if (!pool.receptions.empty()) {
    m_receptions.waiting.push_back({m_id, pool_check(pool.bytes), std::move(pool.receptions)});
  }
  ++m_id;
  return pool.rows;
}

void WaitingWriter::add(std::span<const Fix> rows) {
  m_rows.insert(m_rows.end(), rows.begin(), rows.end());
  std::size_t done = 0;
  while (m_rows.size() - done >= kFullPool) done += put(std::span(m_rows).subspan(done));
  m_rows.erase(m_rows.begin(), m_rows.begin() + std::ptrdiff_t(done));
}

void WaitingWriter::end() {
  for (std::span<const Fix> rest(m_rows); !rest.empty();) rest = rest.subspan(put(rest));
  m_rows.clear();
}

void BlockTable::add_waiting(Db& db, std::vector<Fix> rows, std::uint64_t generation,
                             Receptions& receptions) {
  std::stable_sort(rows.begin(), rows.end(), [](const Fix& a, const Fix& b) {
    return a.track != b.track ? a.track < b.track : earlier(a, b);
  });
  WaitingWriter writer(db, false, generation, receptions);
  writer.add(rows);
  writer.end();
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
  struct Entry {
    std::int64_t id, track, first_ms, length_ms;
  };
  std::vector<Entry> entries;
  {
    auto query = db.prepare(
        "SELECT id, track, first_ms, length_ms FROM archive_area WHERE id BETWEEN ? AND ?");
    query.bind(1, run_id(pool, kMostRuns - 1)).bind(2, run_id(pool, 0));
    while (query.step()) {
      entries.push_back({query.integer(0), query.integer(1), query.integer(2), query.integer(3)});
    }
  }
  for (const auto& entry : entries) {
    db.prepare("DELETE FROM archive_area WHERE id = ?").bind(1, entry.id).run();
    db.prepare(
          "DELETE FROM archive_by_track WHERE track = ? AND span = ? AND last_ms = ? AND id = ?")
        .bind(1, entry.track)
        .bind(2, span_class(base::Duration(entry.length_ms)))
        .bind(3, entry.first_ms + entry.length_ms)
        .bind(4, entry.id)
        .run();
  }
  db.prepare("DELETE FROM archive_pool WHERE id >= ? AND id < ?")
      .bind(1, pool * kMostParts)
      .bind(2, (pool + 1) * kMostParts)
      .run();
}

void BlockTable::take_away(Db& db, std::uint64_t positions) {
  db.prepare("UPDATE archive_state SET positions = positions - ?")
      .bind(1, as_integer(positions))
      .run();
}

base::Instant BlockTable::thinned_until(Db& db) {
  auto row = db.prepare("SELECT thinned_ms FROM archive_state");
  return {row.step() ? row.integer(0) : base::kDistantPast.ms};
}

void BlockTable::set_retained(Db& db, base::Instant keep_from, base::Instant thin_from) {
  db.prepare(
        "UPDATE archive_state SET first_ms = max(first_ms, ?), thinned_ms = max(thinned_ms, ?)")
      .bind(1, keep_from.ms)
      .bind(2, thin_from.ms)
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

void BlockTable::restore_waiting(Db& db, std::int64_t id, std::size_t rows,
                                 const std::string& bytes) {
  db.prepare("INSERT INTO archive_waiting VALUES (?, ?, ?)")
      .bind(1, id)
      .bind(2, std::int64_t(rows))
      .bind_blob(3, bytes)
      .run();
}

void BlockTable::restore_track(Db& db, const KnownTrack& track) {
  put_track(db, track.track, track.closed, track.waits_from);
}

std::size_t BlockTable::waiting_count(Db& db) {
  auto row =
      db.prepare("SELECT coalesce(sum(row_count), 0) FROM archive_waiting WHERE row_count > 0");
  return row.step() ? static_cast<std::size_t>(row.integer(0)) : 0;
}

std::string BlockTable::pool_bytes(Db& db, std::int64_t pool) {
  auto query = db.prepare("SELECT bytes FROM archive_pool WHERE id >= ? AND id < ? ORDER BY id");
  query.bind(1, pool * kMostParts).bind(2, (pool + 1) * kMostParts);
  std::string out;
  while (query.step()) out += query.blob(0);
  return out;
}

std::uint64_t BlockTable::generation_of(std::int64_t waiting_id) {
  return static_cast<std::uint64_t>(waiting_id / kWaitingPools);
}

bool is_global(const geo::Box* box) {
  return box == nullptr || (box->west_deg <= -180 && box->east_deg >= 180 &&
                            box->south_deg <= -90 && box->north_deg >= 90);
}

std::int64_t Candidate::pool() const {
  return -id / kMostRuns;
}

std::size_t Candidate::run() const {
  return static_cast<std::size_t>(-id % kMostRuns);
}

std::vector<Candidate> BlockTable::candidates(Db& db, const Wanted& wanted) {
  std::vector<Candidate> out;
  const auto from = bounded(wanted.from);
  const auto to = bounded(wanted.to);
  if (from >= to) return out;
  if (wanted.track) {
    track_candidates(db, *wanted.track, from, to, out);
  } else if (is_global(wanted.box) && to - from >= kLongGlobal) {
    global_candidates(db, from, to, out);
  } else {
    area_candidates(db, from, to, wanted.box, out);
  }
  std::sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) {
    const auto place_a = std::abs(a.id), place_b = std::abs(b.id);
    return std::tie(a.track, a.first, place_a) < std::tie(b.track, b.first, place_b);
  });
  return out;
}

PastBlocks BlockTable::past_blocks(Db& db, std::int64_t track_number, base::Instant t,
                                   base::Instant oldest, std::int64_t least, std::int64_t limit) {
  PastBlocks out;
  model::TrackId track;
  {
    auto next = db.prepare(
        "SELECT t.id, t.terminal, t.segment FROM archive_track t WHERE t.id > ? AND"
        " (SELECT count(*) >= ? OR min(b.last_ms) < ? FROM archive_by_track b"
        "  WHERE b.track = t.id AND b.id > 0 AND b.last_ms < ?) ORDER BY t.id LIMIT 1");
    next.bind(1, track_number).bind(2, least).bind(3, oldest.ms).bind(4, t.ms);
    if (!next.step()) return out;
    out.track_number = next.integer(0);
    track = {{static_cast<std::uint64_t>(next.integer(1))},
             static_cast<std::uint16_t>(next.integer(2))};
  }
  auto query = db.prepare(
      "SELECT id, ?, ?, last_ms - length_ms, length_ms, runs FROM archive_by_track"
      " WHERE track = ? AND id > 0 AND last_ms < ? ORDER BY last_ms - length_ms, id LIMIT ?");
  query.bind(1, as_integer(track.terminal.value)).bind(2, std::int64_t{track.segment});
  query.bind(3, out.track_number).bind(4, t.ms).bind(5, limit);
  take_candidates(query, out.blocks);
  return out;
}

}  // namespace jinglue::picture::detail
