// SPDX-License-Identifier: Apache-2.0
// BlockColumns: up to 256 decoded positions of one track, column by column, in the units of
// model::Fix. Made once and used again for block after block: decoding allocates nothing.
#pragma once

#include <cstdint>
#include <span>

#include "model/fix.hpp"
#include "store/block/patched.hpp"

namespace jinglue::store {

struct BlockColumns {
  static constexpr std::uint32_t kAbsent = 0xFFFF'FFFF;  ///< of sog, cog, heading, status

  model::TrackId track;
  std::size_t rows{0};
  std::int64_t base_ms{0};  ///< event time of the first row
  Lane time;                ///< ms since base_ms, not descending
  Lane lat, lon;            ///< 1e-5 minute, as two's complement
  Lane sog;                 ///< 0.01 knot
  Lane cog;                 ///< 0.01 degree
  Lane heading;             ///< degrees
  Lane status;
  Lane source;  ///< FixSource x 4 + TimeQuality

  base::Instant time_at(std::size_t row) const { return {base_ms + time.at[row]}; }
  geo::Position position_at(std::size_t row) const {
    return {static_cast<std::int32_t>(lat.at[row]), static_cast<std::int32_t>(lon.at[row])};
  }
  /// Without reception: arrival is the event time, offset is 0.
  model::Fix fix_at(std::size_t row) const;
};

/// The same columns without encoding; `rows` as for encode_block().
BlockColumns columns_of(std::span<const model::Fix> rows);

/// Longest time between the first and the last row of a block.
inline constexpr base::Duration kBlockSpan{(std::int64_t{1} << 31) - 1};

}  // namespace jinglue::store
