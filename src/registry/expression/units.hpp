// SPDX-License-Identifier: Apache-2.0
// Units in expressions: metres are not added to kilowatts. Checked when a definition is read, by
// the units that its fields name. A product or quotient has no unit that we work out.
#pragma once

#include <functional>
#include <string>

#include "registry/expression/expression.hpp"

namespace jinglue::registry::expression {

/// The unit of a field; of `linked` the path is register, link, field. Empty = none known.
using UnitOf = std::function<std::string(const Path& path, bool linked)>;

/// The unit of the value, empty when it is not known; kConflict when two do not go together.
base::Result<std::string> unit_of(const Expression& expression, const UnitOf& unit_of);

}  // namespace jinglue::registry::expression
