// SPDX-License-Identifier: Apache-2.0
// Reading: text to a checked tree; a mistake is named with its column.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "registry/expression/node.hpp"

namespace jinglue::registry::expression {
namespace {

using base::Code;
using Node = Expression::Node;
using Part = std::shared_ptr<const Node>;
using Read = base::Result<Part>;

constexpr std::size_t kMaxText = 2'000;
constexpr int kMaxDepth = 32;

enum class Kind { kEnd, kNumber, kText, kName, kSign };
struct Token {
  Kind kind{Kind::kEnd};
  std::string text;
  std::size_t column{1};
};

base::Status fail_at(std::size_t column, std::string message, std::string hint = {}) {
  return base::fail(Code::kMalformed, std::move(message), fmt::format("column {}", column),
                    std::move(hint));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

class Tokens {
 public:
  base::Status read(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
      if (text[i] == ' ' || text[i] == '\t' || text[i] == '\n') {
        ++i;
        continue;
      }
      if (auto ok = one(text, i); !ok) return ok;
    }
    m_all.push_back({Kind::kEnd, "", text.size() + 1});
    return {};
  }
  const Token& at() const { return m_all[m_next]; }
  std::size_t mark() const { return m_next; }
  void back_to(std::size_t mark) { m_next = mark; }
  Token take() { return m_next + 1 < m_all.size() ? m_all[m_next++] : m_all.back(); }
  bool takes(std::string_view sign) {
    const bool fits = (at().kind == Kind::kSign || at().kind == Kind::kName) && at().text == sign;
    if (fits) take();
    return fits;
  }

 private:
  base::Status one(std::string_view text, std::size_t& i) {
    const std::size_t begin = i;
    const auto push = [&](Kind kind, std::string_view what) {
      m_all.push_back({kind, std::string(what), begin + 1});
    };
    if (is_digit(text[i])) {
      while (i < text.size() && (is_digit(text[i]) || text[i] == '.')) ++i;
      push(Kind::kNumber, text.substr(begin, i - begin));
    } else if (is_name(text[i])) {
      while (i < text.size() && (is_name(text[i]) || text[i] == '.')) ++i;
      push(Kind::kName, text.substr(begin, i - begin));
    } else if (text[i] == '\'' || text[i] == '"') {
      const auto end = text.find(text[i], i + 1);
      if (end == std::string_view::npos) return fail_at(begin + 1, "a text has no end");
      push(Kind::kText, text.substr(i + 1, end - i - 1));
      i = end + 1;
    } else {
      for (const std::string_view sign :
           {"==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ","}) {
        if (text.substr(i, sign.size()) != sign) continue;
        push(Kind::kSign, sign);
        i += sign.size();
        return {};
      }
      return fail_at(begin + 1, fmt::format("'{}' has no meaning here", text.substr(i, 1)));
    }
    return {};
  }

  std::vector<Token> m_all;
  std::size_t m_next{0};
};

struct Function {
  std::string_view name;
  Op op;
  std::size_t least, most;
};
constexpr std::array<Function, 12> kFunctions{{{"if", Op::kIf, 3, 3},
                                               {"empty", Op::kEmpty, 1, 1},
                                               {"coalesce", Op::kCoalesce, 2, 8},
                                               {"sum", Op::kSum, 1, 1},
                                               {"count", Op::kCount, 1, 1},
                                               {"min", Op::kMinimum, 1, 8},
                                               {"max", Op::kMaximum, 1, 8},
                                               {"round", Op::kRound, 2, 2},
                                               {"days", Op::kDays, 2, 2},
                                               {"year", Op::kYear, 1, 1},
                                               {"month", Op::kMonth, 1, 1},
                                               {"length", Op::kLength, 1, 1}}};

struct Binary {
  std::string_view sign;
  Op op;
  int level;  ///< the higher binds the closer
};
constexpr std::array<Binary, 13> kBinaries{{{"or", Op::kOr, 1},
                                            {"and", Op::kAnd, 2},
                                            {"==", Op::kEqual, 3},
                                            {"!=", Op::kUnequal, 3},
                                            {"<", Op::kLess, 3},
                                            {"<=", Op::kLessEqual, 3},
                                            {">", Op::kGreater, 3},
                                            {">=", Op::kGreaterEqual, 3},
                                            {"in", Op::kIn, 3},
                                            {"+", Op::kPlus, 4},
                                            {"-", Op::kMinus, 4},
                                            {"*", Op::kTimes, 5},
                                            {"/", Op::kOver, 5}}};

bool fits(Type is, Type wanted) {
  return is == wanted || is == Type::kAbsent;
}

class Reader {
 public:
  Reader(const Names& names, std::vector<Path>& paths) : m_names{&names}, m_paths(paths) {}

  Read whole(std::string_view text) {
    if (text.size() > kMaxText)
      return base::fail(Code::kTooLarge, "an expression has at most 2,000 characters");
    if (auto ok = m_tokens.read(text); !ok) return tl::unexpected(ok.error());
    auto out = binary(1, 0);
    if (out && m_tokens.at().kind != Kind::kEnd)
      return wrong(m_tokens.at().column, fmt::format("'{}' is too much here", m_tokens.at().text));
    return out;
  }

 private:
  static Read wrong(std::size_t column, std::string message, std::string hint = {}) {
    return tl::unexpected(fail_at(column, std::move(message), std::move(hint)).error());
  }
  static Read part(Node node) { return std::make_shared<const Node>(std::move(node)); }
  static Read typed(Op op, Type type, std::vector<Part> inside, std::size_t column) {
    Node node;
    node.op = op;
    node.type = type;
    node.inside = std::move(inside);
    node.column = column;
    return part(std::move(node));
  }

  Read binary(int level, int depth) {
    if (depth > kMaxDepth) return wrong(m_tokens.at().column, "this is too deeply nested");
    if (level == 3 && m_tokens.at().kind == Kind::kName && m_tokens.at().text == "not") {
      const auto column = m_tokens.take().column;
      auto inner = binary(3, depth + 1);
      if (!inner) return inner;
      if (!fits((*inner)->type, Type::kBoolean)) return mismatch(column, "not", **inner);
      return typed(Op::kNot, Type::kBoolean, {*inner}, column);
    }
    auto left = level > 5 ? unary(depth + 1) : binary(level + 1, depth + 1);
    while (left) {
      const auto* found = std::find_if(kBinaries.begin(), kBinaries.end(), [&](const Binary& b) {
        const auto& token = m_tokens.at();
        return b.level == level && b.sign == token.text &&
               (token.kind == Kind::kSign || token.kind == Kind::kName);
      });
      if (found == kBinaries.end()) return left;
      const auto column = m_tokens.take().column;
      auto right = level >= 5 ? unary(depth + 1) : binary(level + 1, depth + 1);
      if (!right) return right;
      left = combined(*found, *left, *right, column);
    }
    return left;
  }

  static Read mismatch(std::size_t column, std::string_view sign, const Node& node) {
    return wrong(column, fmt::format("'{}' does not go with a {}", sign, to_key(node.type)));
  }

  static Read combined(const Binary& by, Part left, Part right, std::size_t column) {
    const auto a = left->type;
    const auto b = right->type;
    const auto build = [&](Type type) {
      return typed(by.op, type, {std::move(left), std::move(right)}, column);
    };
    switch (by.op) {
      case Op::kAnd:
      case Op::kOr:
        if (!fits(a, Type::kBoolean)) return mismatch(column, by.sign, *left);
        if (!fits(b, Type::kBoolean)) return mismatch(column, by.sign, *right);
        return build(Type::kBoolean);
      case Op::kIn:
        if (b != Type::kList) return mismatch(column, by.sign, *right);
        if (!fits(a, right->member) && !fits(right->member, a))
          return wrong(column, fmt::format("a {} is never in a list of {}", to_key(a),
                                           to_key(right->member)));
        return build(Type::kBoolean);
      case Op::kPlus:
      case Op::kMinus:
        return sum(by, left, right, column);
      case Op::kTimes:
      case Op::kOver:
        if (!fits(a, Type::kNumber)) return mismatch(column, by.sign, *left);
        if (!fits(b, Type::kNumber)) return mismatch(column, by.sign, *right);
        return build(Type::kNumber);
      default:
        if (!fits(a, b) && !fits(b, a))
          return wrong(column, fmt::format("a {} is not compared with a {}", to_key(a), to_key(b)));
        if (a == Type::kList || b == Type::kList)
          return wrong(column, "a list is not compared", "use in, count() or empty()");
        return build(Type::kBoolean);
    }
  }

  /// Numbers; a date and a number of days; the days between two dates.
  static Read sum(const Binary& by, Part left, Part right, std::size_t column) {
    const auto a = left->type;
    const auto b = right->type;
    Type type = Type::kNumber;
    if (a == Type::kDay && fits(b, Type::kNumber))
      type = Type::kDay;
    else if (a == Type::kDay && b == Type::kDay && by.op == Op::kMinus)
      type = Type::kNumber;
    else if (!fits(a, Type::kNumber))
      return mismatch(column, by.sign, *left);
    else if (!fits(b, Type::kNumber))
      return mismatch(column, by.sign, *right);
    return typed(by.op, type, {std::move(left), std::move(right)}, column);
  }

  Read unary(int depth) {
    if (depth > kMaxDepth * 6) return wrong(m_tokens.at().column, "this is too deeply nested");
    const auto column = m_tokens.at().column;
    if (!m_tokens.takes("-")) return primary(depth);
    auto inner = unary(depth + 1);
    if (!inner) return inner;
    if (!fits((*inner)->type, Type::kNumber)) return mismatch(column, "-", **inner);
    return typed(Op::kNegative, Type::kNumber, {*inner}, column);
  }

  Read primary(int) {
    const Token token = m_tokens.take();
    switch (token.kind) {
      case Kind::kNumber:
        return number(token);
      case Kind::kText:
        return literal(Value(token.text), token.column);
      case Kind::kName:
        return name(token);
      case Kind::kSign:
        if (token.text == "(") return bracketed();
        if (token.text == "[") return list(token.column);
        break;
      case Kind::kEnd:
        return wrong(token.column, "the expression ends too early");
    }
    return wrong(token.column, fmt::format("'{}' cannot stand here", token.text));
  }

  static Read literal(Value value, std::size_t column) {
    Node node;
    node.type = type_of(value);
    node.literal = std::move(value);
    node.column = column;
    return part(std::move(node));
  }
  static Read number(const Token& token) {
    const auto value = base::Decimal::parse(token.text);
    if (!value) return wrong(token.column, fmt::format("'{}' is no number", token.text));
    return literal(Value(*value), token.column);
  }
  Read bracketed() {
    if (++m_open > kMaxDepth) return wrong(m_tokens.at().column, "this is too deeply nested");
    auto inner = binary(1, 0);
    --m_open;
    if (inner && !m_tokens.takes(")"))
      return wrong(m_tokens.at().column, "a bracket is not closed");
    return inner;
  }

  Read list(std::size_t column) {
    auto members = arguments("]");
    if (!members) return tl::unexpected(members.error());
    Node node;
    node.op = Op::kList;
    node.type = Type::kList;
    node.column = column;
    for (const auto& member : *members) {
      if (member->op != Op::kLiteral)
        return wrong(member->column, "a list holds numbers and texts as they are");
      if (node.member != Type::kAbsent && member->type != node.member)
        return wrong(member->column, "the members of a list are of one type");
      node.member = member->type;
    }
    node.inside = std::move(*members);
    return part(std::move(node));
  }

  /// Up to the closing sign, which is taken.
  base::Result<std::vector<Part>> arguments(std::string_view close) {
    std::vector<Part> out;
    if (m_tokens.takes(close)) return out;
    for (;;) {
      if (++m_open > kMaxDepth)
        return tl::unexpected(fail_at(m_tokens.at().column, "this is too deeply nested").error());
      auto one = binary(1, 0);
      --m_open;
      if (!one) return tl::unexpected(one.error());
      out.push_back(std::move(*one));
      if (m_tokens.takes(close)) return out;
      if (!m_tokens.takes(","))
        return tl::unexpected(
            fail_at(m_tokens.at().column, fmt::format("a ',' or '{}' is missing", close)).error());
      if (out.size() >= 100)
        return tl::unexpected(fail_at(m_tokens.at().column, "at most 100 members").error());
    }
  }

  Read name(const Token& token) {
    if (token.text == "true" || token.text == "false")
      return literal(Value(token.text == "true"), token.column);
    if (token.text == "null") return literal({}, token.column);
    if (token.text == "now") return typed(Op::kNow, Type::kInstant, {}, token.column);
    if (token.text == "today") return typed(Op::kToday, Type::kDay, {}, token.column);
    if (m_tokens.takes("(")) return call(token);
    return field(token);
  }

  static Path path_of(const std::string& text) {
    Path path;
    for (std::size_t begin = 0; begin <= text.size();) {
      const auto end = std::min(text.find('.', begin), text.size());
      path.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return path;
  }
  void looks_at(const Path& path) {
    if (std::find(m_paths.begin(), m_paths.end(), path) == m_paths.end()) m_paths.push_back(path);
  }

  /// In all() and its like the names of the row come before those outside.
  Read field(const Token& token) {
    Path path = path_of(token.text);
    std::optional<Type> type;
    for (auto names = m_names.rbegin(); !type && names != m_names.rend(); ++names) {
      if (path.size() <= 4) type = (*names)->field(path);
      if (type && *names == m_names.front()) looks_at(path);
    }
    if (!type)
      return wrong(token.column, fmt::format("there is no field '{}'", token.text),
                   "a name of a field, or of a link and a field of what it points to");
    Node node;
    node.op = Op::kField;
    node.type = *type;
    node.path = std::move(path);
    node.column = token.column;
    return part(std::move(node));
  }

  /// "rows," or "linked('register', 'link')," at the beginning of the values of a function.
  std::optional<Path> source() {
    const auto mark = m_tokens.mark();
    Path of;
    const Token first = m_tokens.take();
    if (first.kind == Kind::kName && first.text == "linked" && m_tokens.takes("(")) {
      for (const std::string_view sign : {",", ")"}) {
        if (m_tokens.at().kind == Kind::kText) of.push_back(m_tokens.take().text);
        if (!m_tokens.takes(sign)) of.clear();
      }
      if (of.size() != 2) of.clear();
    } else if (first.kind == Kind::kName) {
      of = path_of(first.text);
    }
    if (!of.empty() && m_tokens.takes(",")) return of;
    m_tokens.back_to(mark);
    return std::nullopt;
  }

  /// all(rows, condition), any(...), count(...), sum(rows, number).
  Read of_each(Op op, const Path& of, const Token& token) {
    std::shared_ptr<const Names> inside;
    for (auto names = m_names.rbegin(); !inside && names != m_names.rend(); ++names) {
      if ((*names)->inside) inside = (*names)->inside(of);
    }
    if (!inside)
      return wrong(
          token.column,
          fmt::format("'{}' has no rows, and no such records link here", fmt::join(of, "', '")),
          "a field of rows, or linked('register', 'link') with a link to this register");
    if (m_names.size() == 1 && of.size() == 1) looks_at(of);
    m_names.push_back(inside.get());
    auto values = arguments(")");
    m_names.pop_back();
    if (!values) return tl::unexpected(values.error());
    const Type wanted = op == Op::kSumOf ? Type::kNumber : Type::kBoolean;
    if (values->size() != 1 || !fits(values->front()->type, wanted))
      return wrong(token.column, fmt::format("{}() takes rows and one {} for each", token.text,
                                             op == Op::kSumOf ? "number" : "condition"));
    Node node;
    node.op = op;
    node.type = op == Op::kAllOf || op == Op::kAnyOf ? Type::kBoolean : Type::kNumber;
    node.path = of;
    node.inside = std::move(*values);
    node.column = token.column;
    return part(std::move(node));
  }

  static std::optional<Op> each_of(std::string_view name) {
    if (name == "all") return Op::kAllOf;
    if (name == "any") return Op::kAnyOf;
    if (name == "count") return Op::kCountOf;
    if (name == "sum") return Op::kSumOf;
    return std::nullopt;
  }

  Read call(const Token& token) {
    if (const auto op = each_of(token.text)) {
      if (const auto of = source()) return of_each(*op, *of, token);
      if (*op == Op::kAllOf || *op == Op::kAnyOf)
        return wrong(token.column, fmt::format("{}() takes rows and a condition", token.text),
                     "all(checklist, done), any(linked('task', 'goal'), state == 'open')");
    }
    auto inside = arguments(")");
    if (!inside) return tl::unexpected(inside.error());
    if (token.text == "linked") return linked(token, *inside);
    if (token.text == "date") return date(token, *inside);
    const auto* found = std::find_if(kFunctions.begin(), kFunctions.end(),
                                     [&](const Function& f) { return f.name == token.text; });
    if (found == kFunctions.end())
      return wrong(token.column, fmt::format("there is no function '{}'", token.text));
    if (inside->size() < found->least || inside->size() > found->most)
      return wrong(token.column, fmt::format("{}() takes {} to {} values", token.text, found->least,
                                             found->most));
    return function(*found, std::move(*inside), token.column);
  }

  static Read date(const Token& token, const std::vector<Part>& inside) {
    Day day;
    const bool is = inside.size() == 1 && inside[0]->op == Op::kLiteral &&
                    inside[0]->type == Type::kText &&
                    read_day(std::get<std::string>(inside[0]->literal), day);
    if (!is) return wrong(token.column, "date() takes a text such as '2024-05-01'");
    return literal(Value(day), token.column);
  }

  Read linked(const Token& token, const std::vector<Part>& inside) {
    Node node;
    node.op = Op::kLinked;
    node.type = Type::kList;
    node.column = token.column;
    for (const auto& one : inside) {
      if (one->op != Op::kLiteral || one->type != Type::kText) continue;
      node.path.push_back(std::get<std::string>(one->literal));
    }
    if (inside.size() != 3 || node.path.size() != 3)
      return wrong(token.column, "linked() takes a register, its link and its field as texts");
    const auto member = m_names.front()->linked(node.path[0], node.path[1], node.path[2]);
    if (!member)
      return wrong(token.column,
                   fmt::format("no field '{}' of register '{}' with a link '{}' to this one",
                               node.path[2], node.path[0], node.path[1]));
    node.member = *member;
    return part(std::move(node));
  }

  static Read function(const Function& f, std::vector<Part> inside, std::size_t column) {
    const auto all = [&](std::size_t from, Type type) {
      return std::all_of(inside.begin() + std::ptrdiff_t(from), inside.end(),
                         [&](const Part& p) { return fits(p->type, type); });
    };
    const auto need = [&](bool holds, std::string_view what, Type type) {
      return holds ? typed(f.op, type, std::move(inside), column)
                   : wrong(column, fmt::format("{}() takes {}", f.name, what));
    };
    const Type first = inside[0]->type;
    switch (f.op) {
      case Op::kIf: {
        const Type type = inside[1]->type == Type::kAbsent ? inside[2]->type : inside[1]->type;
        return need(fits(first, Type::kBoolean) && all(1, type), "a condition and two of one type",
                    type);
      }
      case Op::kCoalesce: {
        const auto known = std::find_if(inside.begin(), inside.end(),
                                        [](const Part& p) { return p->type != Type::kAbsent; });
        const Type type = known == inside.end() ? Type::kAbsent : (*known)->type;
        return need(all(0, type) && type != Type::kList, "values of one type", type);
      }
      case Op::kEmpty:
        return typed(f.op, Type::kBoolean, std::move(inside), column);
      case Op::kSum:
        return need(first == Type::kList && fits(inside[0]->member, Type::kNumber),
                    "a list of numbers", Type::kNumber);
      case Op::kCount:
        return need(first == Type::kList, "a list", Type::kNumber);
      case Op::kMinimum:
      case Op::kMaximum: {
        const bool list = inside.size() == 1 && first == Type::kList;
        const Type type = list ? inside[0]->member : first;
        const bool ordered = type == Type::kNumber || type == Type::kDay || type == Type::kInstant;
        return need(ordered && (list || all(0, type)), "a list or values that have an order", type);
      }
      case Op::kRound:
        return need(all(0, Type::kNumber), "two numbers", Type::kNumber);
      case Op::kDays:
        return need(all(0, Type::kDay), "two dates", Type::kNumber);
      case Op::kYear:
      case Op::kMonth:
        return need(fits(first, Type::kDay), "a date", Type::kNumber);
      case Op::kLength:
        return need(fits(first, Type::kText), "a text", Type::kNumber);
      default:
        return wrong(column, "this is no function");
    }
  }

  std::vector<const Names*> m_names;  ///< of the record, then of rows that are looked into
  std::vector<Path>& m_paths;
  Tokens m_tokens;
  int m_open{0};
};

bool looks_beyond(const Node& node) {
  const bool each = node.op == Op::kAllOf || node.op == Op::kAnyOf || node.op == Op::kCountOf ||
                    node.op == Op::kSumOf;
  const bool behind_link = (node.op == Op::kField || each) && node.path.size() > 1;
  if (behind_link || node.op == Op::kLinked || node.op == Op::kNow || node.op == Op::kToday)
    return true;
  return std::any_of(node.inside.begin(), node.inside.end(),
                     [](const Part& part) { return looks_beyond(*part); });
}

bool visits_each(const Node& node) {
  return node.op == Op::kAllOf || node.op == Op::kAnyOf || node.op == Op::kCountOf ||
         node.op == Op::kSumOf;
}

void gather_linked(const Node& node, std::vector<Path>& out) {
  if (node.op == Op::kLinked || visits_each(node)) out.push_back(node.path);
  for (const auto& part : node.inside) gather_linked(*part, out);
}

bool looks_at_clock(const Node& node) {
  return node.op == Op::kNow || node.op == Op::kToday ||
         std::any_of(node.inside.begin(), node.inside.end(),
                     [](const Part& part) { return looks_at_clock(*part); });
}

}  // namespace

base::Result<Expression> Expression::read(std::string_view text, const Names& names) {
  Expression out;
  auto root = Reader(names, out.m_paths).whole(text);
  if (!root) return tl::unexpected(root.error());
  out.m_root = std::move(*root);
  return out;
}

Type Expression::type() const {
  return m_root->type;
}
const std::vector<Path>& Expression::paths() const {
  return m_paths;
}
std::vector<Path> Expression::linked() const {
  std::vector<Path> out;
  gather_linked(*m_root, out);
  return out;
}
bool Expression::looks_at_time() const {
  return looks_at_clock(*m_root);
}
bool Expression::own_fields_only() const {
  return !looks_beyond(*m_root);
}

}  // namespace jinglue::registry::expression
