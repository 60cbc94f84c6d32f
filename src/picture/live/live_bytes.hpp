// SPDX-License-Identifier: Apache-2.0
// Static states as bytes of a pipeline snapshot (fixes: model/fix_bytes.hpp).
#pragma once

#include "base/bytes.hpp"
#include "picture/live/live.hpp"

namespace jinglue::picture {

void put_stated(base::ByteWriter& out, const StaticState& stated);
StaticState get_stated(base::ByteReader& in);

}  // namespace jinglue::picture
