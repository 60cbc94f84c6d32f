// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/raster.hpp"

#include <cmath>

#include "picture/archive/piece.hpp"

namespace jinglue::picture {
namespace {

constexpr std::size_t kMostCells = 16'000'000;

void count(const Piece& piece, Raster& out) {
  const auto& columns = piece.columns;
  const auto south = static_cast<std::uint32_t>(out.corner.lat);
  const auto west = static_cast<std::uint32_t>(out.corner.lon);
  const auto cell = static_cast<std::uint32_t>(out.cell);
  const double inverse = 1.0 / cell;
  const auto divide = [&](std::uint32_t value) {
    // The product is off by less than 2^-20, so its whole part by one at most.
    auto q = static_cast<std::uint32_t>(value * inverse);
    if (value - q * cell >= cell) q += value >= q * cell ? 1 : UINT32_MAX;
    return q;
  };
  for (std::size_t i = piece.begin; i < piece.end; ++i) {
    // Modulo 2^32: what is south or west of the corner is far beyond the grid.
    const std::uint32_t y = divide(columns.lat.at[i] - south);
    const std::uint32_t x = divide(columns.lon.at[i] - west);
    if (x >= out.width || y >= out.height) continue;
    ++out.counts[y * out.width + x];
    ++out.positions;
  }
}

}  // namespace

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
  const geo::Box covered{box.west_deg, box.south_deg, box.west_deg + width * cell_deg,
                         box.south_deg + height * cell_deg};
  std::size_t pieces = 0;
  archive.scan(
      covered, from, to,
      [&](const Piece& piece) {
        if (!takes || takes(piece.track())) count(piece, out);
        out.whole = ++pieces % 64 != 0 || !go_on || go_on();
        return out.whole;
      },
      store::Columns::kWay);
  return out;
}

}  // namespace jinglue::picture
