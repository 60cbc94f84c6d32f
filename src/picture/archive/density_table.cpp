// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/density_table.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

#include "base/log.hpp"
#include "picture/archive/block_reader.hpp"
#include "picture/archive/block_table.hpp"
#include "store/block/sealed.hpp"
#include "store/block/varint.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;
using store::Db;

constexpr std::uint8_t kVersion = 1;
constexpr std::int32_t kTileCells = 100;  // along an edge
constexpr std::uint32_t kCellsOfTile = kTileCells * kTileCells;
/// A day is kept while so many rows share a cell, in the mean.
constexpr std::int64_t kLeastRowsPerCell = 8;
/// Fewer rows say nothing of a day that is not over.
constexpr std::int64_t kRowsThatTell = 4096;
constexpr std::int64_t kDaysUntilOver = 2;
/// Ids of tiles are (day x this + latitude) x this + longitude, both from -kTileZero.
constexpr std::int64_t kTileFactor = 1024;
constexpr std::int32_t kTileZero = 512;
constexpr std::size_t kEntriesAtOnce = 1'000'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::int64_t id_of(const DensityTile& tile) {
  return (tile.day * kTileFactor + tile.lat + kTileZero) * kTileFactor + tile.lon + kTileZero;
}

/// Both in order of cell.
std::vector<TileCount> sum_of(std::span<const TileCount> a, std::span<const TileCount> b) {
  std::vector<TileCount> out;
  out.reserve(a.size() + b.size());
  while (!a.empty() || !b.empty()) {
    const bool both = !a.empty() && !b.empty() && a[0].cell == b[0].cell;
    const bool first = both || b.empty() || (!a.empty() && a[0].cell < b[0].cell);
    out.push_back(first ? a[0] : b[0]);
    if (both) out.back().count += b[0].count;
    if (first) a = a.subspan(1);
    if (both || !first) b = b.subspan(1);
  }
  return out;
}

struct Day {
  std::int64_t positions{0}, cells{0};
  bool kept{true};
};

Day counted_day(Db& db, std::int64_t day) {
  auto row = db.prepare("SELECT positions, cells, kept FROM archive_day WHERE day = ?");
  row.bind(1, day);
  if (!row.step()) return {};
  return {row.integer(0), row.integer(1), row.integer(2) != 0};
}

void put_day(Db& db, std::int64_t day, const Day& is) {
  db.prepare("INSERT OR REPLACE INTO archive_day VALUES (?, ?, ?, ?)")
      .bind(1, day)
      .bind(2, is.positions)
      .bind(3, is.cells)
      .bind(4, is.kept ? 1 : 0)
      .run();
}

void drop_day(Db& db, std::int64_t day) {
  db.prepare("UPDATE archive_day SET kept = 0 WHERE day = ?").bind(1, day).run();
  db.prepare("DELETE FROM archive_density WHERE id >= ? AND id < ?")
      .bind(1, day * kTileFactor * kTileFactor)
      .bind(2, (day + 1) * kTileFactor * kTileFactor)
      .run();
}

/// False when what the tile holds cannot be read.
bool add_to_tile(Db& db, std::int64_t id, std::span<const TileCount> counts, Day& day) {
  std::vector<TileCount> before;
  {
    auto row = db.prepare("SELECT bytes FROM archive_density WHERE id = ?");
    row.bind(1, id);
    if (row.step()) {
      auto decoded = decode_tile(row.blob_view(0));
      if (!decoded) return false;
      before = std::move(*decoded);
    }
  }
  const auto now = sum_of(before, counts);
  for (const auto& count : counts) day.positions += std::int64_t(count.count);
  day.cells += std::ssize(now) - std::ssize(before);
  db.prepare("INSERT OR REPLACE INTO archive_density VALUES (?, ?)")
      .bind(1, id)
      .bind_blob(2, encode_tile(now))
      .run();
  return true;
}

using Entries = std::span<const DensityCounter::Entry>;

