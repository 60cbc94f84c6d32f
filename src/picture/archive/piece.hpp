// SPDX-License-Identifier: Apache-2.0
// Piece: rows of one track in order of time, as columns, without arrival and journal offset. What
// Archive::scan() gives out: questions that add up millions of positions need no more.
#pragma once

#include <cstddef>

#include "store/block/block_columns.hpp"

namespace jinglue::picture {

struct Piece {
  const store::BlockColumns& columns;
  std::size_t begin{0}, end{0};  ///< the rows within the asked time

  const model::TrackId& track() const { return columns.track; }
};

}  // namespace jinglue::picture
