// SPDX-License-Identifier: Apache-2.0
// What buoys and sensors measure: quantities, each with one unit, and reports of a station. A value
// is an integer in thousandths of its quantity's unit, so that equal values are equal. Units are
// those of observations (WMO-No. 306, BUFR and the practice of its bulletins, in hPa, degC, m/s);
// salinity on the practical scale (PSS-78) has none. Directions of waves and wind are where they
// come from, of currents where they go to; degrees true.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/text.hpp"
#include "geo/point.hpp"

namespace jinglue::model {

/// The numbers are stored: they never change.
enum class Quantity : std::uint8_t {
  kWaveHeight = 1,  ///< significant
  kWaveHeightMax = 2,
  kWavePeriod = 3,
  kWaveDirection = 4,
  kWindSpeed = 5,
  kWindGust = 6,
  kWindDirection = 7,
  kAirTemperature = 8,
  kAirPressure = 9,  ///< reduced to sea level
  kHumidity = 10,
  kSeaTemperature = 11,
  kSalinity = 12,
  kDissolvedOxygen = 13,
  kPh = 14,
  kChlorophyll = 15,
  kTurbidity = 16,
  kCurrentSpeed = 17,
  kCurrentDirection = 18,
  kWaterLevel = 19,  ///< above the datum that the station's operator uses
  kVisibility = 20,
  kBattery = 21,
};

struct QuantityInfo {
  Quantity quantity;
  std::string_view key;   ///< "wave_height"
  std::string_view unit;  ///< "m"; empty for pure numbers
  std::int64_t low_milli;
  std::int64_t high_milli;  ///< what a sensor can say at all; outside it is broken
};

std::span<const QuantityInfo> quantities();
const QuantityInfo& info(Quantity quantity);
std::optional<Quantity> quantity_from(std::string_view key);
std::optional<Quantity> quantity_from_number(std::uint8_t number);

struct SensorValue {
  Quantity quantity{Quantity::kWaveHeight};
  std::int64_t milli{0};
  friend bool operator==(const SensorValue&, const SensorValue&) = default;
};

/// What a station said of one instant.
struct SensorReport {
  std::string station;  ///< its id in the mapping or topic
  base::Instant time;
  base::Instant arrival;
  bool stated_time{false};  ///< else the time is the arrival
  std::optional<geo::Position> position;
  std::vector<SensorValue> values;
  std::uint64_t offset{0};
  friend bool operator==(const SensorReport&, const SensorReport&) = default;
};

/// What is known of a station beforehand.
struct SensorStation {
  std::string id;
  base::Words name;
  std::optional<geo::Position> place;  ///< where it is moored or stands
  std::int64_t watch_radius_m{0};      ///< of its watch circle; 0 = it may be anywhere
  base::Duration silent_after{std::chrono::hours(2)};
  friend bool operator==(const SensorStation&, const SensorStation&) = default;
};

}  // namespace jinglue::model