/// `entries`: of one day.
void add_to_day(Db& db, Entries entries) {
  const auto number = entries[0].tile.day;
  auto day = counted_day(db, number);
  if (!day.kept) return;
  std::vector<TileCount> counts;
  for (std::size_t begin = 0; begin < entries.size() && day.kept;) {
    counts.clear();
    auto end = begin;
    for (; end < entries.size() && entries[end].tile == entries[begin].tile; ++end) {
      counts.push_back(entries[end].at);
    }
    day.kept = add_to_tile(db, id_of(entries[begin].tile), counts, day);
    begin = end;
  }
  if (!day.kept) {
    base::log_warn("picture", "the counts of {} are damaged; its rasters are made from its rows",
                   base::to_iso({number * kDay_ms}));
  }
  const bool scattered =
      day.positions >= kRowsThatTell && day.positions < kLeastRowsPerCell * day.cells;
  put_day(db, number, day);
  if (!day.kept || scattered) drop_day(db, number);
}

/// Days that are over, and scattered.
void drop_past_days(Db& db, std::int64_t today) {
  std::vector<std::int64_t> days;
  {
    auto query = db.prepare(
        "SELECT day FROM archive_day WHERE day < ? AND kept = 1 AND positions < ? * cells");
    query.bind(1, today - kDaysUntilOver).bind(2, kLeastRowsPerCell);
    while (query.step()) days.push_back(query.integer(0));
  }
  for (const auto day : days) drop_day(db, day);
}

/// All rows of blocks, track by track.
void count_all(Db& db, std::atomic<std::uint64_t>& damaged) {
  db.exec("DELETE FROM archive_density; DELETE FROM archive_day");
  DensityCounter counter;
  for (const auto& known : BlockTable::tracks(db)) {
    BlockReader reader(db, damaged);
    const Wanted all{known.track, base::kDistantPast, base::kDistantFuture};
    for (const auto& block : BlockTable::candidates(db, all)) {
      const auto* columns = reader.columns(block, store::Columns::kWay);
      for (std::size_t i = 0; columns != nullptr && i < columns->rows; ++i) {
        counter.add(columns->time_at(i), columns->position_at(i));
      }
      if (counter.size() >= kEntriesAtOnce) DensityTable::add(db, counter);
    }
  }
  DensityTable::add(db, counter);
  BlockTable::set_days_counted(db, true);
}

}  // namespace

std::int64_t day_of(base::Instant t) {
  return floor_div(t.ms, kDay_ms);
}

std::string encode_tile(std::span<const TileCount> counts) {
  std::string out(1, static_cast<char>(kVersion));
  store::put_varint(out, counts.size());
  std::uint32_t next = 0;
  for (const auto& [cell, count] : counts) {
    store::put_varint(out, cell - next);
    store::put_varint(out, count);
    next = cell + 1;
  }
  store::seal(out);
  return out;
}

base::Result<std::vector<TileCount>> decode_tile(std::string_view bytes) {
  const auto body = store::unsealed(bytes, kVersion, "density tile");
  if (!body) return tl::unexpected(body.error());
  store::VarintReader in(*body);
  std::vector<TileCount> out(in.get_up_to(kCellsOfTile));
  std::uint64_t next = 0;
  for (auto& [cell, count] : out) {
    const auto at = next + in.get_up_to(kCellsOfTile);
    count = in.get();
    if (!in.ok() || at >= kCellsOfTile || count == 0) {
      return base::fail(base::Code::kMalformed, "the density tile is damaged: a cell is broken");
    }
    cell = static_cast<std::uint32_t>(at);
    next = at + 1;
  }
  if (in.ok() && in.rest().empty()) return out;
  return base::fail(base::Code::kMalformed, "the density tile is damaged: its end is broken");
}

void DensityCounter::add(base::Instant time, geo::Position position) {
  // Unsigned: what is before or south or west of the cell is far beyond it.
  const auto beyond = [](std::int32_t at, std::int32_t corner) {
    return static_cast<std::uint32_t>(at) - static_cast<std::uint32_t>(corner) >=
           std::uint32_t{kDensityCell};
  };
  if (!m_entries.empty() && time.ms >= m_day_ms && time.ms - m_day_ms < kDay_ms &&
      !beyond(position.lat, m_corner.lat) && !beyond(position.lon, m_corner.lon)) {
    ++m_entries.back().at.count;
    return;
  }
  const auto row = floor_div(position.lat, kDensityCell);
  const auto column = floor_div(position.lon, kDensityCell);
  Entry entry;
  entry.tile.day = day_of(time);
  entry.tile.lat = static_cast<std::int32_t>(floor_div(row, kTileCells));
  entry.tile.lon = static_cast<std::int32_t>(floor_div(column, kTileCells));
  entry.at.cell =
      static_cast<std::uint32_t>((row - std::int64_t{entry.tile.lat} * kTileCells) * kTileCells +
                                 column - std::int64_t{entry.tile.lon} * kTileCells);
  entry.at.count = 1;
  m_entries.push_back(entry);
  m_day_ms = entry.tile.day * kDay_ms;
  // The corner of the southernmost and westernmost cells lies beyond 32 bits: modulo 2^32 too.
  m_corner = {static_cast<std::int32_t>(row * kDensityCell),
              static_cast<std::int32_t>(column * kDensityCell)};
}

