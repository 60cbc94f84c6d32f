// SPDX-License-Identifier: Apache-2.0
// Fixes and track ids as bytes of a pipeline snapshot. Not a file format: a snapshot of another
// program version is refused as a whole and rebuilt from the journal.
#pragma once

#include "base/bytes.hpp"
#include "model/fix.hpp"

namespace jinglue::model {

void put_track(base::ByteWriter& out, TrackId track);
TrackId get_track(base::ByteReader& in);
void put_fix(base::ByteWriter& out, const Fix& fix);
Fix get_fix(base::ByteReader& in);

}  // namespace jinglue::model
