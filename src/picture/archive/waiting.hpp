// SPDX-License-Identifier: Apache-2.0
// Waiting: rows that are appended and not yet committed, by track, each list in order of offset.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "model/fix.hpp"

namespace jinglue::picture::detail {

struct Waiting {
  std::unordered_map<model::TrackId, std::vector<model::Fix>> tracks;
  std::size_t count{0};
  std::uint64_t offset{0};  ///< everything up to here is in; becomes applied_offset()
};

inline bool earlier(const model::Fix& a, const model::Fix& b) {
  return a.time != b.time ? a.time < b.time : a.offset < b.offset;
}

}  // namespace jinglue::picture::detail
