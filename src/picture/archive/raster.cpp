// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/raster.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "picture/archive/archive_impl.hpp"
#include "picture/archive/density_table.hpp"
#include "picture/archive/piece.hpp"

namespace jinglue::picture {
namespace {

constexpr std::size_t kMostCells = 16'000'000;

/// Adds up in the cells of a raster.
class Cells {
 public:
  explicit Cells(Raster& out) : m_out(out) {}

  /// Those of the rows, or takes them away.
  void add(const Piece& piece, bool away = false) {
    const std::uint32_t one = away ? UINT32_MAX : 1;  // modulo 2^32
    const auto& columns = piece.columns;
    for (std::size_t i = piece.begin; i < piece.end; ++i) {
      add(columns.lat.at[i], columns.lon.at[i], one);
    }
  }
  void add(const geo::Position& p) {
    add(static_cast<std::uint32_t>(p.lat), static_cast<std::uint32_t>(p.lon), 1);
  }
  /// Kept counts; the raster's cells consist of theirs.
  void add(std::span<const detail::DensityCell> kept) {
    const std::int64_t many = m_out.cell / detail::kDensityCell;
    const std::int64_t south = m_out.corner.lat / detail::kDensityCell;
    const std::int64_t west = m_out.corner.lon / detail::kDensityCell;
    for (const auto& cell : kept) {
      if (cell.row < south || cell.column < west) continue;
      const auto y = std::size_t((cell.row - south) / many);
      const auto x = std::size_t((cell.column - west) / many);
      if (x >= m_out.width || y >= m_out.height) continue;
      m_out.counts[y * m_out.width + x] += static_cast<std::uint32_t>(cell.count);
      m_positions += cell.count;
    }
  }
  void finish() { m_out.positions += m_positions; }

 private:
  std::uint32_t divide(std::uint32_t value) const {
    // The product is off by less than 2^-20, so its whole part by one at most.
    auto q = static_cast<std::uint32_t>(value * m_inverse);
    if (value - q * m_cell >= m_cell) q += value >= q * m_cell ? 1 : UINT32_MAX;
    return q;
  }
  void add(std::uint32_t lat, std::uint32_t lon, std::uint32_t one) {
    // Modulo 2^32: what is south or west of the corner is far beyond the grid.
    const std::uint32_t y = divide(lat - m_south);
    const std::uint32_t x = divide(lon - m_west);
    if (x >= m_out.width || y >= m_out.height) return;
    m_out.counts[y * m_out.width + x] += one;
    m_positions += std::uint64_t(std::int64_t{static_cast<std::int32_t>(one)});
  }

  Raster& m_out;
  std::uint32_t m_south{static_cast<std::uint32_t>(m_out.corner.lat)};
  std::uint32_t m_west{static_cast<std::uint32_t>(m_out.corner.lon)};
  std::uint32_t m_cell{static_cast<std::uint32_t>(m_out.cell)};
  double m_inverse{1.0 / m_cell};
  std::uint64_t m_positions{0};
};

/// The whole cells of a raster.
geo::Box covered_by(const Raster& raster) {
  const auto edge = [&](std::int32_t corner, std::size_t cells) {
    return (double(corner) + double(cells) * raster.cell) / geo::Position::kUnitsPerDegree;
  };
  return {edge(raster.corner.lon, 0), edge(raster.corner.lat, 0),
          edge(raster.corner.lon, raster.width), edge(raster.corner.lat, raster.height)};
}

bool fits_kept_cells(const Raster& raster) {
  return raster.cell % detail::kDensityCell == 0 && raster.corner.lat % detail::kDensityCell == 0 &&
         raster.corner.lon % detail::kDensityCell == 0;
}

/// Rows of blocks to add, or to take away from what a kept day has more.
struct Part {
  std::int64_t from_ms{0}, to_ms{0};
  bool away{false};
};

/// How a period is put together of kept days and rows. Of a kept day that the period holds less
/// than half of, rows are read; else what is outside of it is taken away.
class Plan {
 public:
  Plan(std::int64_t from_ms, std::int64_t to_ms) : m_to(to_ms), m_next(from_ms) {}

