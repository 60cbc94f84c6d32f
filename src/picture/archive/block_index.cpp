// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/block_index.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "store/block/block.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;
using store::Db;

/// Classes of last_ms - first_ms.
constexpr std::int64_t kSpans_ms[] = {2 * kHour_ms, 24 * kHour_ms, 72 * kHour_ms,
                                      store::kBlockSpan.count()};
/// Of shorter times the R*Tree finds the few blocks faster than an index of all tracks.
constexpr base::Duration kLongGlobal{6 * kHour_ms};
constexpr std::int64_t kMinute_ms = 60'000;
constexpr std::int64_t kMinuteZero = 26'297'280;  // 2020-01-01T00:00Z

/// Of a track's day, mostly.
constexpr std::size_t kUsualCandidates = 128;

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

/// Outer bounds of a box in units, so that rounding loses nothing; the caller tests exactly.
std::int64_t outer_units(double degrees, std::int64_t outwards) {
  const auto units =
      std::llround(std::clamp(degrees, -355.0, 355.0) * geo::Position::kUnitsPerDegree);
  return std::clamp<std::int64_t>(units + outwards, INT32_MIN, INT32_MAX);
}

/// One candidate for each run of an entry.
void add_runs(Candidate entry, std::int64_t runs, std::vector<Candidate>& out) {
  for (; runs > 0; --runs) {
    out.push_back(entry);
    --entry.id;  // the next run of the pool
  }
}

/// Instants may be "for ever": kept within what sums cannot overflow.
base::Instant bounded(base::Instant t) {
  return std::clamp(t, base::kDistantPast, base::kDistantFuture);
}

/// The classes of spans, as rows (number, ms).
std::string span_rows() {
  std::string out = "(VALUES ";
  for (std::int64_t span = 0; span < std::ssize(kSpans_ms); ++span) {
    out += fmt::format("{}({}, {})", span > 0 ? ", " : "", span, kSpans_ms[span]);
  }
  return out + ") s";
}

/// One statement, and of each entry only what differs: a short question finds the processor's
/// caches full of other work, and pays for each statement that it touches.
void track_candidates(Db& db, model::TrackId track, base::Instant from, base::Instant to,
                      std::vector<Candidate>& out) {
  static const std::string kQuery =
      "SELECT b.id, b.last_ms, b.length_ms, b.runs FROM " + span_rows() +
      " CROSS JOIN archive_track t CROSS JOIN archive_by_track b"
      " WHERE t.terminal = ?1 AND t.segment = ?2 AND b.track = t.id AND b.span = s.column1"
      " AND b.last_ms >= ?3 AND b.last_ms < ?4 + s.column2 AND b.last_ms - b.length_ms < ?4";
  auto query = db.prepare(kQuery);
  query.bind(1, as_integer(track.terminal.value)).bind(2, std::int64_t{track.segment});
  query.bind(3, from.ms).bind(4, to.ms);
  out.reserve(kUsualCandidates);
  while (query.step()) {
    const base::Instant last{query.integer(1)};
    const Candidate entry{query.integer(0), track, last - base::Duration(query.integer(2)), last};
    add_runs(entry, query.integer(3), out);
  }
}

/// Of all tracks, by their index: for the whole globe the R*Tree would give nearly all it holds of
/// the time, each with two look-ups.
void global_candidates(Db& db, base::Instant from, base::Instant to, std::vector<Candidate>& out) {
  auto query = db.prepare(
      "SELECT b.id, t.terminal, t.segment, b.last_ms - b.length_ms, b.length_ms, b.runs"
      " FROM archive_track t CROSS JOIN " +
      span_rows() +
      " CROSS JOIN archive_by_track b"
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

/// By track, first time and place. The queries give a track mostly in one go and nearly in order,
/// which is cheaper to sort than single blocks.
void put_in_order(std::vector<Candidate>& blocks) {
  const auto before = [](const Candidate& a, const Candidate& b) {
    const auto place_a = std::abs(a.id), place_b = std::abs(b.id);
    return std::tie(a.track, a.first, place_a) < std::tie(b.track, b.first, place_b);
  };
  if (std::is_sorted(blocks.begin(), blocks.end(), before))
    return;  // as of one track nearly always
  std::vector<std::span<Candidate>> tracks;
  for (std::size_t begin = 0; begin < blocks.size();) {
    std::size_t end = begin;
    while (end < blocks.size() && blocks[end].track == blocks[begin].track) ++end;
    tracks.push_back(std::span(blocks).subspan(begin, end - begin));
    if (!std::is_sorted(tracks.back().begin(), tracks.back().end(), before)) {
      std::sort(tracks.back().begin(), tracks.back().end(), before);
    }
    begin = end;
  }
  const auto by_track = [](const auto& a, const auto& b) {
    return a.front().track < b.front().track;
  };
  std::sort(tracks.begin(), tracks.end(), by_track);
  const auto same = [](const auto& a, const auto& b) { return a.front().track == b.front().track; };
  if (std::adjacent_find(tracks.begin(), tracks.end(), same) != tracks.end()) {
    return std::sort(blocks.begin(), blocks.end(), before);
  }
  std::vector<Candidate> out;
  out.reserve(blocks.size());
  for (const auto& track : tracks) out.insert(out.end(), track.begin(), track.end());
  blocks = std::move(out);
}

}  // namespace

std::int64_t span_class(base::Duration span) {
  std::int64_t c = 0;
  while (span.count() > kSpans_ms[c]) ++c;
  return c;
}

std::int64_t minute_of(base::Instant t) {
  const std::int64_t minute = t.ms / kMinute_ms - (t.ms % kMinute_ms < 0 ? 1 : 0) - kMinuteZero;
  return std::clamp<std::int64_t>(minute, INT32_MIN, INT32_MAX);
}

std::int64_t track_number(Db& db, model::TrackId track) {
  auto find = db.prepare("SELECT id FROM archive_track WHERE terminal = ? AND segment = ?");
  find.bind(1, as_integer(track.terminal.value)).bind(2, std::int64_t{track.segment});
  return find.step() ? find.integer(0) : 0;
}

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

void remove_index(Db& db, std::int64_t track_number, const Candidate& entry) {
  db.prepare("DELETE FROM archive_area WHERE id = ?").bind(1, entry.id).run();
  db.prepare("DELETE FROM archive_by_track WHERE track = ? AND span = ? AND last_ms = ? AND id = ?")
      .bind(1, track_number)
      .bind(2, span_class(entry.last - entry.first))
      .bind(3, entry.last.ms)
      .bind(4, entry.id)
      .run();
}

void take_candidates(store::Stmt& query, std::vector<Candidate>& out) {
  while (query.step()) {
    Candidate c;
    c.id = query.integer(0);
    c.track.terminal.value = static_cast<std::uint64_t>(query.integer(1));
    c.track.segment = static_cast<std::uint16_t>(query.integer(2));
    c.first = {query.integer(3)};
    c.last = {query.integer(3) + query.integer(4)};
    add_runs(c, query.integer(5), out);
  }
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

std::vector<model::TrackId> BlockTable::tracks_of(Db& db, model::TerminalId terminal) {
  std::vector<model::TrackId> out;
  auto rows = db.prepare("SELECT segment FROM archive_track WHERE terminal = ?");
  rows.bind(1, as_integer(terminal.value));
  while (rows.step()) out.push_back({terminal, static_cast<std::uint16_t>(rows.integer(0))});
  return out;
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
  put_in_order(out);
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
