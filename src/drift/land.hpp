// SPDX-License-Identifier: Apache-2.0
// Land: a raster of land and sea, nearest cell, centres of cells at even longitudes and latitudes.
// Beyond the raster is sea. crossing() follows a path from cell to cell: where it first meets land.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "geo/area.hpp"
#include "geo/point.hpp"

namespace jinglue::drift {

class Land {
 public:
  Land() = default;
  /// `cells`: rows from the south, in each from the west; other than 0 is land. Centres of the
  /// first cell and steps in degrees.
  Land(geo::LatLon first, double step_lat_deg, double step_lon_deg, std::size_t width,
       std::vector<std::uint8_t> cells);

  /// Of polygons (holes are sea), cells of `step_deg` over `box`; a cell is land when its centre
  /// is. Error kTooLarge for more than 100 million cells.
  static base::Result<Land> of_polygons(const std::vector<geo::PolygonRings>& polygons,
                                        const geo::Box& box, double step_deg);

  bool empty() const { return m_cells.empty(); }
  bool is_land(geo::LatLon at) const {
    const double column = (at.lon_deg - m_west) * m_per_lon;
    const double row = (at.lat_deg - m_south) * m_per_lat;
    if (!(column >= 0 && row >= 0 && column < m_columns && row < m_rows)) return false;
    return m_cells[static_cast<std::size_t>(row) * m_width + static_cast<std::size_t>(column)] != 0;
  }
  /// How far along the straight path from `from` to `to` (0 to 1) the first land begins; absent
  /// when there is none on it.
  std::optional<double> crossing(geo::LatLon from, geo::LatLon to) const;

 private:
  double m_west{0}, m_south{0};  ///< edges
  double m_per_lon{0}, m_per_lat{0};
  double m_columns{0}, m_rows{0};
  std::size_t m_width{0};
  std::vector<std::uint8_t> m_cells;
};

}  // namespace jinglue::drift