  /// In order. Whether the day's counts are to be added.
  bool take(std::int64_t day) {
    const auto begin = day * detail::kDay_ms;
    const auto end = begin + detail::kDay_ms;
    const auto from = std::max(begin, m_next);
    const auto to = std::min(end, m_to);
    if (2 * (to - from) < detail::kDay_ms) return false;
    add(m_next, from, false);
    add(begin, from, true);
    add(to, end, true);
    m_next = to;
    return true;
  }
  std::vector<Part> finish() {
    add(m_next, m_to, false);
    return std::move(m_parts);
  }

 private:
  void add(std::int64_t from, std::int64_t to, bool away) {
    if (from < to) m_parts.push_back({from, to, away});
  }

  std::int64_t m_to, m_next;
  std::vector<Part> m_parts;
};

}  // namespace

void Archive::count(Raster& raster, base::Instant from, base::Instant to,
                    const std::function<bool()>& go_on) const {
  const auto& impl = *m_impl;
  from = std::max(from, base::kDistantPast);
  to = std::min(to, base::kDistantFuture);
  if (from >= to) return;
  const auto box = covered_by(raster);
  Cells cells(raster);
  impl.database->read([&](store::Db& db) {
    impl.visit_memory(db, nullptr, {std::nullopt, from, to, &box},
                      [&](const model::Fix& row) { cells.add(row.position); });
    Plan plan(from.ms, to.ms);
    if (fits_kept_cells(raster)) {
      std::vector<detail::DensityCell> kept;
      for (const auto day :
           detail::DensityTable::kept_days(db, detail::day_of(from), detail::day_of(to))) {
        kept.clear();
        if (!detail::DensityTable::cells(db, day, box, kept)) continue;  // its rows are read
        if (plan.take(day)) cells.add(kept);
        raster.whole = !go_on || go_on();
        if (!raster.whole) return;
      }
    }
    std::size_t pieces = 0;
    for (const auto& part : plan.finish()) {
      const auto count = [&](const Piece& piece) {
        cells.add(piece, part.away);
        raster.whole = ++pieces % 64 != 0 || !go_on || go_on();
        return raster.whole;
      };
      const detail::Wanted rows{std::nullopt, {part.from_ms}, {part.to_ms}, &box};
      if (!impl.scan_blocks(db, rows, store::Columns::kWay, count)) return;
    }
  });
  cells.finish();
}

void count_rows(const Archive& archive, Raster& out, base::Instant from, base::Instant to,
                const std::function<bool()>& go_on,
                const std::function<bool(model::TrackId)>& takes) {
  Cells cells(out);
  std::size_t pieces = 0;
  archive.scan(
      covered_by(out), from, to,
      [&](const Piece& piece) {
        if (!takes || takes(piece.track())) cells.add(piece);
        out.whole = ++pieces % 64 != 0 || !go_on || go_on();
        return out.whole;
      },
      store::Columns::kWay);
  cells.finish();
}

base::Result<Raster> raster(const Archive& archive, const geo::Box& box, base::Instant from,
                            base::Instant to, double cell_deg, const std::function<bool()>& go_on,
                            const std::function<bool(model::TrackId)>& takes) {
  Raster out;
  const double cell = cell_deg * geo::Position::kUnitsPerDegree;
  const double width = std::ceil((box.east_deg - box.west_deg) / cell_deg - 1e-9);
  const double height = std::ceil((box.north_deg - box.south_deg) / cell_deg - 1e-9);
  const bool fits = cell >= 1 && cell < 1e9 && width >= 1 && height >= 1 &&
                    width * height <= double(kMostCells) && box.west_deg >= -180 &&
                    box.east_deg <= 180 && box.south_deg >= -90 && box.north_deg <= 90;
  if (!fits) {
    return base::fail(base::Code::kOutOfRange, "the raster has no or too many cells", "cell",
                      "choose a larger cell or a smaller area (16 million cells at most)");
  }
  out.corner = geo::to_position({box.south_deg, box.west_deg});
  out.cell = static_cast<std::int32_t>(std::lround(cell));
  out.width = static_cast<std::size_t>(width);
  out.height = static_cast<std::size_t>(height);
  out.counts.assign(out.width * out.height, 0);
  if (!takes) {
    archive.count(out, from, to, go_on);
  } else {
    count_rows(archive, out, from, to, go_on, takes);
  }
  return out;
}

}  // namespace jinglue::picture
