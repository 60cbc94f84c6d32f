// SPDX-License-Identifier: Apache-2.0
// Forecast: gridded fields of wind, current, waves and tide as a model or an analysis gives them,
// one grid and one list of times for all of its fields. Values are float in the units below, rows
// from the first y to the last, in each row from the first x; NaN where the model has none (land).
// Axes are ascending. Names after the CF conventions 1.8 (standard names), times UTC.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"

namespace jinglue::model {

/// What a field says. Pairs (x, y) lie side by side.
enum class ForecastVariable : std::uint8_t {
  kWindX,  ///< 10 m above the sea, m/s, the direction it blows towards
  kWindY,
  kCurrentX,  ///< at the surface, m/s
  kCurrentY,
  kStokesX,  ///< surface Stokes drift, m/s
  kStokesY,
  kWaveHeight,        ///< significant, m
  kSeaLevel,          ///< above the model's zero, m
  kWaterTemperature,  ///< at the surface, degrees C
};

struct ForecastGrid {
  /// PROJ string of the plane that x and y (metres) lie in; empty: x is longitude, y latitude in
  /// degrees.
  std::string projection;
  std::vector<double> x, y;
  /// The components of vectors go along the axes of the grid, not east and north.
  bool along_axes{false};

  std::size_t cells() const { return x.size() * y.size(); }
  friend bool operator==(const ForecastGrid&, const ForecastGrid&) = default;
};

struct ForecastField {
  ForecastVariable variable{};
  std::vector<float> values;  ///< [time][y][x]
};

struct Forecast {
  std::string name;  ///< the file and what it says of itself; shown to people
  ForecastGrid grid;
  std::vector<base::Instant> times;  ///< ascending
  std::vector<ForecastField> fields;
  std::vector<std::string> warnings;  ///< what a reader noticed and went on

  const ForecastField* find(ForecastVariable variable) const {
    for (const auto& field : fields) {
      if (field.variable == variable) return &field;
    }
    return nullptr;
  }
};

}  // namespace jinglue::model
