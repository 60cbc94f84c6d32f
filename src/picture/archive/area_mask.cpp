// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/area_mask.hpp"

#include <algorithm>
#include <cmath>

namespace jinglue::picture {
namespace {

constexpr std::int64_t kCells = 256;
/// Edges are widened by this many units, more than doubles of that size are off.
constexpr double kMargin = 2;

std::int64_t cell_of(double value, std::int64_t step) {
  return static_cast<std::int64_t>(std::floor(value / double(step)));
}

}  // namespace

AreaMask::AreaMask(const geo::Area& area) : m_area(area) {
  constexpr double kUnits = geo::Position::kUnitsPerDegree;
  const auto& box = area.box();
  m_corner = {static_cast<std::int32_t>(std::floor(box.south_deg * kUnits)) - 1,
              static_cast<std::int32_t>(std::floor(box.west_deg * kUnits)) - 1};
  const auto width = static_cast<std::int64_t>(std::ceil(box.east_deg * kUnits)) + 2 - m_corner.lon;
  const auto height =
      static_cast<std::int64_t>(std::ceil(box.north_deg * kUnits)) + 2 - m_corner.lat;
  m_step_x = std::max<std::int64_t>(1, (width + kCells - 1) / kCells);
  m_step_y = std::max<std::int64_t>(1, (height + kCells - 1) / kCells);
  m_width = (width + m_step_x - 1) / m_step_x;
  m_height = (height + m_step_y - 1) / m_step_y;
  m_cells.assign(static_cast<std::size_t>(m_width * m_height), Cell::kOutside);
  const auto point = [&](geo::LatLon p) {
    return Point{p.lon_deg * kUnits - double(m_corner.lon), p.lat_deg * kUnits - m_corner.lat};
  };
  for (const auto& polygon : area.polygons()) {
    for (const auto& ring : polygon) {
      for (std::size_t i = 1; i < ring.size(); ++i) mark_edge(point(ring[i - 1]), point(ring[i]));
    }
  }
  for (std::int64_t row = 0; row < m_height; ++row) fill_row(row);
}

void AreaMask::mark_edge(Point a, Point b) {
  if (a.y > b.y) std::swap(a, b);
  const auto first = std::max<std::int64_t>(0, cell_of(a.y - kMargin, m_step_y));
  const auto last = std::min(m_height - 1, cell_of(b.y + kMargin, m_step_y));
  const double height = b.y - a.y;
  for (auto row = first; row <= last; ++row) {
    double begin = 0, end = 1;  // share of the edge that lies in this row
    if (height > 0) {
      begin = std::clamp((double(row * m_step_y) - kMargin - a.y) / height, 0.0, 1.0);
      end = std::clamp((double((row + 1) * m_step_y) + kMargin - a.y) / height, 0.0, 1.0);
    }
    const double x = a.x + (b.x - a.x) * begin;
    const double other = a.x + (b.x - a.x) * end;
    mark_row(row, std::min(x, other), std::max(x, other));
  }
}

void AreaMask::mark_row(std::int64_t row, double low_x, double high_x) {
  const auto first = std::max<std::int64_t>(0, cell_of(low_x - kMargin, m_step_x));
  const auto last = std::min(m_width - 1, cell_of(high_x + kMargin, m_step_x));
  for (auto column = first; column <= last; ++column) {
    m_cells[static_cast<std::size_t>(row * m_width + column)] = Cell::kEdge;
  }
}

/// Neighbours without an edge between them lie on the same side: one test for each run of cells.
void AreaMask::fill_row(std::int64_t row) {
  bool known = false;
  Cell side = Cell::kOutside;
  for (std::int64_t column = 0; column < m_width; ++column) {
    auto& cell = m_cells[static_cast<std::size_t>(row * m_width + column)];
    if (cell == Cell::kEdge) {
      known = false;
      continue;
    }
    if (!known) {
      const geo::Position middle{
          static_cast<std::int32_t>(m_corner.lat + row * m_step_y + m_step_y / 2),
          static_cast<std::int32_t>(m_corner.lon + column * m_step_x + m_step_x / 2)};
      side = m_area.contains(middle.degrees()) ? Cell::kInside : Cell::kOutside;
      known = true;
    }
    cell = side;
  }
}

bool AreaMask::contains(geo::Position p) const {
  const std::int64_t x = std::int64_t{p.lon} - m_corner.lon;
  const std::int64_t y = std::int64_t{p.lat} - m_corner.lat;
  if (x < 0 || y < 0) return false;
  const auto column = x / m_step_x;
  const auto row = y / m_step_y;
  if (column >= m_width || row >= m_height) return false;
  const auto cell = m_cells[static_cast<std::size_t>(row * m_width + column)];
  return cell == Cell::kEdge ? m_area.contains(p.degrees()) : cell == Cell::kInside;
}

}  // namespace jinglue::picture
