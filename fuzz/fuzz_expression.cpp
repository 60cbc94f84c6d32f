// SPDX-License-Identifier: Apache-2.0
// Fuzz target of expressions: refused with a column, or a value of the type that reading promised.
#include <string_view>

#include "fuzz/require.hpp"
#include "registry/expression/expression.hpp"

namespace {

using namespace jinglue;
using namespace jinglue::registry::expression;
using fuzz::require;

/// The type of a name hangs on its length, so that every type is there.
Type type_for(const std::string& name) {
  return static_cast<Type>(1 + name.size() % 6);
}

Value value_of(Type type) {
  switch (type) {
    case Type::kBoolean:
      return Value(true);
    case Type::kNumber:
      return Value(base::Decimal(-7));
    case Type::kText:
      return Value(std::string("文"));
    case Type::kDay:
      return Value(Day{19'844});
    case Type::kInstant:
      return Value(base::Instant{1'714'536'000'000});
    case Type::kList:
      return Value(List{Value(base::Decimal(3)), Value()});
    default:
      return {};
  }
}

class Record : public Scope {
 public:
  explicit Record(bool empty) : m_empty(empty) {}
  Value field(const Path& path) const override {
    return m_empty ? Value() : value_of(type_for(path.back()));
  }
  List linked(const std::string&, const std::string&, const std::string& field) const override {
    return m_empty ? List() : List{value_of(type_for(field)), Value()};
  }
  base::Instant now() const override { return {1'714'536'000'000}; }
  Day today() const override { return {19'844}; }

 private:
  bool m_empty;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Names names{[](const Path& path) { return std::optional(type_for(path.back())); },
                    [](const std::string&, const std::string&, const std::string& field) {
                      return std::optional(type_for(field));
                    }};
  const auto read = Expression::read({reinterpret_cast<const char*>(data), size}, names);
  if (!read) {
    require(!read.error().message.empty());
    return 0;
  }
  for (const bool empty : {true, false}) {
    const auto value = read->value(Record(empty));
    require(value.absent() || read->type() == Type::kAbsent || type_of(value) == read->type());
  }
  return 0;
}
