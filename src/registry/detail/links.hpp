// SPDX-License-Identifier: Apache-2.0
// Links of fields that hold several, one row each, so that "linked to this record" is asked of an
// index and not of the text of every record. Kept in the same write as the record. A field with one
// link has an index of its own (table.cpp) and no rows here.
#pragma once

#include <string>

#include "registry/definition.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::store {
class Database;
}

namespace jinglue::registry::detail {

void make_link_table(store::Database& database);
/// Rows of a new record, or those of a record that changed.
void add_links(store::Db& db, const Definition& definition, const Record& record);
void replace_links(store::Db& db, const Definition& definition, const Record& record);
/// All of a register anew: its fields with several links differ from those that were kept.
void rebuild_links(store::Db& db, const Definition& definition);

/// Condition on `id` with one parameter, the record that is linked to; `field` is of type links.
std::string links_to_condition(const Definition& definition, const Field& field);
/// The same for a link or links: a condition on records of `definition`, one parameter.
std::string pointing_condition(const Definition& definition, const Field& field);

}  // namespace jinglue::registry::detail
