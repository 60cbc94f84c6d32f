// SPDX-License-Identifier: Apache-2.0
#include "observe/forecast/netcdf_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "geo/geodesic.hpp"
#include "geo/map_projection.hpp"
#include "observe/forecast/forecast_units.hpp"
#include "observe/forecast/grid_mapping.hpp"
#include "observe/forecast/netcdf_file.hpp"

namespace jinglue::observe::forecast {
namespace {

using model::ForecastVariable;

constexpr std::size_t kMostValues = 400'000'000;

/// A variable of the file that we know, and the dimensions of its last three axes.
struct Found {
  NetcdfVariable variable;
  Meaning meaning;
  int time{-1}, y{-1}, x{-1};
};

bool is_axis(const NetcdfFile& file, int dimension, const char* axis, const char* unit) {
  const auto coordinate = file.variable(file.dimension_name(dimension));
  if (!coordinate) return false;
  if (file.text(coordinate->id, "axis") == axis) return true;
  return file.text(coordinate->id, "units").find(unit) != std::string::npos;
}

/// time, then levels of one or more (the first is taken), then y and x.
base::Result<Found> place_axes(const NetcdfFile& file, const NetcdfVariable& variable,
                               Meaning meaning) {
  Found out{variable, meaning};
  const auto& dimensions = variable.dimensions;
  if (dimensions.size() < 3) {
    return file.wrong(base::Code::kMalformed, variable.name,
                      "its dimensions are not time, (level,) y, x");
  }
  out.time = dimensions[0];
  out.y = dimensions[dimensions.size() - 2];
  out.x = dimensions.back();
  return out;
}

struct Axis {
  std::vector<double> values;
  bool reversed{false};
};

base::Result<Axis> read_axis(const NetcdfFile& file, int dimension) {
  const auto coordinate = file.variable(file.dimension_name(dimension));
  if (!coordinate || coordinate->dimensions.size() != 1) {
    return file.wrong(base::Code::kMissing, file.dimension_name(dimension),
                      "the axis has no coordinate variable of one dimension",
                      "grids that are bent (longitudes of two dimensions) are interpolated first");
  }
  auto values = file.values(*coordinate);
  if (!values) return tl::unexpected(values.error());
  Axis out{std::move(*values)};
  const auto units = file.text(coordinate->id, "units");
  const double factor = units == "km" ? 1000 : 1;
  for (auto& value : out.values) {
    value *= factor;
    if (!std::isfinite(value)) {
      return file.wrong(base::Code::kMalformed, coordinate->name, "a place of the axis is missing");
    }
  }
  out.reversed = out.values.size() > 1 && out.values.front() > out.values.back();
  if (out.reversed) std::reverse(out.values.begin(), out.values.end());
  return out;
}

base::Result<std::vector<base::Instant>> read_times(const NetcdfFile& file, int dimension) {
  const auto coordinate = file.variable(file.dimension_name(dimension));
  if (!coordinate) {
    return file.wrong(base::Code::kMissing, file.dimension_name(dimension), "no times");
  }
  const auto calendar = file.text(coordinate->id, "calendar");
  if (!calendar.empty() && calendar != "standard" && calendar != "gregorian" &&
      calendar != "proleptic_gregorian") {
    return file.wrong(base::Code::kUnknown, coordinate->name,
                      "the calendar \"" + calendar + "\" is not that of days on earth");
  }
  const auto base_time = read_time_unit(file.text(coordinate->id, "units"));
  if (!base_time) {
    return file.wrong(base::Code::kUnknown, coordinate->name, "its units are no time since a date",
                      "as \"hours since 2024-02-28 00:00:00\"");
  }
  const auto values = file.values(*coordinate);
  if (!values) return tl::unexpected(values.error());
  std::vector<base::Instant> out;
  for (const double value : *values) {
    if (!std::isfinite(value) || std::abs(value * base_time->ms) > 1e14) {
      return file.wrong(base::Code::kMalformed, coordinate->name, "a time is missing");
    }
    out.push_back({base_time->from.ms + std::llround(value * base_time->ms)});
  }
  return out;
}

base::Result<std::vector<float>> read_values(const NetcdfFile& file, const Found& found,
                                             bool flip_y, bool flip_x) {
  const auto& variable = found.variable;
  const auto times = file.length(found.time), rows = file.length(found.y),
             columns = file.length(found.x);
  std::vector<std::size_t> start(variable.dimensions.size(), 0);
  std::vector<std::size_t> count(variable.dimensions.size(), 1);
  count[0] = times;
  count[count.size() - 2] = rows;
  count.back() = columns;
  auto values = file.slab(variable, start, count);
  if (!values) return values;
  const double scale = file.number(variable.id, "scale_factor").value_or(1);
  const double offset = file.number(variable.id, "add_offset").value_or(0);
  const auto fill = file.number(variable.id, "_FillValue");
  const auto missing = file.number(variable.id, "missing_value");
  constexpr float kFillOfFloats = 9.96e36f;  // what the library writes where nothing was written
  const auto unit = unit_factor(found.meaning.variable, file.text(variable.id, "units"));
  if (!unit) {
    return file.wrong(base::Code::kUnknown, variable.name,
                      "the units \"" + file.text(variable.id, "units") + "\" are not known",
                      "m s-1 for wind and current, m for waves, degree_C or K for temperature");
  }
  for (auto& value : *values) {
    const auto raw = double(value);
    const bool none = (fill && value == static_cast<float>(*fill)) ||
                      (missing && value == static_cast<float>(*missing)) ||
                      !(std::abs(value) < kFillOfFloats);
    value = none ? std::numeric_limits<float>::quiet_NaN()
                 : static_cast<float>((raw * scale + offset) * unit->factor + unit->offset);
  }
  for (std::size_t row = 0; flip_x && row < times * rows; ++row) {
    const auto from = values->begin() + std::ptrdiff_t(row * columns);
    std::reverse(from, from + std::ptrdiff_t(columns));
  }
  for (std::size_t time = 0; flip_y && time < times; ++time) {
    for (std::size_t row = 0; row < rows / 2; ++row) {
      const auto low = values->begin() + std::ptrdiff_t((time * rows + row) * columns);
      const auto high = values->begin() + std::ptrdiff_t((time * rows + rows - 1 - row) * columns);
      std::swap_ranges(low, low + std::ptrdiff_t(columns), high);
    }
  }
  return values;
}

/// How far the file's own longitudes and latitudes are from what its projection says, at the
/// corners and in the middle; a warning when it is more than a hundredth of a cell.
void compare_places(const NetcdfFile& file, const Found& found, bool flip_y, bool flip_x,
                    model::Forecast& out) {
  const auto find = [&](const char* standard, const char* name) {
    for (const auto& one : file.variables()) {
      if (one.dimensions != std::vector{found.y, found.x}) continue;
      if (file.text(one.id, "standard_name") == standard || one.name == name) {
        return std::optional(one);
      }
    }
    return std::optional<NetcdfVariable>();
  };
  const auto lon = find("longitude", "lon"), lat = find("latitude", "lat");
  const auto projection = geo::MapProjection::make(out.grid.projection);
  if (!lon || !lat || !projection) return;
  const auto lons = file.values(*lon), lats = file.values(*lat);
  if (!lons || !lats) return;
  const auto columns = out.grid.x.size(), rows = out.grid.y.size();
  double most_m = 0;
  for (const std::size_t row : {std::size_t{0}, rows / 2, rows - 1}) {
    for (const std::size_t column : {std::size_t{0}, columns / 2, columns - 1}) {
      const auto there = projection->inverse({out.grid.x[column], out.grid.y[row]});
      const auto cell =
          (flip_y ? rows - 1 - row : row) * columns + (flip_x ? columns - 1 - column : column);
      const double off = geo::distance_m(there, {(*lats)[cell], (*lons)[cell]});
      if (off > most_m) most_m = off;
    }
  }
  const double cell_m = std::abs(out.grid.x[1] - out.grid.x[0]);
  if (most_m <= cell_m / 100) return;
  out.warnings.push_back(
      fmt::format("its longitudes and latitudes are up to {:.1f} km from what its projection says; "
                  "the projection is taken",
                  most_m / 1000));
}

base::Status read_grid(const NetcdfFile& file, const Found& found, model::Forecast& out,
                       bool& flip_y, bool& flip_x) {
  auto x = read_axis(file, found.x), y = read_axis(file, found.y);
  if (!x) return tl::unexpected(x.error());
  if (!y) return tl::unexpected(y.error());
  flip_y = y->reversed;
  flip_x = x->reversed;
  out.grid.x = std::move(x->values);
  out.grid.y = std::move(y->values);
  out.grid.along_axes = found.meaning.along_axes;
  const auto mapping_name = file.text(found.variable.id, "grid_mapping");
  if (!mapping_name.empty()) {
    const auto variable = file.variable(mapping_name);
    if (!variable) {
      return file.wrong(base::Code::kMissing, found.variable.name,
                        "its grid mapping \"" + mapping_name + "\" is not in the file");
    }
    const auto mapping = read_mapping(file, *variable);
    if (!mapping) return tl::unexpected(mapping.error());
    out.grid.projection = mapping->projection;
    if (!mapping->warning.empty()) out.warnings.push_back(mapping->warning);
  }
  if (!out.grid.projection.empty()) {
    if (out.grid.x.size() > 1) compare_places(file, found, flip_y, flip_x, out);
  } else if (!is_axis(file, found.x, "X", "degree") || !is_axis(file, found.y, "Y", "degree")) {
    return file.wrong(base::Code::kMissing, found.variable.name,
                      "its axes are no longitude and latitude, and it has no grid mapping");
  }
  return {};
}

base::Result<std::vector<Found>> find_all(const NetcdfFile& file) {
  std::vector<Found> out;
  std::size_t total = 0;
  for (const auto& variable : file.variables()) {
    if (variable.dimensions.size() < 2) continue;
    const auto meaning = meaning_of(file.text(variable.id, "standard_name"), variable.name);
    if (!meaning) continue;
    auto found = place_axes(file, variable, *meaning);
    if (!found) return tl::unexpected(found.error());
    total += file.length(found->time) * file.length(found->y) * file.length(found->x);
    if (total > kMostValues) {
      return file.wrong(base::Code::kTooLarge, variable.name, "more than 400 million values",
                        "cut the region or the time that is needed out of it");
    }
    out.push_back(std::move(*found));
  }
  if (out.empty()) {
    return file.wrong(base::Code::kMissing, "",
                      "no wind, current, Stokes drift, waves, sea level or temperature in it",
                      "variables are found by their CF standard_name");
  }
  return out;
}

/// Those on one grid, at the same times, with vectors of the same kind.
using Key = std::tuple<int, int, int, std::string, bool>;

base::Result<model::Forecast> read_one(const NetcdfFile& file, const std::vector<Found>& together) {
  model::Forecast out;
  out.name = file.name();
  bool flip_y = false, flip_x = false;
  const auto& first = together.front();
  if (auto good = read_grid(file, first, out, flip_y, flip_x); !good) {
    return tl::unexpected(good.error());
  }
  auto times = read_times(file, first.time);
  if (!times) return tl::unexpected(times.error());
  out.times = std::move(*times);
  for (const auto& found : together) {
    if (found.variable.dimensions.size() > 3) {
      out.warnings.push_back(found.variable.name + ": of several levels the first is taken");
    }
    if (out.find(found.meaning.variable) != nullptr) {
      out.warnings.push_back(found.variable.name + ": said twice, the first is taken");
      continue;
    }
    auto values = read_values(file, found, flip_y, flip_x);
    if (!values) return tl::unexpected(values.error());
    out.fields.push_back({found.meaning.variable, std::move(*values)});
  }
  return out;
}

}  // namespace

base::Result<std::vector<model::Forecast>> read_netcdf(const std::filesystem::path& path) {
  const auto file = NetcdfFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const auto found = find_all(*file);
  if (!found) return tl::unexpected(found.error());
  std::map<Key, std::vector<Found>> groups;
  for (const auto& one : *found) {
    groups[{one.time, one.y, one.x, file->text(one.variable.id, "grid_mapping"),
            one.meaning.along_axes}]
        .push_back(one);
  }
  std::vector<model::Forecast> out;
  for (const auto& [key, together] : groups) {
    auto forecast = read_one(*file, together);
    if (!forecast) return tl::unexpected(forecast.error());
    out.push_back(std::move(*forecast));
  }
  return out;
}

base::Result<Mask> read_mask(const std::filesystem::path& path) {
  const auto file = NetcdfFile::open(path);
  if (!file) return tl::unexpected(file.error());
  std::optional<NetcdfVariable> mask;
  for (const auto& one : file->variables()) {
    if (file->text(one.id, "standard_name") == "land_binary_mask") mask = one;
  }
  if (!mask || mask->dimensions.size() != 2) {
    return file->wrong(base::Code::kMissing, "", "no land_binary_mask of two dimensions in it");
  }
  const auto y = read_axis(*file, mask->dimensions[0]), x = read_axis(*file, mask->dimensions[1]);
  if (!y) return tl::unexpected(y.error());
  if (!x) return tl::unexpected(x.error());
  if (y->reversed || x->reversed || y->values.size() < 2 || x->values.size() < 2) {
    return file->wrong(base::Code::kMalformed, mask->name, "its axes do not ascend");
  }
  const auto values = file->slab(*mask, {0, 0}, {y->values.size(), x->values.size()});
  if (!values) return tl::unexpected(values.error());
  const auto step = [](const std::vector<double>& axis) {
    return (axis.back() - axis.front()) / double(axis.size() - 1);
  };
  Mask out{{y->values.front(), x->values.front()},
           step(y->values),
           step(x->values),
           x->values.size(),
           {}};
  out.cells.reserve(values->size());
  for (const float value : *values) out.cells.push_back(value > 0.5f ? 1 : 0);
  return out;
}

}  // namespace jinglue::observe::forecast
