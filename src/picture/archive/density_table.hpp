// SPDX-License-Identifier: Apache-2.0
// DensityTable: how many rows lie in each cell of 0.01 degree, by UTC day, so that a raster of days
// does not read their rows. Rows are counted in the transaction that puts them into a block; those
// that wait are in memory. A day on which rows hardly share cells (reports every ten minutes) is
// not kept: counts would take as much space as rows. docs/format/archive.md, "Density".
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "geo/point.hpp"
#include "model/fix.hpp"
#include "store/database.hpp"

namespace jinglue::picture::detail {

inline constexpr std::int32_t kDensityCell = 60'000;  ///< edge, 1e-5 minute: 0.01 degree
inline constexpr std::int64_t kDay_ms = 86'400'000;

/// The UTC day of an instant, since 1970-01-01.
std::int64_t day_of(base::Instant t);

/// A cell of the whole globe: row and column counted from 0 N 0 E, rounded down.
struct DensityCell {
  std::int32_t row{0}, column{0};
  std::uint64_t count{0};
};

/// A tile is a square degree: 100 x 100 cells of one day.
struct DensityTile {
  std::int64_t day{0};  ///< since 1970-01-01 UTC
  std::int32_t lat{0}, lon{0};
  auto operator<=>(const DensityTile&) const = default;
};

/// A cell of a tile, row x 100 + column, and its rows.
struct TileCount {
  std::uint32_t cell{0};
  std::uint64_t count{0};
  bool operator==(const TileCount&) const = default;
};

/// The bytes of a tile; `counts` in order of cell, none of them 0.
std::string encode_tile(std::span<const TileCount> counts);
/// kMalformed with the reason when they are damaged.
base::Result<std::vector<TileCount>> decode_tile(std::string_view bytes);

/// Gathers rows before they are written.
class DensityCounter {
 public:
  void add(base::Instant time, geo::Position position);
  void add(std::span<const model::Fix> rows);
  struct Entry {
    DensityTile tile;
    TileCount at;
  };
  /// In order of tile and cell, each once; empties the counter.
  std::vector<Entry> take();
  std::size_t size() const { return m_entries.size(); }

 private:
  std::vector<Entry> m_entries;
  // The cell of the last row: rows that follow one another mostly share it.
  std::int64_t m_day_ms{0};
  geo::Position m_corner;
};

class DensityTable {
 public:
  /// Inside a transaction.
  static void add(store::Db& db, DensityCounter& counter);
  /// Counts all rows of blocks anew when the table does not hold them yet.
  static void prepare(store::Database& database, std::atomic<std::uint64_t>& damaged);
  /// Inside a transaction: rows came into blocks without being counted.
  static void outdate(store::Db& db);

  /// Inside a transaction: rows of blocks of this day went away; its rasters are made from its
  /// rows.
  static void drop(store::Db& db, std::int64_t day);

  /// The days of [first, last] of which all rows in blocks are counted, and there are some.
  static std::vector<std::int64_t> kept_days(store::Db& db, std::int64_t first, std::int64_t last);
  /// Appends the cells of a kept day in the tiles that meet the box. False, told in the log, when
  /// one is damaged.
  static bool cells(store::Db& db, std::int64_t day, const geo::Box& box,
                    std::vector<DensityCell>& out);
};

}  // namespace jinglue::picture::detail
