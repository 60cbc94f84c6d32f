// SPDX-License-Identifier: Apache-2.0
// Fixes and static states as bytes of a pipeline snapshot. Not a file format: a snapshot of another
// program version is refused as a whole and rebuilt from the journal.
#pragma once

#include "base/bytes.hpp"
#include "picture/live/live.hpp"

namespace jinglue::picture {

void put_fix(base::ByteWriter& out, const model::Fix& fix);
model::Fix get_fix(base::ByteReader& in);
void put_stated(base::ByteWriter& out, const StaticState& stated);
StaticState get_stated(base::ByteReader& in);

}  // namespace jinglue::picture
