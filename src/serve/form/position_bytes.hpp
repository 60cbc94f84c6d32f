// SPDX-License-Identifier: Apache-2.0
// PositionBytes: positions of one or many tracks as columns of integers that a browser reads
// without parsing (docs/format/positions_binary.md). 18 bytes a position.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json.hpp"
#include "model/fix.hpp"

namespace jinglue::serve {

class PositionBytes {
 public:
  /// Times are counted from `from`; of more than 49 days in seconds, else in milliseconds.
  PositionBytes(base::Instant from, base::Instant to);
  /// Positions that follow are of this track; `described` becomes its member of "tracks".
  void begin(base::Json described);
  /// Not before `from`.
  void add(const model::Fix& fix);
  std::size_t size() const { return m_time.size(); }
  /// The whole; `rest` holds more members of the head ("cut", "next", ...).
  std::string take(const base::Json& rest) &&;

 private:
  void end_track();

  base::Instant m_from;
  std::int64_t m_unit_ms;
  std::vector<base::Json> m_tracks;
  std::size_t m_begin{0};
  std::vector<std::uint32_t> m_time;
  std::vector<std::int32_t> m_lat, m_lon;
  std::vector<std::uint16_t> m_sog, m_cog, m_heading;
};

}  // namespace jinglue::serve
