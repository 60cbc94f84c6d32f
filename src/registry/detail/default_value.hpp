// SPDX-License-Identifier: Apache-2.0
// Defaults: what a field of a new record is when nothing is given for it. `default_of` may name the
// fields beside it, today, now, and of the person who makes the record own_account, own_unit and
// own_district.
#pragma once

#include <string>
#include <vector>

#include "base/config.hpp"
#include "registry/definition.hpp"
#include "registry/detail/scope.hpp"
#include "registry/registry.hpp"

namespace jinglue::registry::detail {

expression::Names default_names(const std::vector<Field>& fields);
/// Whether a value of that type can become the field's.
bool fits_field(const Field& field, expression::Type type);
/// The field's canonical value of a computed one; null when it is absent or does not fit.
base::Json field_value(const Field& field, const expression::Value& value);

/// `default_of` of all fields of a definition.
void read_defaults(Definition& definition, const base::ConfigNode& document,
                   std::vector<base::Error>& errors);

/// Fills the fields that `given` does not name; a field that is given as null stays empty.
void fill_defaults(const Definition& d, const Organisation& units, const Write& write,
                   base::Json& given);
/// The defaults of a form that nobody has typed into.
base::Json defaults_for(const Definition& d, const Organisation& units, const Write& write);

}  // namespace jinglue::registry::detail
