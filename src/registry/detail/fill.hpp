// SPDX-License-Identifier: Apache-2.0
// Fill: values that effects write into records, and texts that they tell people.
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "registry/life.hpp"

namespace jinglue::registry::detail {

/// A value as JSON of a field, canonical. An error when the field does not take it.
base::Result<base::Json> json_of(const Field& field, const expression::Value& value);

/// What the expressions of an effect are worked out for: a record, or a row of it.
struct Source {
  const Definition& definition;
  const expression::Scope& scope;
};
/// Names of choices and states instead of their keys; both languages.
base::Words render(const TemplateWords& words, const Source& source);
std::string render_zh(const Template& text, const Source& source);

/// The fields that `set` writes, canonical, as an object; null for an absent value.
base::Result<base::Json> worked_out(const std::vector<Assignment>& set,
                                    const std::vector<Field>& fields, const Source& source);

}  // namespace jinglue::registry::detail
