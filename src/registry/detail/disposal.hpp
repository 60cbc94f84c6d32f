// SPDX-License-Identifier: Apache-2.0
// What is left of a record that was disposed of, and taking its content out of every table.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "registry/retention.hpp"
#include "store/db.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::registry::detail {

void make_tombstone_table(store::Database& database);
void store_tombstone(store::Db& db, const Tombstone& tombstone);
std::optional<Tombstone> load_tombstone(store::Db& db, const std::string& register_id,
                                        const std::string& id);
/// The last ones first.
std::vector<Tombstone> load_tombstones(store::Db& db, const std::string& register_id,
                                       std::size_t limit);

/// Of a removed record: values, history, words to be found by, links, comments, notices, clocks,
/// answers kept for repeated requests. Files that it held are unused from now on. The row stays,
/// with number, state, people and times; the pages that held the rest are overwritten.
void take_content(store::Db& db, const Definition& definition, const std::string& id);

}  // namespace jinglue::registry::detail
