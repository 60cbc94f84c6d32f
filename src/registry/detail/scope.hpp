// SPDX-License-Identifier: Apache-2.0
// What expressions see of one object of canonical values: a record, a row or a transition's input.
#pragma once

#include <vector>

#include "base/json.hpp"
#include "registry/definition.hpp"
#include "registry/expression/expression.hpp"

namespace jinglue::registry::detail {

/// The type that a field has in expressions: choices and links are texts (their keys, ids), lists
/// of them and rows are lists, geometry is a text that is of use in empty() only.
expression::Type expression_type(const Field& field);
expression::Value expression_value(const Field& field, const base::Json& canonical);

/// Names of the fields beside each other, without links.
expression::Names names_of(const std::vector<Field>& fields);

/// For expressions that look at nothing else (Expression::own_fields_only).
class ObjectScope : public expression::Scope {
 public:
  ObjectScope(const std::vector<Field>& fields, const base::Json& values)
      : m_fields(fields), m_values(values) {}
  expression::Value field(const expression::Path& path) const override;
  expression::List linked(const std::string&, const std::string&,
                          const std::string&) const override {
    return {};
  }
  base::Instant now() const override { return {}; }
  expression::Day today() const override { return {}; }

 private:
  const std::vector<Field>& m_fields;
  const base::Json& m_values;
};

}  // namespace jinglue::registry::detail