void DensityCounter::add(std::span<const Fix> rows) {
  for (const auto& row : rows) add(row.time, row.position);
}

std::vector<DensityCounter::Entry> DensityCounter::take() {
  std::sort(m_entries.begin(), m_entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.tile, a.at.cell) < std::tie(b.tile, b.at.cell);
  });
  std::vector<Entry> out;
  for (const auto& entry : m_entries) {
    if (!out.empty() && out.back().tile == entry.tile && out.back().at.cell == entry.at.cell) {
      out.back().at.count += entry.at.count;
    } else {
      out.push_back(entry);
    }
  }
  m_entries.clear();
  return out;
}

void DensityTable::add(Db& db, DensityCounter& counter) {
  const auto entries = counter.take();
  if (entries.empty()) return;
  // Today is the day of most rows: a vessel with a wrong clock does not end the days of others.
  std::int64_t today = 0;
  std::uint64_t most = 0;
  for (Entries rest(entries); !rest.empty();) {
    std::uint64_t rows = 0;
    std::size_t end = 0;
    for (; end < rest.size() && rest[end].tile.day == rest[0].tile.day; ++end) {
      rows += rest[end].at.count;
    }
    if (rows > most) {
      most = rows;
      today = rest[0].tile.day;
    }
    add_to_day(db, rest.first(end));
    rest = rest.subspan(end);
  }
  drop_past_days(db, today);
}

void DensityTable::prepare(store::Database& database, std::atomic<std::uint64_t>& damaged) {
  const bool counted = database.read([](Db& db) { return BlockTable::days_counted(db); });
  if (!counted) database.write([&](Db& db) { count_all(db, damaged); });
}

void DensityTable::outdate(Db& db) {
  BlockTable::set_days_counted(db, false);
}

void DensityTable::drop(Db& db, std::int64_t day) {
  drop_day(db, day);
}

std::vector<std::int64_t> DensityTable::kept_days(Db& db, std::int64_t first, std::int64_t last) {
  std::vector<std::int64_t> out;
  auto query =
      db.prepare("SELECT day FROM archive_day WHERE day BETWEEN ? AND ? AND kept = 1 ORDER BY day");
  query.bind(1, first).bind(2, last);
  while (query.step()) out.push_back(query.integer(0));
  return out;
}

bool DensityTable::cells(Db& db, std::int64_t day, const geo::Box& box,
                         std::vector<DensityCell>& out) {
  const auto tile_at = [](double degrees) {
    constexpr double kFarthest = kTileZero - 1;
    return static_cast<std::int32_t>(std::floor(std::clamp(degrees, -kFarthest, kFarthest)));
  };
  auto query = db.prepare("SELECT id, bytes FROM archive_density WHERE id BETWEEN ? AND ?");
  for (auto lat = tile_at(box.south_deg); lat <= tile_at(box.north_deg); ++lat) {
    query.bind(1, id_of({day, lat, tile_at(box.west_deg)}));
    query.bind(2, id_of({day, lat, tile_at(box.east_deg)}));
    while (query.step()) {
      const auto lon = static_cast<std::int32_t>(query.integer(0) - id_of({day, lat, 0}));
      const auto tile = decode_tile(query.blob_view(1));
      if (!tile) {
        base::log_error("picture", "counts of {} at {} N {} E cannot be read, its rows are: {}",
                        base::to_iso({day * kDay_ms}), lat, lon, tile.error().text());
        return false;
      }
      for (const auto& [cell, count] : *tile) {
        out.push_back({lat * kTileCells + std::int32_t(cell / kTileCells),
                       lon * kTileCells + std::int32_t(cell % kTileCells), count});
      }
    }
  }
  return true;
}

}  // namespace jinglue::picture::detail
