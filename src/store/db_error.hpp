// SPDX-License-Identifier: Apache-2.0
// What SQLite reports, as a DbError that names the file, what failed and what to do.
#pragma once

#include <string>

#include "store/db.hpp"

struct sqlite3;

namespace jinglue::store {

/// Throws the DbError for the last failure `code` on `handle` (may be null: nothing was opened).
[[noreturn]] void throw_sqlite_error(sqlite3* handle, int code, const std::string& file,
                                     const std::string& what);

}  // namespace jinglue::store
