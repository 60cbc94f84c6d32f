// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/chunk_table.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <tuple>
#include <utility>

#include "base/log.hpp"
#include "picture/archive/chunk_codec.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;
using store::Db;

// Times in ms, places in 1/6,000,000 degree. `span` is a class of last_ms - first_ms (kSpans): a
// query by time reads one range of archive_chunk_by_time for each class.
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
)"}};

constexpr std::int64_t kHour_ms = 3'600'000;
constexpr std::int64_t kSpans_ms[] = {kHour_ms, 4 * kHour_ms, kLongestSpan.count()};

std::int64_t span_class(base::Duration span) {
  std::int64_t c = 0;
  while (span.count() > kSpans_ms[c]) ++c;
  return c;
}

std::int64_t as_integer(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

/// What the chunk's row says beside its bytes.
struct Extent {
  std::int32_t south{INT32_MAX}, north{INT32_MIN}, west{INT32_MAX}, east{INT32_MIN};
  std::uint64_t first_offset{UINT64_MAX};
  explicit Extent(std::span<const Fix> rows) {
    for (const auto& row : rows) {
      south = std::min(south, row.position.lat);
      north = std::max(north, row.position.lat);
      west = std::min(west, row.position.lon);
      east = std::max(east, row.position.lon);
      first_offset = std::min(first_offset, row.offset);
    }
  }
};

/// Inserts, or replaces when `id` is not 0. The id.
std::int64_t put_chunk(Db& db, std::int64_t id, std::int64_t track, std::span<const Fix> rows,
                       ChunkPacking packing) {
  const Extent extent(rows);
  const auto first = rows.front().time;
  const auto last = rows.back().time;
  auto put = id == 0 ? db.prepare(
                           "INSERT INTO archive_chunk (track, span, first_ms, last_ms, south,"
                           " north, west, east, first_offset, row_count, bytes)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                     : db.prepare(
                           "UPDATE archive_chunk SET track = ?, span = ?, first_ms = ?,"
                           " last_ms = ?, south = ?, north = ?, west = ?, east = ?,"
                           " first_offset = ?, row_count = ?, bytes = ? WHERE id = ?");
  put.bind(1, track).bind(2, span_class(last - first)).bind(3, first.ms).bind(4, last.ms);
  put.bind(5, std::int64_t{extent.south}).bind(6, std::int64_t{extent.north});
  put.bind(7, std::int64_t{extent.west}).bind(8, std::int64_t{extent.east});
  put.bind(9, as_integer(extent.first_offset)).bind(10, std::int64_t(rows.size()));
  put.bind_blob(11, encode_chunk(rows, packing));
  if (id != 0) put.bind(12, id);
  put.run();
  return id != 0 ? id : db.last_id();
}

/// How many of the rows from `begin` make one chunk.
std::size_t piece_size(std::span<const Fix> rows, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < rows.size() && end - begin < kChunkRows &&
         rows[end].time - rows[begin].time <= kLongestSpan) {
    ++end;
  }
  return end - begin;
}

/// Outer bounds of a box in units, so that rounding loses nothing; the caller tests exactly.
struct UnitBox {
  std::int64_t south, north, west, east;
  explicit UnitBox(const geo::Box& box)
      : south(units(box.south_deg, -1)),
        north(units(box.north_deg, 1)),
        west(units(box.west_deg, -1)),
        east(units(box.east_deg, 1)) {}

 private:
  static std::int64_t units(double degrees, std::int64_t outwards) {
    return std::llround(std::clamp(degrees, -400.0, 400.0) * geo::Position::kUnitsPerDegree) +
           outwards;
  }
};

constexpr const char* kSelect =
    "SELECT c.id, t.terminal, t.segment, c.first_ms, c.last_ms, c.first_offset"
    " FROM archive_chunk c JOIN archive_track t ON t.id = c.track ";

