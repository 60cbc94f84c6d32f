// SPDX-License-Identifier: Apache-2.0
// One column of a chunk: 64-bit integers, each possibly absent, as first value, scale and
// differences from a prediction (docs/format/archive.md). All arithmetic is modulo 2^64, so that no
// input overflows.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace jinglue::picture::detail {

struct Column {
  std::vector<std::int64_t> values;   ///< one for each row; 0 where absent
  std::vector<std::uint8_t> present;  ///< 1 or 0 for each row; empty = all are present
  bool has(std::size_t row) const { return present.empty() || present[row] != 0; }
};

/// How a value is predicted from the two before it.
enum class Prediction : std::uint8_t {
  kConstant = 0,  ///< all equal; no differences follow
  kPrevious = 1,
  kSameStep = 2,      ///< previous + (previous - the one before)
  kSameVelocity = 3,  ///< the same with the step scaled by the time between; needs times
};

/// `times_ms`: of each row; empty when kSameVelocity may not be used.
void put_column(std::string& out, const Column& values, std::span<const std::int64_t> times_ms);
/// False when the bytes end early or are not a column; `rest` is what follows.
bool get_column(std::string_view& rest, std::size_t rows, std::span<const std::int64_t> times_ms,
                Column& values);

}  // namespace jinglue::picture::detail
