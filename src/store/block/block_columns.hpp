// SPDX-License-Identifier: Apache-2.0
// BlockColumns: up to 256 decoded positions of one track, column by column, in the units of
// model::Fix. Made once and used again for block after block: decoding allocates nothing.
#pragma once

#include <cstdint>
#include <span>

#include "model/fix.hpp"
#include "store/block/patched.hpp"

namespace jinglue::store {

/// Which columns are asked for: kWay leaves heading, status and source out, and is faster.
enum class Columns : std::uint8_t { kAll, kWay };

/// After decoding only Columns::kWay, heading, status and source hold nothing of use.
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

inline model::Fix BlockColumns::fix_at(std::size_t row) const {
  model::Fix fix;
  fix.track = track;
  fix.time = fix.arrival = time_at(row);
  fix.position = position_at(row);
  if (sog.at[row] != kAbsent) fix.sog_ckn = static_cast<std::uint16_t>(sog.at[row]);
  if (cog.at[row] != kAbsent) fix.cog_cdeg = static_cast<std::uint16_t>(cog.at[row]);
  if (heading.at[row] != kAbsent) fix.heading_deg = static_cast<std::uint16_t>(heading.at[row]);
  if (status.at[row] != kAbsent) fix.nav_status = static_cast<std::uint8_t>(status.at[row]);
  fix.source = static_cast<model::FixSource>(source.at[row] / 4);
  fix.quality = static_cast<model::TimeQuality>(source.at[row] % 4);
  return fix;
}

/// The same columns without encoding; `rows` as for encode_block().
BlockColumns columns_of(std::span<const model::Fix> rows, Columns columns = Columns::kAll);

/// Longest time between the first and the last row of a block.
inline constexpr base::Duration kBlockSpan{(std::int64_t{1} << 31) - 1};

}  // namespace jinglue::store
