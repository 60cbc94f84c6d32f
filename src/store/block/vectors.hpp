// SPDX-License-Identifier: Apache-2.0
// The parts of decoding a block that have a version for AVX2 registers (vectors.cpp), or for those
// of AVX-512 (wide_vectors.cpp). Each gives exactly what the portable version beside its caller
// gives; only called where has_vectors(), or has_wide_vectors(), is true.
#pragma once

#include <cstdint>
#include <string_view>

#include "store/block/block_columns.hpp"
#include "store/block/block_model.hpp"
#include "store/block/patched.hpp"

namespace jinglue::store {

/// `body` holds width x 32 bytes.
void get_lanes_vectors(std::string_view body, unsigned width, Lane& out);
/// `out[i]` |= octet i of `plane` << shift, for `count` of them.
void add_plane_vectors(const char* plane, std::size_t count, unsigned shift, Lane& out);
/// As restore() of block_model.hpp with kPortable.
void restore_vectors(const BlockModel& model, const BlockLanes& lanes, BlockColumns& out,
                     Columns columns);
/// The same of a full block.
void restore_wide_vectors(const BlockModel& model, const BlockLanes& lanes, BlockColumns& out,
                          Columns columns);

}  // namespace jinglue::store
