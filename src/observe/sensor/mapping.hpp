// SPDX-License-Identifier: Apache-2.0
// Mapping: what the payloads of buoys and sensors mean, read from a TOML file
// (docs/format/sensor.md; data/sensors/*.toml). Says for each kind of message which topics
// it has, where station, time, position and each quantity stand in the JSON, in which unit, what
// stands for no value, and which values can be; and names the stations. Mistakes are errors with
// file, line and key.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "model/sensor.hpp"
#include "observe/sensor/time_form.hpp"
#include "observe/sensor/unit.hpp"

namespace jinglue::observe::sensor {

struct MappedValue {
  model::Quantity quantity{model::Quantity::kWaveHeight};
  std::string at;  ///< JSON pointer
  const Unit* unit{nullptr};
  std::int64_t low_milli{0}, high_milli{0};  ///< of our unit; outside it is refused
  std::vector<std::string> missing;          ///< texts, or numbers in any spelling
};

struct MessageForm {
  std::string topic;  ///< filter
  std::string each;   ///< pointer to a list of records; empty = the payload is one record
  std::size_t station_level{0};        ///< which '+' of the topic is the station's id, from 1
  std::string station_at;              ///< or the pointer to it, or
  std::string station_id;              ///< the id itself
  std::optional<std::string> time_at;  ///< absent: the arrival is the time
  TimeForm time;
  std::optional<std::string> latitude_at, longitude_at;  ///< degrees
  std::vector<std::string> no_position;                  ///< what stands for none
  std::vector<MappedValue> values;
};

class Mapping {
 public:
  static base::Result<Mapping> read(const base::ConfigNode& document);

  const std::string& name() const { return m_name; }
  const std::vector<MessageForm>& messages() const { return m_messages; }
  const std::vector<model::SensorStation>& stations() const { return m_stations; }

 private:
  std::string m_name;
  std::vector<MessageForm> m_messages;
  std::vector<model::SensorStation> m_stations;
};

}  // namespace jinglue::observe::sensor
