// SPDX-License-Identifier: Apache-2.0
// Raster: how many positions lie in each cell of a grid; the density of traffic of any period.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "base/result.hpp"
#include "picture/archive/archive.hpp"

namespace jinglue::picture {

struct Raster {
  geo::Position corner;  ///< south-west
  std::int32_t cell{0};  ///< edge of a cell, 1e-5 minute
  std::size_t width{0}, height{0};
  std::vector<std::uint32_t> counts;  ///< row by row from the south, each from the west
  std::uint64_t positions{0};         ///< their sum
  bool whole{true};                   ///< false: `go_on` ended it

  std::uint32_t at(std::size_t x, std::size_t y) const { return counts[y * width + x]; }
};

/// Whole cells from the south-west corner on: the last ones may reach beyond the box. A position on
/// an edge belongs to the cell north and east of it. kOutOfRange when the box is
/// empty or has more than 16 million cells. `go_on` is asked now and then; false ends the question.
/// Of tracks that `takes` refuses nothing is counted.
base::Result<Raster> raster(const Archive& archive, const geo::Box& box, base::Instant from,
                            base::Instant to, double cell_deg,
                            const std::function<bool()>& go_on = {},
                            const std::function<bool(model::TrackId)>& takes = {});
/// What the kept counts of days save: adds the rows themselves to the cells. Tests compare both.
void count_rows(const Archive& archive, Raster& out, base::Instant from, base::Instant to,
                const std::function<bool()>& go_on,
                const std::function<bool(model::TrackId)>& takes);

}  // namespace jinglue::picture
