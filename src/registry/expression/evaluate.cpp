// SPDX-License-Identifier: Apache-2.0
// Evaluation: what an expression is worth for one record.

#include <algorithm>

#include "registry/expression/node.hpp"

namespace jinglue::registry::expression {
namespace {

using base::Decimal;
using Node = Expression::Node;

Value evaluate(const Node& node, const Scope& scope);

Value of(std::optional<Decimal> number) {
  return number ? Value(*number) : Value();
}
bool is_true(const Value& value) {
  const auto* is = std::get_if<bool>(&value);
  return is != nullptr && *is;
}

bool empty(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty();
  if (const auto* list = std::get_if<List>(&value)) return list->empty();
  return value.absent();
}

/// Below zero, zero, above; nothing when they are not both there and of one type.
std::optional<int> order(const Value& a, const Value& b) {
  if (a.absent() || b.absent() || a.index() != b.index()) return std::nullopt;
  const auto by = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
  switch (type_of(a)) {
    case Type::kBoolean:
      return by(std::get<bool>(a), std::get<bool>(b));
    case Type::kNumber:
      return by(std::get<Decimal>(a), std::get<Decimal>(b));
    case Type::kText:
      return by(std::get<std::string>(a), std::get<std::string>(b));
    case Type::kDay:
      return by(std::get<Day>(a), std::get<Day>(b));
    case Type::kInstant:
      return by(std::get<base::Instant>(a), std::get<base::Instant>(b));
    default:
      return std::nullopt;
  }
}

Value compared(Op op, const Value& a, const Value& b) {
  const auto found = order(a, b);
  const bool both_absent = a.absent() && b.absent();
  if (op == Op::kEqual) return Value(both_absent || (found && *found == 0));
  if (op == Op::kUnequal) return Value(!(both_absent || (found && *found == 0)));
  if (!found) return Value(false);
  switch (op) {
    case Op::kLess:
      return Value(*found < 0);
    case Op::kLessEqual:
      return Value(*found <= 0);
    case Op::kGreater:
      return Value(*found > 0);
    default:
      return Value(*found >= 0);
  }
}

/// A date so many days later; nothing beyond the years that dates are written with.
Value moved(Day day, const Decimal& by, bool back) {
  const auto days = by.rounded(0).whole();
  constexpr std::int64_t kLimit = 2'900'000;  // to the year 9909
  if (!days || *days > kLimit || *days < -kLimit) return {};
  day.days += back ? -*days : *days;
  if (day.days < -700'000 || day.days > kLimit) return {};
  return Value(day);
}

Value arithmetic(Op op, const Value& a, const Value& b) {
  if (const auto* day = std::get_if<Day>(&a)) {
    if (const auto* other = std::get_if<Day>(&b)) return Value(Decimal(day->days - other->days));
    if (const auto* by = std::get_if<Decimal>(&b)) return moved(*day, *by, op == Op::kMinus);
    return {};
  }
  const auto* x = std::get_if<Decimal>(&a);
  const auto* y = std::get_if<Decimal>(&b);
  if (x == nullptr || y == nullptr) return {};
  switch (op) {
    case Op::kPlus:
      return of(x->plus(*y));
    case Op::kMinus:
      return of(x->minus(*y));
    case Op::kTimes:
      return of(x->times(*y));
    default:
      return of(x->over(*y));
  }
}

Value logic(const Node& node, const Scope& scope) {
  const bool left = is_true(evaluate(*node.inside[0], scope));
  if (node.op == Op::kNot) return Value(!left);
  if (left != (node.op == Op::kAnd)) return Value(left);
  return Value(is_true(evaluate(*node.inside[1], scope)));
}

Value sum_of(const Value& list) {
  Decimal out;
  const auto* members = std::get_if<List>(&list);
  if (members == nullptr) return {};
  for (const auto& member : *members) {
    const auto* number = std::get_if<Decimal>(&member);
    if (number == nullptr) continue;
    const auto next = out.plus(*number);
    if (!next) return {};
    out = *next;
  }
  return Value(out);
}
Value count_of(const Value& list) {
  const auto* members = std::get_if<List>(&list);
  if (members == nullptr) return Value(Decimal(0));
  return Value(Decimal(
      std::count_if(members->begin(), members->end(), [](const Value& v) { return !v.absent(); })));
}
Value extreme(const Node& node, const Scope& scope) {
  List all;
  for (const auto& part : node.inside) all.push_back(evaluate(*part, scope));
  if (all.size() == 1)
    if (auto* list = std::get_if<List>(&all.front())) {
      List inner = std::move(*list);
      all = std::move(inner);
    }
  const Value* best = nullptr;
  for (const auto& value : all) {
    if (value.absent()) continue;
    const auto found = best == nullptr ? std::optional<int>(0) : order(value, *best);
    const bool better = found && (node.op == Op::kMinimum ? *found < 0 : *found > 0);
    if (best == nullptr || better) best = &value;
  }
  return best == nullptr ? Value() : *best;
}

Value calendar(Op op, const Value& value) {
  const auto* day = std::get_if<Day>(&value);
  if (day == nullptr) return {};
  const std::chrono::year_month_day civil{
      std::chrono::sys_days{std::chrono::days{static_cast<std::chrono::days::rep>(day->days)}}};
  return Value(Decimal(op == Op::kYear ? int(civil.year()) : int(unsigned(civil.month()))));
}

Value length_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return {};
  return Value(Decimal(
      std::count_if(text->begin(), text->end(), [](char c) { return (c & 0xC0) != 0x80; })));
}

Value rounded(const Value& value, const Value& places) {
  const auto* number = std::get_if<Decimal>(&value);
  const auto* to = std::get_if<Decimal>(&places);
  if (number == nullptr || to == nullptr) return {};
  const auto whole = to->whole();
  if (!whole || *whole < 0 || *whole > Decimal::kPlaces) return {};
  return Value(number->rounded(int(*whole)));
}

Value negated(const Value& value) {
  const auto* number = std::get_if<Decimal>(&value);
  return number == nullptr ? Value() : Value(number->negative());
}

bool is_in(const Value& value, const Value& list) {
  const auto* members = std::get_if<List>(&list);
  return members != nullptr && std::any_of(members->begin(), members->end(),
                                           [&](const Value& m) { return order(value, m) == 0; });
}

Value of_each(const Node& node, const Scope& scope) {
  bool all = true;
  List values;
  scope.each(node.path, [&](const Scope& one) {
    auto value = evaluate(*node.inside[0], one);
    const bool holds = is_true(value);
    all = all && holds;
    if (holds || node.op == Op::kSumOf) values.push_back(std::move(value));
  });
  if (node.op == Op::kAllOf) return Value(all);
  if (node.op == Op::kAnyOf) return Value(!values.empty());
  return node.op == Op::kSumOf ? sum_of(Value(std::move(values)))
                               : Value(Decimal(std::int64_t(values.size())));
}

Value called(const Node& node, const Scope& scope) {
  const auto at = [&](std::size_t i) { return evaluate(*node.inside[i], scope); };
  switch (node.op) {
    case Op::kIf:
      return is_true(at(0)) ? at(1) : at(2);
    case Op::kEmpty:
      return Value(empty(at(0)));
    case Op::kCoalesce:
      for (std::size_t i = 0; i < node.inside.size(); ++i)
        if (auto value = at(i); !value.absent()) return value;
      return {};
    case Op::kSum:
      return sum_of(at(0));
    case Op::kCount:
      return count_of(at(0));
    case Op::kMinimum:
    case Op::kMaximum:
      return extreme(node, scope);
    case Op::kRound:
      return rounded(at(0), at(1));
    case Op::kDays:
      return arithmetic(Op::kMinus, at(1), at(0));
    case Op::kYear:
    case Op::kMonth:
      return calendar(node.op, at(0));
    case Op::kLength:
      return length_of(at(0));
    case Op::kNegative:
      return negated(at(0));
    case Op::kIn:
      return Value(is_in(at(0), at(1)));
    default:
      return {};
  }
}

Value evaluate(const Node& node, const Scope& scope) {
  switch (node.op) {
    case Op::kLiteral:
      return node.literal;
    case Op::kField:
      return scope.field(node.path);
    case Op::kLinked:
      return Value(scope.linked(node.path[0], node.path[1], node.path[2]));
    case Op::kNow:
      return Value(scope.now());
    case Op::kToday:
      return Value(scope.today());
    case Op::kList: {
      List out;
      for (const auto& part : node.inside) out.push_back(part->literal);
      return Value(std::move(out));
    }
    case Op::kAllOf:
    case Op::kAnyOf:
    case Op::kCountOf:
    case Op::kSumOf:
      return of_each(node, scope);
    case Op::kAnd:
    case Op::kOr:
    case Op::kNot:
      return logic(node, scope);
    case Op::kEqual:
    case Op::kUnequal:
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
      return compared(node.op, evaluate(*node.inside[0], scope), evaluate(*node.inside[1], scope));
    case Op::kPlus:
    case Op::kMinus:
    case Op::kTimes:
    case Op::kOver:
      return arithmetic(node.op, evaluate(*node.inside[0], scope),
                        evaluate(*node.inside[1], scope));
    default:
      return called(node, scope);
  }
}

}  // namespace

Value Expression::value(const Scope& scope) const {
  return evaluate(*m_root, scope);
}
bool Expression::holds(const Scope& scope) const {
  return is_true(value(scope));
}

}  // namespace jinglue::registry::expression
