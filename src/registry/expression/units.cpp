// SPDX-License-Identifier: Apache-2.0
#include "registry/expression/units.hpp"

#include <fmt/format.h>

#include "registry/expression/node.hpp"

namespace jinglue::registry::expression {
namespace {

using Node = Expression::Node;
using Read = base::Result<std::string>;

Read unit_of_node(const Node& node, const UnitOf& units);

/// All that have a unit have the same.
Read common(const Node& node, std::size_t first, const UnitOf& units) {
  std::string out;
  for (std::size_t i = first; i < node.inside.size(); ++i) {
    auto unit = unit_of_node(*node.inside[i], units);
    if (!unit) return unit;
    if (unit->empty()) continue;
    if (!out.empty() && out != *unit) {
      return base::fail(base::Code::kConflict, fmt::format("{} does not go with {}", out, *unit),
                        fmt::format("column {}", node.column));
    }
    out = std::move(*unit);
  }
  return out;
}

bool compares(Op op) {
  return op == Op::kEqual || op == Op::kUnequal || op == Op::kLess || op == Op::kLessEqual ||
         op == Op::kGreater || op == Op::kGreaterEqual;
}

Read unit_of_node(const Node& node, const UnitOf& units) {
  if (node.op == Op::kField) return units(node.path, false);
  if (node.op == Op::kLinked) return units(node.path, true);
  const bool keeps = node.op == Op::kPlus || node.op == Op::kMinus || node.op == Op::kNegative ||
                     node.op == Op::kCoalesce || node.op == Op::kSum || node.op == Op::kMinimum ||
                     node.op == Op::kMaximum;
  if (keeps) return common(node, 0, units);
  // What is worked out for each row has names of its own.
  const bool each = node.op == Op::kAllOf || node.op == Op::kAnyOf || node.op == Op::kCountOf ||
                    node.op == Op::kSumOf;
  if (each) return std::string();
  if (node.op == Op::kRound) return unit_of_node(*node.inside[0], units);
  if (node.op == Op::kIf) {
    if (auto condition = unit_of_node(*node.inside[0], units); !condition) return condition;
    return common(node, 1, units);
  }
  if (compares(node.op)) {
    auto sides = common(node, 0, units);
    return sides ? Read(std::string()) : sides;
  }
  for (const auto& part : node.inside) {
    if (auto inner = unit_of_node(*part, units); !inner) return inner;
  }
  return std::string();
}

}  // namespace

base::Result<std::string> unit_of(const Expression& expression, const UnitOf& units) {
  return unit_of_node(expression.root(), units);
}

}  // namespace jinglue::registry::expression
