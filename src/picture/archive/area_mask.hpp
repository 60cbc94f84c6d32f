// SPDX-License-Identifier: Apache-2.0
// AreaMask: whether positions lie in an area, for millions of them. A grid of some 256 x 256 cells
// over the area's box knows which cells lie wholly inside or outside; only positions in cells that
// an edge touches are tested against the polygon. Answers are those of Area::contains().
#pragma once

#include <cstdint>
#include <vector>

#include "geo/area.hpp"
#include "geo/point.hpp"

namespace jinglue::picture {

class AreaMask {
 public:
  /// The area must outlive the mask.
  explicit AreaMask(const geo::Area& area);
  bool contains(geo::Position p) const;

 private:
  enum class Cell : std::uint8_t { kOutside, kInside, kEdge };
  /// In units of geo::Position from the corner.
  struct Point {
    double x, y;
  };
  void mark_edge(Point a, Point b);
  void mark_row(std::int64_t row, double low_x, double high_x);
  void fill_row(std::int64_t row);

  const geo::Area& m_area;
  geo::Position m_corner;
  std::int64_t m_step_x{1}, m_step_y{1};
  std::int64_t m_width{0}, m_height{0};
  std::vector<Cell> m_cells;
};

}  // namespace jinglue::picture
