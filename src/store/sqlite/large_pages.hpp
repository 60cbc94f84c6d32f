// SPDX-License-Identifier: Apache-2.0
// A database file of 16 KiB pages, for tables of BLOBs of about 1 KiB: on pages of 4 KiB an eighth
// of the file would stay empty. Free pages can be given back (shrink). Only a file that is not
// there yet can choose both.
#pragma once

#include "store/db.hpp"

namespace jinglue::store {

/// Does nothing when the file exists and is not empty.
void create_with_large_pages(const OpenOptions& options);
/// Outside a transaction or inside one: gives at most `pages` free pages back when more than one
/// page in `share` is free. Whether there may be more to give.
bool shrink(Db& db, std::int64_t share, std::int64_t pages);

}  // namespace jinglue::store
