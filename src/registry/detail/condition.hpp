// SPDX-License-Identifier: Apache-2.0
// A filter as SQL for the table of one register. Where geometries meet is decided before, exactly,
// on those whose boxes touch (GEOS, planar in degrees), and stands in the SQL as a list of rows.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "registry/cql/filter.hpp"
#include "registry/definition.hpp"
#include "store/db.hpp"

namespace jinglue::registry::cql {

struct Condition {
  std::string sql;
  std::vector<std::pair<Field, base::Json>> values;  ///< of its parameters, in order
};
/// Error kUnknown for a property that the register does not have, kMalformed for a value or a sign
/// that its type does not know; `where` is the property.
base::Result<Condition> condition_of(store::Db& db, const Definition& definition,
                                     const Filter& filter);

}  // namespace jinglue::registry::cql
