// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/last_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/log.hpp"
#include "picture/archive/block_index.hpp"
#include "store/block/block.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;
using store::Db;

/// So many tracks are looked up one by one; the blocks of more come with those of all.
constexpr std::size_t kFewTracks = 64;

/// An entry is a block of one row.
std::optional<Fix> row_of(std::string_view bytes, std::int64_t last_ms, model::TrackId track) {
  store::BlockColumns columns;
  if (!store::decode_block(bytes, columns) || columns.rows != 1 || columns.track != track) {
    return std::nullopt;
  }
  auto row = columns.fix_at(0);
  if (row.time.ms != last_ms) return std::nullopt;
  return row;
}

void put(Db& db, std::int64_t track_number, const Fix& row) {
  db.prepare(
        "INSERT INTO archive_last VALUES (?, ?, ?) ON CONFLICT (track) DO UPDATE SET"
        " last_ms = excluded.last_ms, bytes = excluded.bytes"
        " WHERE excluded.last_ms >= archive_last.last_ms")
      .bind(1, track_number)
      .bind(2, row.time.ms)
      .bind_blob(3, store::encode_block({&row, 1}))
      .run();
}

void remove(Db& db, std::int64_t track_number) {
  db.prepare("DELETE FROM archive_last WHERE track = ?").bind(1, track_number).run();
}

/// When the last row of the track in blocks is, by the index.
std::optional<base::Instant> end_of(Db& db, std::int64_t track_number) {
  auto row = db.prepare("SELECT max(last_ms) FROM archive_by_track WHERE track = ?");
  row.bind(1, track_number);
  if (!row.step() || row.is_null(0)) return std::nullopt;
  return base::Instant{row.integer(0)};
}

std::optional<Fix> last_in_blocks(Db& db, BlockReader& reader, model::TrackId track,
                                  base::Instant end) {
  const auto of = [&](base::Instant from) {
    const auto blocks = BlockTable::candidates(db, {track, from, base::kDistantFuture, nullptr});
    return last_row(reader, blocks, {}, base::kDistantPast, base::kDistantFuture);
  };
  auto found = of(end);
  if (!found) found = of(base::kDistantPast);  // the newest block cannot be read
  return found;
}

/// Tracks without an entry that can be read, of those that have blocks.
std::vector<model::TrackId> incomplete(Db& db) {
  std::vector<model::TrackId> out;
  auto rows = db.prepare(
      "SELECT t.terminal, t.segment, l.last_ms, l.bytes FROM archive_track t"
      " LEFT JOIN archive_last l ON l.track = t.id"
      " WHERE EXISTS (SELECT 1 FROM archive_by_track b WHERE b.track = t.id)");
  while (rows.step()) {
    const model::TrackId track{{static_cast<std::uint64_t>(rows.integer(0))},
                               static_cast<std::uint16_t>(rows.integer(1))};
    if (rows.is_null(2) || !row_of(rows.blob_view(3), rows.integer(2), track)) {
      out.push_back(track);
    }
  }
  return out;
}

}  // namespace

void LastTable::add(Db& db, std::span<const Run> runs) {
  std::unordered_map<model::TrackId, const Fix*> last;
  for (const auto& run : runs) {
    const auto& row = run.rows.back();
    auto& known = last[row.track];
    if (known == nullptr || row.time >= known->time) known = &row;
  }
  for (const auto& [track, row] : last) put(db, track_number(db, track), *row);
}

void LastTable::renew(Db& db, BlockReader& reader, model::TrackId track) {
  const auto number = track_number(db, track);
  remove(db, number);
  const auto end = end_of(db, number);
  if (!end) return;
  if (const auto row = last_in_blocks(db, reader, track, *end)) put(db, number, *row);
}

void LastTable::prepare(store::Database& database, std::atomic<std::uint64_t>& damaged) {
  if (database.read([](Db& db) { return incomplete(db).empty(); })) return;
  database.write([&](Db& db) { complete(db, damaged); });
}

