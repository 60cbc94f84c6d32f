// SPDX-License-Identifier: Apache-2.0
// The bytes of an archive chunk: rows of one track, column by column, each value as its difference
// from a prediction, with a check sum. Integers only, so equal on every machine. The format is
// docs/format/archive.md; a later version keeps reading this one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/fix.hpp"

namespace jinglue::picture {

inline constexpr std::size_t kChunkRows = 256;  ///< rows of a full chunk

enum class ChunkPacking { kOpen, kFull };  ///< kFull: also compressed, when that is smaller

/// `rows`: 1 to 65535 fixes of one track in order of time, equal times by offset.
std::string encode_chunk(std::span<const model::Fix> rows, ChunkPacking packing);
/// kMalformed with the reason when the bytes are damaged or of an unknown version.
base::Result<std::vector<model::Fix>> decode_chunk(std::string_view bytes);

/// The columns alone, before compression and check sum; for tests of damaged bytes.
std::string encode_columns(std::span<const model::Fix> rows);
base::Result<std::vector<model::Fix>> decode_columns(std::string_view columns, model::TrackId track,
                                                     std::size_t rows);

}  // namespace jinglue::picture
