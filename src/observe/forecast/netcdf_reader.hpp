// SPDX-License-Identifier: Apache-2.0
// Forecasts out of NetCDF files that keep the CF conventions (1.6 to 1.10): wind at 10 m, current,
// Stokes drift, waves, sea level and water temperature, on axes of longitude and latitude or on the
// plane of a grid mapping. The libraries behind it read what others wrote: a server calls it in a
// child process with limits. Errors and warnings name file and variable.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.hpp"
#include "geo/point.hpp"
#include "model/forecast.hpp"

namespace jinglue::observe::forecast {

/// One forecast for each grid and list of times in the file. Error kMalformed, kMissing (no
/// variable of those above), kUnknown (units, grid mapping), kTooLarge (more than 400 million
/// values).
base::Result<std::vector<model::Forecast>> read_netcdf(const std::filesystem::path& file);

/// A raster of land (CF land_binary_mask): rows from the south, in each from the west; 1 is land.
struct Mask {
  geo::LatLon first;  ///< centre of the first cell
  double step_lat_deg{0}, step_lon_deg{0};
  std::size_t width{0};
  std::vector<std::uint8_t> cells;
};
base::Result<Mask> read_mask(const std::filesystem::path& file);

}  // namespace jinglue::observe::forecast
