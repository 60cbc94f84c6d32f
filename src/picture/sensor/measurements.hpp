// SPDX-License-Identifier: Apache-2.0
// Measurements: every value that buoys and sensors measured, by station, quantity and time, in
// measurements.db (docs/format/sensor.md). Derived from the journal: a value is there once however
// often it came, the later one of two for the same instant stays, and entries that are read again
// after a restart change nothing. append() and advance() belong to the pipeline's thread; a writer
// thread commits about once a second and tries again when the disk fails. Reads may come from any
// thread. Throws WorldError when the file cannot be opened.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "model/sensor.hpp"

namespace jinglue::picture {

struct MeasurementPoint {
  base::Instant time;
  std::int64_t milli{0};
  friend bool operator==(const MeasurementPoint&, const MeasurementPoint&) = default;
};

class Measurements {
 public:
  explicit Measurements(const std::filesystem::path& file);
  ~Measurements();  ///< commits what waits, when the disk lets it

  void append(const model::SensorReport& report);
  /// Everything up to this journal offset has been appended. `now_durable`: commit without delay.
  void advance(std::uint64_t offset, bool now_durable = false);
  std::uint64_t applied_offset() const;  ///< committed

  /// In time order, with from <= time < to; at most `most`, the newest.
  std::vector<MeasurementPoint> series(const std::string& station, model::Quantity quantity,
                                       base::Instant from, base::Instant to,
                                       std::size_t most) const;
  std::uint64_t count() const;
  /// Removes what was measured before.
  void forget_before(base::Instant time);
  /// Why the last commit failed; empty when it did not.
  std::string problem() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::picture
