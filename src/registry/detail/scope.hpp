// SPDX-License-Identifier: Apache-2.0
// What expressions see of one object of canonical values: a record, a row or a transition's input.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/json.hpp"
#include "registry/definition.hpp"
#include "registry/expression/expression.hpp"

namespace jinglue::registry::detail {

/// The type that a field has in expressions: choices and links are texts (their keys, ids), lists
/// of them and rows are lists, geometry is a text that is of use in empty() only.
expression::Type expression_type(const Field& field);
expression::Value expression_value(const Field& field, const base::Json& canonical);

/// The type, and the value, of a path among fields beside each other: one name, or a period and its
/// end.
std::optional<expression::Type> type_in(const std::vector<Field>& fields,
                                        const expression::Path& path);
expression::Value value_in(const std::vector<Field>& fields, const base::Json& values,
                           const expression::Path& path);

/// Names of the fields beside each other, without links; of a period also "term.from", "term.to".
expression::Names names_of(const std::vector<Field>& fields);

/// Names in a record of `d`: also of fields behind links, `state` and `number` of each, and of the
/// records that link here. `all` and `d` must live as long as the result.
expression::Names names_of(const std::vector<Definition>& all, const Definition& d);

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
  void each(const expression::Path& of,
            const std::function<void(const expression::Scope&)>& visit) const override;
  base::Instant now() const override { return {}; }
  expression::Day today() const override { return {}; }

 private:
  const std::vector<Field>& m_fields;
  const base::Json& m_values;
};

/// A row and what is around it: the columns come before the names outside.
class RowScope : public expression::Scope {
 public:
  RowScope(const std::vector<Field>& columns, const base::Json& row,
           const expression::Scope& around)
      : m_columns(columns), m_row(row), m_around(around) {}
  expression::Value field(const expression::Path& path) const override;
  expression::List linked(const std::string& register_id, const std::string& link,
                          const std::string& field) const override {
    return m_around.linked(register_id, link, field);
  }
  void each(const expression::Path& of,
            const std::function<void(const expression::Scope&)>& visit) const override {
    m_around.each(of, visit);
  }
  base::Instant now() const override { return m_around.now(); }
  expression::Day today() const override { return m_around.today(); }

 private:
  const std::vector<Field>& m_columns;
  const base::Json& m_row;
  const expression::Scope& m_around;
};

/// Visits the rows of `values` when `of` is a field of rows of `fields`.
void each_row(const std::vector<Field>& fields, const base::Json& values,
              const expression::Path& of, const expression::Scope& around,
              const std::function<void(const expression::Scope&)>& visit);
/// Names of the columns when `of` is a field of rows; null for others.
std::shared_ptr<const expression::Names> names_inside(const std::vector<Field>& fields,
                                                      const expression::Path& of);

}  // namespace jinglue::registry::detail
