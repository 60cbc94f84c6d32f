// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/condition.hpp"

#include "registry/detail/links.hpp"
#include "registry/detail/meeting.hpp"
#include "registry/detail/query.hpp"
#include "registry/detail/search.hpp"
#include "registry/detail/value.hpp"

namespace jinglue::registry::cql {
namespace {

using base::Code;
using base::Json;
using base::Result;
using Kind = Filter::Kind;

bool is_list(FieldType type) {
  return type == FieldType::kChoices || type == FieldType::kLinks || type == FieldType::kRows;
}
bool is_ordered(FieldType type) {
  return type == FieldType::kInteger || type == FieldType::kNumber || type == FieldType::kMoney ||
         type == FieldType::kDate || type == FieldType::kInstant || type == FieldType::kText ||
         type == FieldType::kLongText;
}

class Maker {
 public:
  Maker(store::Db& db, const Definition& d) : m_db(db), m_definition(d) {}

  Result<std::string> sql_of(const Filter& f) {
    switch (f.kind) {
      case Kind::kAnd:
        return joined(f, " AND ");
      case Kind::kOr:
        return joined(f, " OR ");
      case Kind::kNot: {
        auto inner = sql_of(f.parts.front());
        if (!inner) return inner;
        return "(NOT " + *inner + ")";
      }
      default:
        return of_property(f);
    }
  }
  std::vector<std::pair<Field, Json>> take() { return std::move(m_values); }

 private:
  Result<std::string> joined(const Filter& f, const char* between) {
    std::string out = "(";
    for (const auto& part : f.parts) {
      auto sql = sql_of(part);
      if (!sql) return sql;
      out += (out.size() > 1 ? between : "") + *sql;
    }
    return out + ")";
  }
  Result<std::string> of_property(const Filter& f) {
    const auto column = detail::column_of(m_definition, f.property);
    if (!column) return tl::unexpected(column.error());
    if (f.kind == Kind::kNull) return "(" + column->name + " IS NULL)";
    const bool place = column->field.type == FieldType::kGeometry;
    if (place != (f.kind == Kind::kIntersects)) {
      return wrong(
          f, place ? "a geometry is only asked with S_INTERSECTS or IS NULL" : "is not a geometry");
    }
    if (place) {
      auto rows = meeting_rows(m_db, m_definition, column->field, f.geometry);
      if (!rows) return tl::unexpected(rows.error());
      m_values.emplace_back(Field(), std::move(rows->second));
      return std::move(rows->first);
    }
    if (is_list(column->field.type)) return of_list(f, *column);
    if (f.kind == Kind::kLike) return like(f, *column);
    if (f.kind == Kind::kBetween) return between(f, *column);
    return f.kind == Kind::kIn ? in(f, *column) : compare(f, *column);
  }
  static tl::unexpected<base::Error> wrong(const Filter& f, const char* why) {
    return base::fail(Code::kMalformed, why, f.property);
  }

  /// A literal in the form that the column holds.
  base::Status add(const Filter& f, const Field& field, const Json& literal) {
    if (literal.is_bool() != (field.type == FieldType::kBoolean)) {
      return wrong(f, "is compared with a value of another kind");
    }
    auto value =
        detail::from_text(field, literal.is_string() ? literal.as_string() : literal.dump());
    if (!value) return base::fail(value.error().code, value.error().message, f.property);
    if (value->is_null()) return wrong(f, "an empty value: use IS NULL");
    m_values.emplace_back(field, std::move(*value));
    return {};
  }
  Result<std::string> compare(const Filter& f, const detail::Column& c) {
    if (f.sign != "=" && f.sign != "<>" && !is_ordered(c.field.type)) {
      return wrong(f, "has no order: use = or <>");
    }
    if (auto good = add(f, c.field, f.values.front()); !good) return tl::unexpected(good.error());
    return "(" + c.name + " " + f.sign + " ?)";
  }
  Result<std::string> between(const Filter& f, const detail::Column& c) {
    if (!is_ordered(c.field.type)) return wrong(f, "has no order");
    for (const auto& value : f.values) {
      if (auto good = add(f, c.field, value); !good) return tl::unexpected(good.error());
    }
    return "(" + c.name + " BETWEEN ? AND ?)";
  }
  Result<std::string> in(const Filter& f, const detail::Column& c) {
    std::string marks;
    for (const auto& value : f.values) {
      if (auto good = add(f, c.field, value); !good) return tl::unexpected(good.error());
      marks += marks.empty() ? "?" : ", ?";
    }
    return "(" + c.name + " IN (" + marks + "))";
  }
  Result<std::string> like(const Filter& f, const detail::Column& c) {
    const bool text = c.field.type == FieldType::kText || c.field.type == FieldType::kLongText ||
                      c.field.type == FieldType::kChoice;
    if (!text) return wrong(f, "is no text: LIKE does not fit");
    m_values.emplace_back(Field(), f.values.front());
    return "(" + c.name + " LIKE ? ESCAPE '\\')";
  }
  /// A list equals a value when it holds it.
  Result<std::string> of_list(const Filter& f, const detail::Column& c) {
    const bool equal = f.kind == Kind::kIn || (f.kind == Kind::kCompare && f.sign == "=");
    if (!equal) return wrong(f, "is a list: use = or IN, which ask whether it holds a value");
    std::string out = "(";
    for (const auto& value : f.values) {
      if (out.size() > 1) out += " OR ";
      if (c.field.type == FieldType::kLinks) {
        out += detail::links_to_condition(m_definition, c.field);
        m_values.emplace_back(Field(), value.is_string() ? value : Json(value.dump()));
        continue;
      }
      out += c.name + " LIKE ? ESCAPE '\\'";
      m_values.emplace_back(Field(), "%" + detail::escape_like(value.dump()) + "%");
    }
    return out + ")";
  }

  store::Db& m_db;
  const Definition& m_definition;
  std::vector<std::pair<Field, Json>> m_values;
};

}  // namespace

Result<Condition> condition_of(store::Db& db, const Definition& d, const Filter& filter) {
  Maker maker(db, d);
  auto sql = maker.sql_of(filter);
  if (!sql) return tl::unexpected(sql.error());
  return Condition{std::move(*sql), maker.take()};
}

}  // namespace jinglue::registry::cql
