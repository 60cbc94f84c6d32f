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
/// The same; when all octets are 0, `zeros` is set and `bytes` is not filled.
bool get_section(VarintReader& in, std::size_t most, std::string& bytes, std::size_t& size,
                 bool& zeros);
bool get_section(VarintReader& in, std::size_t most, std::string& bytes);

}  // namespace jinglue::store