void take_candidates(store::Stmt& query, std::vector<Candidate>& out) {
  while (query.step()) {
    Candidate c;
    c.id = query.integer(0);
    c.track.terminal.value = static_cast<std::uint64_t>(query.integer(1));
    c.track.segment = static_cast<std::uint16_t>(query.integer(2));
    c.first = {query.integer(3)};
    c.last = {query.integer(4)};
    c.first_offset = static_cast<std::uint64_t>(query.integer(5));
    out.push_back(c);
  }
}

/// Instants may be "for ever": kept within what sums cannot overflow.
std::int64_t bounded_ms(base::Instant t) {
  return std::clamp(t, base::kDistantPast, base::kDistantFuture).ms;
}

}  // namespace

void ChunkTable::migrate(store::Database& database) {
  database.migrate("picture", kMigrations);
}

ArchiveState ChunkTable::state(Db& db) {
  auto row = db.prepare("SELECT applied_offset, positions, first_ms, last_ms FROM archive_state");
  ArchiveState state;
  if (!row.step()) return state;
  state.applied_offset = static_cast<std::uint64_t>(row.integer(0));
  state.positions = static_cast<std::uint64_t>(row.integer(1));
  if (!row.is_null(2)) state.first = base::Instant{row.integer(2)};
  if (!row.is_null(3)) state.last = base::Instant{row.integer(3)};
  return state;
}

std::uint64_t ChunkTable::applied_offset(Db& db) {
  return state(db).applied_offset;
}

std::vector<model::TrackId> ChunkTable::tracks(Db& db) {
  std::vector<model::TrackId> out;
  auto rows = db.prepare("SELECT terminal, segment FROM archive_track");
  while (rows.step()) {
    out.push_back({{static_cast<std::uint64_t>(rows.integer(0))},
                   static_cast<std::uint16_t>(rows.integer(1))});
  }
  return out;
}

struct ChunkTable::TrackRow {
  std::int64_t id{0};
  base::Instant latest{base::kDistantPast};
  std::int64_t open{0};  ///< chunk ids, 0 = none
  std::int64_t late{0};
};

std::int64_t ChunkTable::extend(Db& db, std::int64_t track, std::int64_t open,
                                std::vector<Fix> rows) const {
  if (rows.empty()) return open;
  if (open != 0) {
    Candidate chunk;
    chunk.id = open;
    chunk.track = rows.front().track;
    const auto held = read(db, chunk);
    if (held.empty()) open = 0;  // damaged: it stays for a repair, a new one begins
    rows.insert(rows.end(), held.begin(), held.end());
  }
  std::sort(rows.begin(), rows.end(), earlier);
  const std::span<const Fix> all(rows);
  for (std::size_t begin = 0; begin < rows.size();) {
    const std::size_t size = piece_size(all, begin);
    const bool full = size == kChunkRows || begin + size < rows.size();
    const auto id = put_chunk(db, open, track, all.subspan(begin, size),
                              full ? ChunkPacking::kFull : ChunkPacking::kOpen);
    open = full ? 0 : id;
    begin += size;
  }
  return open;
}

void ChunkTable::write_track(Db& db, model::TrackId id, std::span<const Fix> rows) const {
  TrackRow track;
  {
    auto find = db.prepare(
        "SELECT id, latest_ms, open_chunk, late_chunk FROM archive_track"
        " WHERE terminal = ? AND segment = ?");
    find.bind(1, as_integer(id.terminal.value)).bind(2, std::int64_t{id.segment});
    if (find.step()) {
      track = {find.integer(0), {find.integer(1)}, find.integer(2), find.integer(3)};
    }
  }
  if (track.id == 0) {
    db.prepare("INSERT INTO archive_track VALUES (NULL, ?, ?, 0, 0, 0)")
        .bind(1, as_integer(id.terminal.value))
        .bind(2, std::int64_t{id.segment})
        .run();
    track.id = db.last_id();
  }
  std::vector<Fix> in_order, late;
  for (const auto& row : rows) {
    const bool is_late = row.time < track.latest - kLateAfter;
    (is_late ? late : in_order).push_back(row);
    track.latest = std::max(track.latest, row.time);
  }
  track.open = extend(db, track.id, track.open, std::move(in_order));
  track.late = extend(db, track.id, track.late, std::move(late));
  db.prepare("UPDATE archive_track SET latest_ms = ?, open_chunk = ?, late_chunk = ? WHERE id = ?")
      .bind(1, track.latest.ms)
      .bind(2, track.open)
      .bind(3, track.late)
      .bind(4, track.id)
      .run();
}

