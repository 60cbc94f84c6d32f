// SPDX-License-Identifier: Apache-2.0
// What every watch does with the positions and subjects of its findings: from a fix, as words for
// people, and as bytes of a snapshot.
#pragma once

#include <string>

#include "base/bytes.hpp"
#include "model/finding.hpp"
#include "model/fix.hpp"

namespace jinglue::detect {

model::UsedFix used_fix(const model::Fix& fix);

/// "37.50000°N, 122.10000°E".
std::string place_text(geo::Position at);
/// "MMSI 412345678", "BD 242286", "NAF BZZZ9": the number as people say it.
std::string terminal_text(model::TerminalId terminal);

void put_used_fix(base::ByteWriter& out, const model::UsedFix& fix);
model::UsedFix get_used_fix(base::ByteReader& in);
void put_subject(base::ByteWriter& out, const model::Subject& subject);
model::Subject get_subject(base::ByteReader& in);

}  // namespace jinglue::detect
