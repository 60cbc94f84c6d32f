// SPDX-License-Identifier: Apache-2.0
// The payload of a journal entry that brings positions (an import): u8 version 1, then pools of the
// archive (docs/format/archive.md, "A pool"), each behind its size as a varint. 65,536 rows take
// about 0.3 MB.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/fix.hpp"

namespace jinglue::picture::exchange {

/// `rows`: by track and time. Arrival and offset are not part of it.
std::string encode_positions(std::span<const model::Fix> rows);
/// Arrival is the event time, the offset 0.
base::Result<std::vector<model::Fix>> decode_positions(std::string_view payload);

}  // namespace jinglue::picture::exchange
