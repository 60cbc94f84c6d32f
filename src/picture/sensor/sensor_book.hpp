// SPDX-License-Identifier: Apache-2.0
// SensorBook: what each buoy and sensor station said last. A function of the sequence of reports:
// part of the pipeline's snapshot, no clock, owned by one thread; other threads read snapshot().
// A report that comes again (a broker delivers at least once) is a copy, told by the last kMemory
// reports of its station. A late one changes no newer value; one for the same instant corrects.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "model/sensor.hpp"

namespace jinglue::picture {

struct SensorReading {
  std::int64_t milli{0};
  base::Instant time;
};

struct SensorState {
  model::SensorStation station;  ///< as declared; else only its id, as its names too
  bool declared{false};
  std::map<model::Quantity, SensorReading> latest;
  base::Instant time;                     ///< of its newest report; 0 = none yet
  base::Instant arrival;                  ///< of the last report that was no copy; 0 = none yet
  std::optional<geo::Position> position;  ///< last said; see place()
  base::Instant position_time;
  std::uint64_t reports{0}, copies{0}, late{0};
  std::vector<std::uint64_t> memory;  ///< hashes of its last reports, a ring

  /// Where it is: what it said last, else where it is declared to be.
  std::optional<geo::Position> place() const { return position ? position : station.place; }
  /// How far it said to be from its declared place; absent when one of them is not known.
  std::optional<double> off_station_m() const;
  /// Outside of its watch circle.
  bool adrift() const;
  /// Nothing new for longer than it may be silent; `since` counts for one that never said anything.
  bool silent(base::Instant now, base::Instant since) const;
};

class SensorBook {
 public:
  static constexpr std::size_t kMostStations = 4096;
  static constexpr std::size_t kMemory = 64;
  enum class Taken { kNew, kCopy, kNoRoom };
  using Snapshot = std::shared_ptr<const std::vector<SensorState>>;  // shared with readers

  /// The stations of the mappings in force; what was known of them stays.
  void declare(const std::vector<model::SensorStation>& stations);
  Taken take(const model::SensorReport& report);

  std::size_t size() const { return m_stations.size(); }
  /// By id; made anew when something has changed since the last call.
  Snapshot snapshot();

  void save(base::ByteWriter& out) const;
  bool load(base::ByteReader& in);

 private:
  std::map<std::string, SensorState> m_stations;
  bool m_changed{true};
  Snapshot m_snapshot;
};

}  // namespace jinglue::picture
