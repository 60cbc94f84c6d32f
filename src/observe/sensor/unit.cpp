// SPDX-License-Identifier: Apache-2.0
#include "observe/sensor/unit.hpp"

#include <cmath>
#include <iterator>

namespace jinglue::observe::sensor {
namespace {

using model::Quantity;
using std::string_view;

enum class Sort { kLength, kSpan, kTime, kAngle, kSpeed, kWarmth, kPressure, kOther };

Sort sort_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::kWaveHeight:
    case Quantity::kWaveHeightMax:
    case Quantity::kWaterLevel:
      return Sort::kLength;
    case Quantity::kVisibility:
      return Sort::kSpan;
    case Quantity::kWavePeriod:
      return Sort::kTime;
    case Quantity::kWaveDirection:
    case Quantity::kWindDirection:
    case Quantity::kCurrentDirection:
      return Sort::kAngle;
    case Quantity::kWindSpeed:
    case Quantity::kWindGust:
    case Quantity::kCurrentSpeed:
      return Sort::kSpeed;
    case Quantity::kAirTemperature:
    case Quantity::kSeaTemperature:
      return Sort::kWarmth;
    case Quantity::kAirPressure:
      return Sort::kPressure;
    default:
      return Sort::kOther;
  }
}

struct OfSort {
  Sort sort;
  string_view key;
  double times, over{1}, plus{0};
};
constexpr OfSort kOfSort[] = {
    {Sort::kLength, "m", 1},
    {Sort::kLength, "cm", 1, 100},
    {Sort::kLength, "mm", 1, 1000},
    {Sort::kLength, "ft", 3048, 10'000},
    {Sort::kSpan, "m", 1},
    {Sort::kSpan, "km", 1000},
    {Sort::kSpan, "nmi", 1852},
    {Sort::kTime, "s", 1},
    {Sort::kTime, "ms", 1, 1000},
    {Sort::kAngle, "deg", 1},
    {Sort::kSpeed, "m/s", 1},
    {Sort::kSpeed, "cm/s", 1, 100},
    {Sort::kSpeed, "km/h", 1000, 3600},
    {Sort::kSpeed, "kn", 1852, 3600},
    {Sort::kWarmth, "degC", 1},
    {Sort::kWarmth, "K", 1, 1, -273.15},
    {Sort::kWarmth, "degF", 5, 9, -32},
    {Sort::kPressure, "hPa", 1},
    {Sort::kPressure, "mbar", 1},
    {Sort::kPressure, "kPa", 10},
    {Sort::kPressure, "Pa", 1, 100},
    {Sort::kPressure, "mmHg", 133.322387415, 100},
    {Sort::kPressure, "inHg", 25.4 * 133.322387415, 100},
};
constexpr Unit kOther[] = {
    {Quantity::kHumidity, "%", 1},
    {Quantity::kHumidity, "1", 100},
    {Quantity::kSalinity, "psu", 1},
    {Quantity::kSalinity, "1", 1},
    {Quantity::kDissolvedOxygen, "mg/L", 1},
    {Quantity::kDissolvedOxygen, "ml/L", 1.42905},
    {Quantity::kDissolvedOxygen, "umol/L", 31.9988, 1000},
    {Quantity::kPh, "1", 1},
    {Quantity::kChlorophyll, "ug/L", 1},
    {Quantity::kChlorophyll, "mg/m3", 1},
    {Quantity::kTurbidity, "NTU", 1},
    {Quantity::kBattery, "V", 1},
    {Quantity::kBattery, "mV", 1, 1000},
};

/// All units of all quantities, made once.
const std::vector<Unit>& all() {
  static const std::vector<Unit> out = [] {
    std::vector<Unit> units(std::begin(kOther), std::end(kOther));
    for (const auto& quantity : model::quantities()) {
      for (const auto& one : kOfSort) {
        if (one.sort != sort_of(quantity.quantity)) continue;
        units.push_back({quantity.quantity, one.key, one.times, one.over, one.plus});
      }
    }
    return units;
  }();
  return out;
}

}  // namespace

const Unit* unit_of(Quantity quantity, string_view key) {
  for (const auto& unit : all()) {
    if (unit.quantity == quantity && unit.key == key) return &unit;
  }
  return nullptr;
}

std::string units_of(Quantity quantity) {
  std::string out;
  for (const auto& unit : all()) {
    if (unit.quantity == quantity) out.append(out.empty() ? "" : ", ").append(unit.key);
  }
  return out;
}

std::optional<std::int64_t> to_milli(const Unit& unit, double value) {
  const double milli = (value + unit.plus) * unit.times * 1000 / unit.over;
  if (!std::isfinite(milli) || std::fabs(milli) > 9e15) return std::nullopt;
  return std::llround(milli);
}

}  // namespace jinglue::observe::sensor
