// SPDX-License-Identifier: Apache-2.0
#include "model/sensor.hpp"

#include <algorithm>
#include <array>

namespace jinglue::model {
namespace {

// Highest and lowest are a little outside of what was ever measured (WMO archive of extremes: waves
// 19 m significant, wind 113 m/s, pressure 870 to 1084 hPa), so that only nonsense is refused.
constexpr std::array<QuantityInfo, 21> kQuantities = {{
    {Quantity::kWaveHeight, "wave_height", "m", 0, 25'000},
    {Quantity::kWaveHeightMax, "wave_height_max", "m", 0, 40'000},
    {Quantity::kWavePeriod, "wave_period", "s", 0, 40'000},
    {Quantity::kWaveDirection, "wave_direction", "deg", 0, 360'000},
    {Quantity::kWindSpeed, "wind_speed", "m/s", 0, 120'000},
    {Quantity::kWindGust, "wind_gust", "m/s", 0, 150'000},
    {Quantity::kWindDirection, "wind_direction", "deg", 0, 360'000},
    {Quantity::kAirTemperature, "air_temperature", "degC", -60'000, 60'000},
    {Quantity::kAirPressure, "air_pressure", "hPa", 850'000, 1'100'000},
    {Quantity::kHumidity, "humidity", "%", 0, 100'000},
    {Quantity::kSeaTemperature, "sea_temperature", "degC", -3'000, 45'000},
    {Quantity::kSalinity, "salinity", "", 0, 50'000},
    {Quantity::kDissolvedOxygen, "dissolved_oxygen", "mg/L", 0, 30'000},
    {Quantity::kPh, "ph", "", 0, 14'000},
    {Quantity::kChlorophyll, "chlorophyll", "ug/L", 0, 500'000},
    {Quantity::kTurbidity, "turbidity", "NTU", 0, 4'000'000},
    {Quantity::kCurrentSpeed, "current_speed", "m/s", 0, 10'000},
    {Quantity::kCurrentDirection, "current_direction", "deg", 0, 360'000},
    {Quantity::kWaterLevel, "water_level", "m", -20'000, 20'000},
    {Quantity::kVisibility, "visibility", "m", 0, 100'000'000},
    {Quantity::kBattery, "battery", "V", 0, 100'000},
}};

}  // namespace

std::span<const QuantityInfo> quantities() {
  return kQuantities;
}

const QuantityInfo& info(Quantity quantity) {
  return kQuantities.at(static_cast<std::size_t>(quantity) - 1);  // in the order of the numbers
}

std::optional<Quantity> quantity_from(std::string_view key) {
  const auto found = std::find_if(kQuantities.begin(), kQuantities.end(),
                                  [&](const auto& one) { return one.key == key; });
  if (found == kQuantities.end()) return std::nullopt;
  return found->quantity;
}

std::optional<Quantity> quantity_from_number(std::uint8_t number) {
  if (number < 1 || number > kQuantities.size()) return std::nullopt;
  return static_cast<Quantity>(number);
}

}  // namespace jinglue::model