void LastTable::complete(Db& db, std::atomic<std::uint64_t>& damaged) {
  const auto tracks = incomplete(db);
  for (const auto track : tracks) {
    BlockReader reader(db, damaged);
    renew(db, reader, track);
  }
  base::log_info("picture", "the last positions of {} tracks were taken from their blocks",
                 tracks.size());
}

LastKept LastTable::read(Db& db, base::Instant oldest, base::Instant t,
                         std::span<const Fix> memory) {
  const auto in_memory = [&](model::TrackId track, std::int64_t last_ms) {
    const auto found = std::ranges::lower_bound(memory, track, {}, &Fix::track);
    return found != memory.end() && found->track == track && found->time.ms >= last_ms;
  };
  LastKept out;
  auto rows = db.prepare(
      "SELECT t.terminal, t.segment, l.last_ms, l.bytes FROM archive_track t"
      " LEFT JOIN archive_last l ON l.track = t.id");
  while (rows.step()) {
    const model::TrackId track{{static_cast<std::uint64_t>(rows.integer(0))},
                               static_cast<std::uint16_t>(rows.integer(1))};
    std::optional<Fix> row;
    if (!rows.is_null(2) && rows.integer(2) <= t.ms) {
      if (in_memory(track, rows.integer(2))) continue;  // nothing is decoded
      row = row_of(rows.blob_view(3), rows.integer(2), track);
    }
    if (!row) {
      out.open.push_back(track);
    } else if (row->time >= oldest) {
      out.rows.push_back(*row);
    }
  }
  return out;
}

std::vector<Candidate> LastTable::blocks_of(Db& db, const LastKept& kept, base::Instant oldest,
                                            base::Instant t) {
  std::vector<Candidate> out;
  const auto end = t + base::Duration(1);
  if (kept.open.size() > kFewTracks) {
    out = BlockTable::candidates(db, {std::nullopt, oldest, end, nullptr});
    if (kept.rows.empty()) return out;
    const std::unordered_set<model::TrackId> open(kept.open.begin(), kept.open.end());
    std::erase_if(out, [&](const Candidate& block) { return !open.contains(block.track); });
    return out;
  }
  for (const auto track : kept.open) {
    const auto some = BlockTable::candidates(db, {track, oldest, end, nullptr});
    out.insert(out.end(), some.begin(), some.end());
  }
  return out;
}

std::optional<Fix> LastTable::entry(Db& db, std::int64_t track_number, model::TrackId track) {
  auto row = db.prepare("SELECT last_ms, bytes FROM archive_last WHERE track = ?");
  row.bind(1, track_number);
  return row.step() ? row_of(row.blob_view(1), row.integer(0), track) : std::nullopt;
}

std::optional<Fix> last_row(BlockReader& reader, std::span<const Candidate> blocks,
                            std::span<const Fix> memory, base::Instant oldest, base::Instant t) {
  std::optional<Fix> best;
  // Sources come newest first, rows in the order of time and arrival.
  const auto take = [&](std::span<const Fix> rows) {
    std::optional<Fix> found;
    for (const auto& row : rows) {
      if (row.time > t || row.time < oldest) continue;
      if (!found || row.time >= found->time) found = row;
    }
    if (found && (!best || found->time > best->time)) best = found;
  };
  take(memory);
  if (best) best->offset = 0;
  std::vector<Candidate> newest(blocks.begin(), blocks.end());
  std::sort(newest.begin(), newest.end(), [](const Candidate& a, const Candidate& b) {
    const auto place_a = std::abs(a.id), place_b = std::abs(b.id);
    return std::tie(a.last, place_a) > std::tie(b.last, place_b);
  });
  for (const auto& block : newest) {
    if (best && best->time >= block.last) break;
    take(reader.rows(block));
  }
  return best;
}

}  // namespace jinglue::picture::detail
