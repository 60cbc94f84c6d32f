// SPDX-License-Identifier: Apache-2.0
// The reception of the rows of a block: when each arrived and under which journal offset. Apart
// from the block, because only answers in order of arrival need it, and because it may be dropped
// when the journal that it points into is gone. docs/format/archive.md, "A reception".
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/fix.hpp"

namespace jinglue::store {

/// `rows`: as given to encode_block. With a check sum.
std::string encode_reception(std::span<const model::Fix> rows);
/// Sets arrival and offset of rows that came from the block.
base::Status decode_reception(std::string_view bytes, std::span<model::Fix> rows);

}  // namespace jinglue::store
