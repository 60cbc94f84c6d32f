// SPDX-License-Identifier: Apache-2.0
// The tree of an expression. For reader and evaluation only.
#pragma once

#include <memory>
#include <vector>

#include "registry/expression/expression.hpp"

namespace jinglue::registry::expression {

enum class Op {
  kLiteral,
  kField,
  kLinked,
  kNow,
  kToday,
  kList,
  kAnd,
  kOr,
  kNot,
  kEqual,
  kUnequal,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kPlus,
  kMinus,
  kTimes,
  kOver,
  kNegative,
  kIf,
  kEmpty,
  kCoalesce,
  kSum,
  kCount,
  kAllOf,
  kAnyOf,
  kCountOf,
  kSumOf,
  kMinimum,
  kMaximum,
  kRound,
  kDays,
  kYear,
  kMonth,
  kLength
};

struct Expression::Node {
  Op op{Op::kLiteral};
  Type type{Type::kAbsent};  ///< of a list: kList, with `member` the type of its members
  Type member{Type::kAbsent};
  Value literal;
  /// kField; of kLinked register, link, field; of kAllOf and its like the rows, or register and
  /// link
  Path path;
  std::vector<std::shared_ptr<const Node>> inside;
  std::size_t column{0};
};

}  // namespace jinglue::registry::expression
