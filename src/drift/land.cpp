// SPDX-License-Identifier: Apache-2.0
#include "drift/land.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

namespace jinglue::drift {

Land::Land(geo::LatLon first, double step_lat_deg, double step_lon_deg, std::size_t width,
           std::vector<std::uint8_t> cells)
    : m_west(first.lon_deg - step_lon_deg / 2),
      m_south(first.lat_deg - step_lat_deg / 2),
      m_per_lon(1 / step_lon_deg),
      m_per_lat(1 / step_lat_deg),
      m_columns(static_cast<double>(width)),
      m_rows(static_cast<double>(cells.size() / width)),
      m_width(width),
      m_cells(std::move(cells)) {
  assert(m_cells.size() % m_width == 0);
}

namespace {

/// Along one axis: which cell, and how far along the path the next one begins (Amanatides and Woo
/// 1987).
struct Axis {
  std::int64_t cell{0};
  std::int64_t step{0};
  double next{0}, per_cell{0};

  Axis(double from, double to) {
    const double way = to - from;
    const double floor = std::floor(from);
    cell = static_cast<std::int64_t>(floor);
    step = way > 0 ? 1 : -1;
    per_cell = way == 0 ? std::numeric_limits<double>::infinity() : 1 / std::abs(way);
    next = way == 0 ? per_cell : (way > 0 ? floor + 1 - from : from - floor) * per_cell;
  }
  void advance() {
    cell += step;
    next += per_cell;
  }
};

}  // namespace

base::Result<Land> Land::of_polygons(const std::vector<geo::PolygonRings>& polygons,
                                     const geo::Box& box, double step_deg) {
  constexpr double kMostCells = 1e8;
  const double columns = std::ceil((box.east_deg - box.west_deg) / step_deg),
               rows = std::ceil((box.north_deg - box.south_deg) / step_deg);
  if (!(step_deg > 0) || box.empty() || !(columns * rows <= kMostCells)) {
    return base::fail(base::Code::kTooLarge, "the land would take more than 100 million cells",
                      "land", "take a smaller region or larger cells");
  }
  const geo::LatLon first{box.south_deg + step_deg / 2, box.west_deg + step_deg / 2};
  const auto width = std::max<std::size_t>(std::size_t(columns), 1);
  const auto height = std::max<std::size_t>(std::size_t(rows), 1);
  // Where the middle of each row meets a shore line; between the first and the second is land.
  std::vector<std::vector<double>> crossings(height);
  const auto add_side = [&](geo::LatLon a, geo::LatLon b) {
    if (a.lat_deg > b.lat_deg) std::swap(a, b);
    // One comparison decides for both sides of a corner, so that each row meets a shore evenly.
    const double low = std::floor((a.lat_deg - first.lat_deg) / step_deg);
    for (double row = std::max(low, 0.0); row < double(height); ++row) {
      const double lat = first.lat_deg + row * step_deg;
      if (lat < a.lat_deg) continue;
      if (lat >= b.lat_deg) break;
      crossings[std::size_t(row)].push_back(
          a.lon_deg + (lat - a.lat_deg) / (b.lat_deg - a.lat_deg) * (b.lon_deg - a.lon_deg));
    }
  };
  for (const auto& polygon : polygons) {
    for (const auto& ring : polygon) {
      for (std::size_t i = 0; i + 1 < ring.size(); ++i) add_side(ring[i], ring[i + 1]);
    }
  }
  std::vector<std::uint8_t> cells(width * height, 0);
  for (std::size_t row = 0; row < height; ++row) {
    auto& at = crossings[row];
    std::sort(at.begin(), at.end());
    for (std::size_t i = 0; i + 1 < at.size(); i += 2) {
      const double from = std::ceil((at[i] - first.lon_deg) / step_deg);
      const double to = std::min(std::floor((at[i + 1] - first.lon_deg) / step_deg), columns - 1);
      for (double column = std::max(from, 0.0); column <= to; ++column) {
        cells[row * width + std::size_t(column)] = 1;
      }
    }
  }
  return Land(first, step_deg, step_deg, width, std::move(cells));
}

std::optional<double> Land::crossing(geo::LatLon from, geo::LatLon to) const {
  if (m_cells.empty()) return std::nullopt;
  Axis column((from.lon_deg - m_west) * m_per_lon, (to.lon_deg - m_west) * m_per_lon);
  Axis row((from.lat_deg - m_south) * m_per_lat, (to.lat_deg - m_south) * m_per_lat);
  const auto columns = static_cast<std::int64_t>(m_columns);
  const auto rows = static_cast<std::int64_t>(m_rows);
  for (double way = 0; way <= 1;) {
    const bool inside =
        column.cell >= 0 && row.cell >= 0 && column.cell < columns && row.cell < rows;
    if (inside && m_cells[static_cast<std::size_t>(row.cell * columns + column.cell)] != 0) {
      return way;
    }
    auto& nearer = column.next < row.next ? column : row;
    way = nearer.next;
    nearer.advance();
  }
  return std::nullopt;
}

}  // namespace jinglue::drift
