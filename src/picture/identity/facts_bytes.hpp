// SPDX-License-Identifier: Apache-2.0
// VesselFacts as bytes of a pipeline snapshot. Not a file format: a snapshot of another program
// version is refused as a whole and rebuilt from the journal.
#pragma once

#include "base/bytes.hpp"
#include "model/vessel.hpp"

namespace jinglue::picture {

void put_facts(base::ByteWriter& out, const model::VesselFacts& facts);
model::VesselFacts get_facts(base::ByteReader& in);

}  // namespace jinglue::picture
