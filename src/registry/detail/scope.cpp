// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/scope.hpp"

#include <algorithm>
#include <optional>

#include "registry/detail/value_kinds.hpp"

namespace jinglue::registry::detail {

using base::Json;
using expression::Type;
using expression::Value;

namespace {

Value number(const Json& value) {
  const auto out = value.is_int() ? std::optional(base::Decimal(value.as_int()))
                                  : base::Decimal::from_double(value.as_double());
  return out ? Value(*out) : Value();
}

Value list(const Json& value) {
  expression::List out;
  for (const auto& item : value.items()) {
    out.push_back(item.is_string() ? Value(item.as_string()) : Value(item.dump()));
  }
  return Value(std::move(out));
}

Value text_as(Type type, const std::string& text) {
  expression::Day day;
  if (type == Type::kDay) return expression::read_day(text, day) ? Value(day) : Value();
  if (type == Type::kInstant) {
    const auto at = base::parse_iso(text);
    return at ? Value(*at) : Value();
  }
  if (type == Type::kNumber) {
    const auto amount = base::Decimal::parse(text);
    return amount ? Value(*amount) : Value();
  }
  return Value(text);
}

/// An end of a period; absent when it is open.
Value end_of(const Json& period, const std::string& end) {
  const auto read = read_period(period.as_string());
  expression::Day day;
  const bool known = read && expression::read_day(end == "from" ? read->from : read->to, day);
  return known ? Value(day) : Value();
}

bool is_end(const Field& field, const std::string& name) {
  return field.type == FieldType::kPeriod && (name == "from" || name == "to");
}

const Field* find(const std::vector<Field>& fields, const std::string& key) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.key == key; });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace

Type expression_type(const Field& field) {
  switch (field.type) {
    case FieldType::kInteger:
    case FieldType::kNumber:
    case FieldType::kMoney:
      return Type::kNumber;
    case FieldType::kBoolean:
      return Type::kBoolean;
    case FieldType::kDate:
      return Type::kDay;
    case FieldType::kInstant:
      return Type::kInstant;
    case FieldType::kChoices:
    case FieldType::kLinks:
    case FieldType::kRows:
      return Type::kList;
    default:
      return Type::kText;
  }
}

Value expression_value(const Field& field, const Json& canonical) {
  if (canonical.is_null()) return {};
  const Type type = expression_type(field);
  if (type == Type::kList) return list(canonical);
  if (canonical.is_bool()) return Value(canonical.as_bool());
  if (canonical.is_number()) return number(canonical);
  if (canonical.is_string()) return text_as(type, canonical.as_string());
  return Value(canonical.dump());
}

std::optional<Type> type_in(const std::vector<Field>& fields, const expression::Path& path) {
  const auto* field = path.empty() ? nullptr : find(fields, path[0]);
  if (field == nullptr || path.size() > 2) return std::nullopt;
  if (path.size() == 1) return expression_type(*field);
  return is_end(*field, path[1]) ? std::optional(Type::kDay) : std::nullopt;
}

Value value_in(const std::vector<Field>& fields, const Json& values, const expression::Path& path) {
  const auto* field = path.empty() ? nullptr : find(fields, path[0]);
  if (field == nullptr) return {};
  if (path.size() == 1) return expression_value(*field, values[path[0]]);
  return is_end(*field, path[1]) ? end_of(values[path[0]], path[1]) : Value();
}

expression::Names names_of(const std::vector<Field>& fields) {
  return {[&fields](const expression::Path& path) { return type_in(fields, path); },
          [](const std::string&, const std::string&, const std::string&) {
            return std::optional<Type>();
          },
          [&fields](const expression::Path& of) { return names_inside(fields, of); }};
}

std::shared_ptr<const expression::Names> names_inside(const std::vector<Field>& fields,
                                                      const expression::Path& of) {
  const auto* field = of.size() == 1 ? find(fields, of[0]) : nullptr;
  if (field == nullptr || field->type != FieldType::kRows) return nullptr;
  return std::make_shared<const expression::Names>(names_of(field->columns));
}

void each_row(const std::vector<Field>& fields, const Json& values, const expression::Path& of,
              const expression::Scope& around,
              const std::function<void(const expression::Scope&)>& visit) {
  const auto* field = of.size() == 1 ? find(fields, of[0]) : nullptr;
  if (field == nullptr || field->type != FieldType::kRows) return;
  for (const auto& row : values[field->key].items()) visit(RowScope(field->columns, row, around));
}

void ObjectScope::each(const expression::Path& of,
                       const std::function<void(const expression::Scope&)>& visit) const {
  each_row(m_fields, m_values, of, *this, visit);
}

Value RowScope::field(const expression::Path& path) const {
  return type_in(m_columns, path) ? value_in(m_columns, m_row, path) : m_around.field(path);
}

Value ObjectScope::field(const expression::Path& path) const {
  return value_in(m_fields, m_values, path);
}

}  // namespace jinglue::registry::detail
