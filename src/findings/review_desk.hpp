// SPDX-License-Identifier: Apache-2.0
// Storing one review: what it must hold, what contradicts it, and whom its suspension reaches.
#pragma once

#include "findings/findings.hpp"
#include "store/db.hpp"

namespace jinglue::findings {

/// Inside a transaction. See Findings::add_review().
base::Result<Review> store_review(store::Db& db, Review review);

}  // namespace jinglue::findings
