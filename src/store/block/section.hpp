// SPDX-License-Identifier: Apache-2.0
// A section of a pool: bytes behind their size, compressed with zstd when that is smaller, or only
// named when all of them are 0.
#pragma once

#include <string>
#include <string_view>

#include "store/block/varint.hpp"

namespace jinglue::store {

void put_section(std::string& out, std::string_view bytes, int level);
/// False when it is damaged or longer than `most`.
bool get_section(VarintReader& in, std::size_t most, std::string& bytes);
/// Appends the octets; nothing when all of them are 0, which sets `zeros`. False when it is damaged
/// or not of this size.
bool append_section(VarintReader& in, std::size_t size, std::string& bytes, bool& zeros);

}  // namespace jinglue::store
