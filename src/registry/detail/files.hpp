// SPDX-License-Identifier: Apache-2.0
// Attachments: files by their SHA-256 in one folder, with a row for each that says what it is and
// who brought it. A file stays as long as a record, or its history within the retention, names it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "registry/definition.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// Hashes that a record holds in its fields of type file.
std::vector<std::string> hashes_of(const Definition& d, const Record& record);
/// After a commit: when the files of both were last held.
void note_files(store::Db& db, const Definition& d, const Record* before, const Record& after,
                base::Instant now);
/// Hash is 64 small hexadecimal digits: nothing else ever becomes a path.
bool is_hash(std::string_view text);

}  // namespace jinglue::registry::detail
