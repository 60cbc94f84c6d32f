// SPDX-License-Identifier: Apache-2.0
// ProbabilityGrid: how likely each cell of sea is to hold what is looked for, from an ensemble; and
// the smallest areas that hold 50, 90, 95 % of it. Cells are squares of so many metres at the
// centre of the ensemble, upright in longitude and latitude.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "drift/particles.hpp"
#include "geo/area.hpp"
#include "geo/point.hpp"

namespace jinglue::drift {

struct ProbabilityGrid {
  geo::LatLon south_west;  ///< corner of the first cell
  double step_lat_deg{0}, step_lon_deg{0};
  double cell_km2{0};
  std::size_t width{0}, height{0};
  std::vector<double> share;  ///< rows from the south, in each from the west; sum 1

  bool empty() const { return share.empty(); }
};

/// Of all that have begun and did not leave the forecasts; those on the shore count where they lie.
/// `weights`: one for each particle, or empty: all alike. Error kOutOfRange: a cell of less than
/// 10 m, more than four million cells, or no particle that counts.
base::Result<ProbabilityGrid> probability_of(const Particles& particles, double cell_m,
                                             std::span<const double> weights = {});

/// The cells of greatest probability that together hold at least `share`.
struct ShareArea {
  double share{0};
  double km2{0};
  std::vector<bool> cells;
};
ShareArea area_of(const ProbabilityGrid& grid, double share);

/// The outline of cells: outer rings counter-clockwise, holes clockwise, each closed; cells that
/// touch at a corner only are apart.
std::vector<geo::PolygonRings> outline_of(const ProbabilityGrid& grid,
                                          const std::vector<bool>& cells);

}  // namespace jinglue::drift
