// SPDX-License-Identifier: Apache-2.0
// The bytes of a waiting pool: a pool of rows of many tracks; for the file of receptions, the
// reception of each run behind its size.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/fix.hpp"

namespace jinglue::picture::detail {

struct WaitingBytes {
  std::size_t rows{0};
  std::string bytes;
  std::string receptions;
};

/// As many rows from the beginning as one pool holds. `rows`: by track, time and offset. Receptions
/// are empty when no row has an offset.
WaitingBytes encode_waiting(std::span<const model::Fix> rows);
/// Without receptions the arrival is the event time and the offset 0.
base::Result<std::vector<model::Fix>> decode_waiting(std::string_view bytes,
                                                     std::string_view receptions);

}  // namespace jinglue::picture::detail