void ChunkTable::write(Db& db, const Waiting& waiting) const {
  auto now = state(db);
  std::vector<model::TrackId> order;  // so that equal inputs give equal files
  order.reserve(waiting.tracks.size());
  for (const auto& [id, rows] : waiting.tracks) order.push_back(id);
  std::sort(order.begin(), order.end());
  for (const auto id : order) {
    const auto& rows = waiting.tracks.at(id);
    write_track(db, id, rows);
    now.positions += rows.size();
    for (const auto& row : rows) {
      now.first = std::min(now.first.value_or(row.time), row.time);
      now.last = std::max(now.last.value_or(row.time), row.time);
    }
  }
  auto put = db.prepare(
      "UPDATE archive_state SET applied_offset = ?, positions = ?, first_ms = ?, last_ms = ?");
  put.bind(1, as_integer(waiting.offset)).bind(2, as_integer(now.positions));
  now.first ? put.bind(3, now.first->ms) : put.bind_null(3);
  now.last ? put.bind(4, now.last->ms) : put.bind_null(4);
  put.run();
}

std::vector<Candidate> ChunkTable::candidates(Db& db, base::Instant from, base::Instant to,
                                              const std::optional<model::TrackId>& track,
                                              const geo::Box* box) {
  std::vector<Candidate> out;
  const std::int64_t from_ms = bounded_ms(from);
  const std::int64_t to_ms = bounded_ms(to);
  if (from_ms >= to_ms) return out;
  if (track) {
    auto query = db.prepare(std::string(kSelect) +
                            "WHERE t.terminal = ? AND t.segment = ? AND c.last_ms >= ?"
                            " AND c.last_ms < ? AND c.first_ms < ?");
    query.bind(1, as_integer(track->terminal.value)).bind(2, std::int64_t{track->segment});
    query.bind(3, from_ms).bind(4, to_ms + kLongestSpan.count()).bind(5, to_ms);
    take_candidates(query, out);
  } else {
    const UnitBox around(box != nullptr ? *box : geo::Box{-400, -400, 400, 400});
    for (std::int64_t span = 0; span < std::ssize(kSpans_ms); ++span) {
      auto query = db.prepare(std::string(kSelect) +
                              "WHERE c.span = ? AND c.last_ms >= ? AND c.last_ms < ?"
                              " AND c.first_ms < ? AND c.south <= ? AND c.north >= ?"
                              " AND c.west <= ? AND c.east >= ?");
      query.bind(1, span).bind(2, from_ms).bind(3, to_ms + kSpans_ms[span]).bind(4, to_ms);
      query.bind(5, around.north).bind(6, around.south);
      query.bind(7, around.east).bind(8, around.west);
      take_candidates(query, out);
    }
  }
  std::sort(out.begin(), out.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.track, a.first, a.id) < std::tie(b.track, b.first, b.id);
  });
  return out;
}

std::vector<Fix> ChunkTable::read(Db& db, const Candidate& chunk) const {
  auto query = db.prepare("SELECT bytes FROM archive_chunk WHERE id = ?");
  query.bind(1, chunk.id);
  if (!query.step()) return {};
  auto rows = decode_chunk(query.blob(0));
  if (rows && rows->front().track == chunk.track) return std::move(*rows);
  ++m_damaged;
  base::log_error("picture",
                  "archive chunk {} of {} from {} cannot be read and is left out: {}; restore "
                  "tracks.db from a backup to get its positions back",
                  chunk.id, model::to_text(chunk.track), base::to_iso(chunk.first),
                  rows ? "it holds another track" : rows.error().text());
  return {};
}

}  // namespace jinglue::picture::detail
