// SPDX-License-Identifier: Apache-2.0
#include "registry/detail/default_value.hpp"

#include "registry/detail/record_scope.hpp"
#include "registry/detail/value.hpp"
#include "registry/life.hpp"
#include "registry/organisation.hpp"
#include "registry/sight.hpp"

namespace jinglue::registry::detail {

using base::Json;
using expression::Path;
using expression::Type;
using expression::Value;

namespace {

constexpr std::string_view kAccount = "own_account";
constexpr std::string_view kUnit = "own_unit";
constexpr std::string_view kDistrict = "own_district";

/// The values that are given so far, the person and the time.
class DefaultScope : public expression::Scope {
 public:
  DefaultScope(const Definition& d, const Organisation& units, const Write& write,
               const Json& values)
      : m_definition(d), m_units(units), m_write(write), m_values(values) {}

  Value field(const Path& path) const override {
    if (path.size() == 1 && path[0] == kAccount) return text(m_write.actor.user);
    if (path.size() == 1 && path[0] == kUnit) return text(m_write.actor.district);
    if (path.size() == 1 && path[0] == kDistrict) return text(own_district());
    return value_in(m_definition.fields, m_values, path);
  }
  expression::List linked(const std::string&, const std::string&,
                          const std::string&) const override {
    return {};
  }
  base::Instant now() const override { return m_write.now; }
  expression::Day today() const override {
    expression::Day out;
    expression::read_day(local_day(m_write.now, zone_of(m_definition)), out);
    return out;
  }

 private:
  static Value text(const std::string& value) { return value.empty() ? Value() : Value(value); }
  std::string own_district() const {
    const std::string district = m_units.district_of(m_write.actor.district);
    return district.empty() ? m_write.actor.district : district;
  }

  const Definition& m_definition;
  const Organisation& m_units;
  const Write& m_write;
  const Json& m_values;
};

}  // namespace

expression::Names default_names(const std::vector<Field>& fields) {
  expression::Names out = names_of(fields);
  out.field = [&fields](const Path& path) -> std::optional<Type> {
    const bool own =
        path.size() == 1 && (path[0] == kAccount || path[0] == kUnit || path[0] == kDistrict);
    return own ? std::optional(Type::kText) : type_in(fields, path);
  };
  return out;
}

bool fits_field(const Field& field, Type type) {
  switch (field.type) {
    case FieldType::kPerson:
    case FieldType::kUnit:
    case FieldType::kDistrict:
    case FieldType::kLongText:
      return type == Type::kText;
    case FieldType::kPeriod:
      return type == Type::kDay;  // a period of that day
    case FieldType::kChoices:
    case FieldType::kLinks:
    case FieldType::kRows:
    case FieldType::kGeometry:
    case FieldType::kFile:
      return false;
    default:
      return type == expression_type(field) || type == Type::kAbsent;
  }
}

Json field_value(const Field& field, const Value& value) {
  Json plain;
  if (const auto* text = std::get_if<std::string>(&value)) plain = *text;
  if (const auto* day = std::get_if<expression::Day>(&value)) plain = expression::to_text(*day);
  if (const auto* at = std::get_if<base::Instant>(&value)) plain = base::to_iso(*at);
  if (const auto* is = std::get_if<bool>(&value)) plain = *is;
  if (const auto* number = std::get_if<base::Decimal>(&value)) {
    if (field.type == FieldType::kMoney) {
      plain = number->rounded(2).text();
    } else if (field.type == FieldType::kInteger) {
      const auto whole = number->rounded(0).whole();
      plain = whole ? Json(*whole) : Json();
    } else {
      plain = canonical_number(number->to_double());
    }
  }
  return canonical(field, plain).value_or(Json());
}

void fill_defaults(const Definition& d, const Organisation& units, const Write& write,
                   Json& given) {
  for (const auto& f : d.fields) {
    if (given.has(f.key)) continue;
    if (!f.default_value.is_null()) given.set(f.key, f.default_value);
  }
  for (const auto& f : d.fields) {
    if (given.has(f.key) || !f.default_of) continue;
    Json value = field_value(f, f.default_of->value(DefaultScope(d, units, write, given)));
    if (!value.is_null()) given.set(f.key, std::move(value));
  }
}

Json defaults_for(const Definition& d, const Organisation& units, const Write& write) {
  Json out = Json::object();
  fill_defaults(d, units, write, out);
  Json seen = Json::object();
  for (const auto& [key, value] : out.members()) {
    const Sight sight = sight_of(*d.field(key), write.actor);
    if (sight == Sight::kPlain || sight == Sight::kMasked) seen.set(key, value);
  }
  return seen;
}

}  // namespace jinglue::registry::detail
