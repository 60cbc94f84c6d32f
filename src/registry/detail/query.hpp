// SPDX-License-Identifier: Apache-2.0
// Lists: a Query as SQL. Pages continue after the last row by its sort value and id, so that rows
// added or removed meanwhile neither repeat nor skip the others. Absent values come last.
#pragma once

#include <string>
#include <vector>

#include "registry/definition.hpp"
#include "registry/registry.hpp"
#include "store/db.hpp"

namespace jinglue::registry::detail {

/// Error kUnknown for a filter or sort by something that the register does not have, kMalformed
/// for a bad cursor or value.
base::Result<Page> run_query(store::Db& db, const Definition& d, const Query& query);

}  // namespace jinglue::registry::detail
