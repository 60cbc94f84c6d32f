// SPDX-License-Identifier: Apache-2.0
#include "observe/forecast/forecast_units.hpp"

#include <array>
#include <cstdio>
#include <string_view>

namespace jinglue::observe::forecast {
namespace {

using model::ForecastVariable;
using std::string_view;

struct Named {
  string_view name;
  ForecastVariable variable;
  bool along_axes;
};

constexpr Named kStandard[] = {
    {"x_wind", ForecastVariable::kWindX, true},
    {"y_wind", ForecastVariable::kWindY, true},
    {"eastward_wind", ForecastVariable::kWindX, false},
    {"northward_wind", ForecastVariable::kWindY, false},
    {"x_sea_water_velocity", ForecastVariable::kCurrentX, true},
    {"y_sea_water_velocity", ForecastVariable::kCurrentY, true},
    {"sea_water_x_velocity", ForecastVariable::kCurrentX, true},
    {"sea_water_y_velocity", ForecastVariable::kCurrentY, true},
    {"eastward_sea_water_velocity", ForecastVariable::kCurrentX, false},
    {"northward_sea_water_velocity", ForecastVariable::kCurrentY, false},
    {"surface_eastward_sea_water_velocity", ForecastVariable::kCurrentX, false},
    {"surface_northward_sea_water_velocity", ForecastVariable::kCurrentY, false},
    {"sea_surface_wave_stokes_drift_x_velocity", ForecastVariable::kStokesX, true},
    {"sea_surface_wave_stokes_drift_y_velocity", ForecastVariable::kStokesY, true},
    {"sea_surface_wave_stokes_drift_eastward_velocity", ForecastVariable::kStokesX, false},
    {"sea_surface_wave_stokes_drift_northward_velocity", ForecastVariable::kStokesY, false},
    {"sea_surface_wave_significant_height", ForecastVariable::kWaveHeight, false},
    {"sea_surface_height_above_geoid", ForecastVariable::kSeaLevel, false},
    {"sea_surface_height_above_sea_level", ForecastVariable::kSeaLevel, false},
    {"sea_surface_height_above_mean_sea_level", ForecastVariable::kSeaLevel, false},
    {"sea_water_temperature", ForecastVariable::kWaterTemperature, false},
    {"sea_surface_temperature", ForecastVariable::kWaterTemperature, false},
};

/// Of files that have no standard names.
constexpr Named kCommon[] = {
    {"u10", ForecastVariable::kWindX, false},      {"v10", ForecastVariable::kWindY, false},
    {"uo", ForecastVariable::kCurrentX, false},    {"vo", ForecastVariable::kCurrentY, false},
    {"ust", ForecastVariable::kStokesX, false},    {"vst", ForecastVariable::kStokesY, false},
    {"swh", ForecastVariable::kWaveHeight, false}, {"zos", ForecastVariable::kSeaLevel, false},
};

std::optional<Meaning> look_up(string_view name, const Named* begin, const Named* end) {
  for (const auto* one = begin; one != end; ++one) {
    if (one->name == name) return Meaning{one->variable, one->along_axes};
  }
  return std::nullopt;
}

struct Unit {
  string_view name;
  double factor, offset;
};
constexpr Unit kSpeeds[] = {{"m s-1", 1, 0},
                            {"m/s", 1, 0},
                            {"m s**-1", 1, 0},
                            {"m s^-1", 1, 0},
                            {"ms-1", 1, 0},
                            {"meter second-1", 1, 0},
                            {"cm s-1", 0.01, 0},
                            {"cm/s", 0.01, 0},
                            {"knot", 1852.0 / 3600, 0},
                            {"knots", 1852.0 / 3600, 0},
                            {"kt", 1852.0 / 3600, 0},
                            {"km h-1", 1 / 3.6, 0}};
constexpr Unit kLengths[] = {{"m", 1, 0}, {"meter", 1, 0}, {"metre", 1, 0}, {"cm", 0.01, 0}};
constexpr Unit kTemperatures[] = {
    {"degree_C", 1, 0}, {"degrees_C", 1, 0},      {"celsius", 1, 0}, {"Celsius", 1, 0},
    {"degC", 1, 0},     {"degree_Celsius", 1, 0}, {"K", 1, -273.15}, {"kelvin", 1, -273.15}};

template <std::size_t kCount>
std::optional<UnitFactor> look_up(string_view name, const Unit (&units)[kCount]) {
  for (const auto& one : units) {
    if (one.name == name) return UnitFactor{one.factor, one.offset};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Meaning> meaning_of(const std::string& standard_name, const std::string& name) {
  if (!standard_name.empty()) {
    return look_up(standard_name, std::begin(kStandard), std::end(kStandard));
  }
  if (auto out = look_up(name, std::begin(kStandard), std::end(kStandard))) return out;
  return look_up(name, std::begin(kCommon), std::end(kCommon));
}

std::optional<UnitFactor> unit_factor(ForecastVariable variable, const std::string& units) {
  switch (variable) {
    case ForecastVariable::kWaveHeight:
    case ForecastVariable::kSeaLevel:
      return look_up(units, kLengths);
    case ForecastVariable::kWaterTemperature:
      return look_up(units, kTemperatures);
    default:
      return look_up(units, kSpeeds);
  }
}

std::optional<TimeUnit> read_time_unit(const std::string& units) {
  const auto since = units.find(" since ");
  if (since == std::string::npos) return std::nullopt;
  const auto unit = units.substr(0, since);
  struct Length {
    string_view name;
    double ms;
  };
  constexpr Length kLengthsOfTime[] = {
      {"seconds", 1e3}, {"second", 1e3}, {"s", 1e3},   {"minutes", 6e4},   {"minute", 6e4},
      {"hours", 3.6e6}, {"hour", 3.6e6}, {"h", 3.6e6}, {"days", 8.64e7},   {"day", 8.64e7},
      {"d", 8.64e7},    {"sec", 1e3},    {"msec", 1},  {"milliseconds", 1}};
  double ms = 0;
  for (const auto& one : kLengthsOfTime) {
    if (unit == one.name) ms = one.ms;
  }
  // "2024-02-28", "2024-02-28 00:00:00", "2024-02-28T00:00:00Z"; without a zone it is UTC (CF 4.4).
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  double second = 0;
  const int read = std::sscanf(units.c_str() + since + 7, "%d-%d-%d%*[ T]%d:%d:%lf", &year, &month,
                               &day, &hour, &minute, &second);
  if (ms == 0 || read < 3 || year < 1 || year > 9999) return std::nullopt;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month % 100,
                day % 100, hour % 100, minute % 100, int(second) % 100);
  const auto from = base::parse_iso(text.data());
  if (!from) return std::nullopt;
  return TimeUnit{*from, ms};
}

}  // namespace jinglue::observe::forecast
