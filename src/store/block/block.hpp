// SPDX-License-Identifier: Apache-2.0
// A block: 1 to 256 positions of one track as bytes that can be read without anything else, with a
// version and a check sum (docs/format/archive.md). Lossless in the units of model::Fix except
// arrival and journal offset, which are a reception (store/block/reception.hpp).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/fix.hpp"
#include "store/block/block_columns.hpp"
#include "store/block/patched.hpp"

namespace jinglue::store {

inline constexpr std::uint8_t kBlockVersion = 2;  ///< 1 is the chunk that came before

/// `rows`: of one track in order of time, within kBlockSpan.
std::string encode_block(std::span<const model::Fix> rows);
/// kMalformed with the reason when the bytes are damaged, kUnknown for another version. `out` is
/// only meaningful after success.
base::Status decode_block(std::string_view bytes, BlockColumns& out, Columns columns,
                          Speed speed = Speed::kBest);
inline base::Status decode_block(std::string_view bytes, BlockColumns& out,
                                 Speed speed = Speed::kBest) {
  return decode_block(bytes, out, Columns::kAll, speed);
}

}  // namespace jinglue::store
