// SPDX-License-Identifier: Apache-2.0
// Which records' geometries meet a given one (OGC S_INTERSECTS), as SQL.
#pragma once

#include <string>
#include <utility>

#include "base/json.hpp"
#include "registry/definition.hpp"
#include "store/db.hpp"

namespace jinglue::registry::cql {

/// A condition with one parameter, and its value: a list of rows as JSON. Null for records without
/// a geometry, as a comparison has it.
base::Result<std::pair<std::string, std::string>> meeting_rows(store::Db& db,
                                                               const Definition& definition,
                                                               const Field& field,
                                                               const base::Json& geometry);

}  // namespace jinglue::registry::cql
