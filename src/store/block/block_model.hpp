// SPDX-License-Identifier: Apache-2.0
// BlockModel: how the columns of a block become small numbers and back: scale and base per column,
// differences, and dead reckoning of latitude and longitude from the reported speed and course, in
// integers only, so that every processor decodes the same. docs/format/archive.md, "The columns".
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "model/fix.hpp"
#include "store/block/block_columns.hpp"
#include "store/block/patched.hpp"

namespace jinglue::store {

/// Order of the columns in a block.
enum BlockColumn : std::size_t {
  kTime,
  kSog,
  kCog,
  kLat,
  kLon,
  kHeading,
  kStatus,
  kSource,
  kColumns,
};

/// The first ones, which latitude and longitude need, or are.
inline constexpr std::size_t kWayColumns = kLon + 1;

/// One small number per row and column.
using BlockLanes = std::array<Lane, kColumns>;

/// What the lane of a value column holds.
enum class Holds : std::uint8_t {
  kValues = 0,   ///< q of each row
  kSteps = 1,    ///< differences of q
  kNothing = 2,  ///< q is the same in every row; the lane is all 0 and not stored
};

/// sog, cog, heading, status, source: q = 0 absent, else value = base + (q - 1) x scale, less a
/// full turn when that is reached.
struct ValueModel {
  std::uint32_t base{0};
  std::uint32_t scale{1};
  std::uint32_t first{0};  ///< q of row 0, unless the lane holds values
  Holds holds{Holds::kValues};
  bool turns{false};  ///< values are directions: the base is where the circle is cut
};

/// Latitude or longitude: value = base + q x scale; q of row 0 is 0.
struct PlaceModel {
  std::int32_t base{0};
  std::uint32_t scale{1};
  std::uint32_t gain{0};  ///< of dead reckoning, below 2^31; 0 = plain differences
};

struct BlockModel {
  model::TrackId track;
  std::size_t rows{0};
  std::int64_t base_ms{0};
  std::uint32_t time_scale{1};
  std::uint32_t time_step{0};        ///< expected difference in units of time_scale
  std::array<ValueModel, 5> values;  ///< kSog, kCog, kHeading, kStatus, kSource
  std::array<PlaceModel, 2> places;  ///< kLat, kLon

  const ValueModel& value(BlockColumn column) const;
  ValueModel& value(BlockColumn column);
  /// Whether the lane of this column is stored.
  bool stores(BlockColumn column) const {
    return column == kTime || column == kLat || column == kLon ||
           value(column).holds != Holds::kNothing;
  }
};

/// The circle of a column in its unit; 0 when it has none.
constexpr std::uint32_t full_turn(BlockColumn column) {
  if (column == kCog) return 36'000;
  return column == kHeading ? 360 : 0;
}

/// `rows`: 1 to 256 of one track in order of time, kBlockSpan at most.
BlockModel make_model(std::span<const model::Fix> rows, BlockLanes& lanes);
/// The number of a value column; absent when the sender does not have it.
std::optional<std::uint32_t> value_of(const model::Fix& fix, BlockColumn column);
inline constexpr std::array<BlockColumn, 5> kValueColumns = {kSog, kCog, kHeading, kStatus,
                                                             kSource};
/// The inverse. kPortable: simple loops, the oracle of every other version. With Columns::kWay the
/// lanes behind kWayColumns are not read.
void restore(const BlockModel& model, const BlockLanes& lanes, BlockColumns& out, Columns columns,
             Speed speed);

void put_model(std::string& out, const BlockModel& model);
/// False when the bytes are not a model.
bool get_model(VarintReader& in, BlockModel& model);

/// round(16384 x cos) in the low half and of the sine in the high half, of each 0.1 degree.
inline constexpr std::size_t kDirections = 3600;
/// One more entry, 0, for no direction.
extern const std::array<std::uint32_t, kDirections + 1> kDirectionTable;

/// Reports further apart than this say nothing of the way between (2^22 ms, 70 minutes).
inline constexpr std::uint32_t kLongestReckoning_ms = std::uint32_t{1} << 22;
/// A speed at or above this (163.84 kn) is not used for reckoning.
inline constexpr std::uint32_t kFastest_ckn = 16'384;

}  // namespace jinglue::store
