// SPDX-License-Identifier: Apache-2.0
#include "drift/land.hpp"

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
