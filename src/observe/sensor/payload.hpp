// SPDX-License-Identifier: Apache-2.0
// A payload of a buoy or sensor to reports, by a mapping. Strict: each payload has one cause, each
// value that is refused one of its own; a bad value does not spoil the others. No I/O, no clock.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "model/sensor.hpp"
#include "observe/sensor/mapping.hpp"

namespace jinglue::observe::sensor {

enum class Cause : std::uint8_t {
  kNone = 0,
  kUnknownTopic,   ///< no message of the mapping has it
  kNotJson,        ///< or longer than 1 MiB, or too many records
  kNoRecord,       ///< a record is missing or no object
  kNoStation,      ///< none said, or no text or number of 1 to 64 bytes
  kBadTime,        ///< missing, of another form, or not between 1970 and 2100
  kFutureTime,     ///< more than ten minutes after its arrival
  kNoValues,       ///< nothing that the mapping knows has a value
  kValuesRefused,  ///< there were values, none was taken
};
std::string_view to_key(Cause cause);

/// Why a single value was left out.
enum class Refused : std::uint8_t { kNotANumber = 0, kOutOfRange };
std::string_view to_key(Refused why);

struct Payload {
  Cause cause{Cause::kNone};
  std::vector<model::SensorReport> reports;
  std::vector<Refused> refused;  ///< values of the reports that were taken, and of others
};

void read_payload(const Mapping& mapping, std::string_view topic, std::string_view bytes,
                  base::Instant arrival, std::uint64_t offset, Payload& out);

}  // namespace jinglue::observe::sensor
