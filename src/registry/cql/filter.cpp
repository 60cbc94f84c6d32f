// SPDX-License-Identifier: Apache-2.0
#include "registry/cql/filter.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "registry/cql/token.hpp"

namespace jinglue::registry::cql {
namespace {

using base::Code;
using base::Json;
using base::Result;
using Kind = Filter::Kind;
using TokenKind = Token::Kind;

class Reader {
 public:
  Reader(std::vector<Token> tokens, const Limits& limits)
      : m_tokens(std::move(tokens)), m_limits(limits) {}

  Result<Filter> whole() {
    auto out = either(0);
    if (out && now().kind != TokenKind::kEnd) return wrong("expected AND, OR or the end");
    return out;
  }

 private:
  const Token& now() const { return m_tokens[m_at]; }
  bool is(std::string_view sign) const {
    return now().kind == TokenKind::kSign && now().text == sign;
  }
  bool is_word(std::string_view word) const {
    return now().kind == TokenKind::kName && now().upper == word;
  }
  bool take(std::string_view what) {
    if (!is(what) && !is_word(what)) return false;
    ++m_at;
    return true;
  }
  tl::unexpected<base::Error> wrong(std::string message) const {
    return tl::unexpected(error_at(now().at, std::move(message)));
  }
  tl::unexpected<base::Error> too_large(const std::string& what) const {
    auto error = error_at(now().at, "the filter has too many " + what);
    error.code = Code::kTooLarge;
    return tl::unexpected(std::move(error));
  }

  Result<Filter> either(std::size_t depth) { return joined(depth, "OR", Kind::kOr); }
  Result<Filter> joined(std::size_t depth, std::string_view word, Kind kind) {
    const auto part = [&] {
      return kind == Kind::kOr ? joined(depth, "AND", Kind::kAnd) : one(depth);
    };
    auto first = part();
    if (!first || !is_word(word)) return first;
    Filter out;
    out.kind = kind;
    out.parts.push_back(std::move(*first));
    while (take(word)) {
      auto next = part();
      if (!next) return next;
      out.parts.push_back(std::move(*next));
    }
    return out;
  }
  Result<Filter> one(std::size_t depth) {
    if (depth > m_limits.depth) return too_large("brackets inside each other");
    if (++m_nodes > m_limits.nodes) return too_large("conditions");
    if (take("NOT")) {
      auto inner = one(depth + 1);
      if (!inner) return inner;
      return negated(std::move(*inner));
    }
    if (take("(")) {
      auto inner = either(depth + 1);
      if (inner && !take(")")) return wrong("expected ')'");
      return inner;
    }
    if (is_word("S_INTERSECTS")) return intersects();
    return predicate();
  }
  static Filter negated(Filter inner) {
    Filter out;
    out.kind = Kind::kNot;
    out.parts.push_back(std::move(inner));
    return out;
  }

  Result<std::string> property() {
    const bool named = now().kind == TokenKind::kName || now().kind == TokenKind::kQuotedName;
    if (!named) return wrong("expected the name of a property");
    return m_tokens[m_at++].text;
  }
  Result<Filter> predicate() {
    Filter out;
    auto name = property();
    if (!name) return tl::unexpected(name.error());
    out.property = std::move(*name);
    if (take("IS")) {
      const bool negative = take("NOT");
      if (!take("NULL")) return wrong("expected NULL");
      out.kind = Kind::kNull;
      return negative ? negated(std::move(out)) : out;
    }
    const bool negative = take("NOT");
    base::Status read = take("LIKE")      ? like(out)
                        : take("BETWEEN") ? between(out)
                        : take("IN")      ? in(out)
                                          : compare(out, negative);
    if (!read) return tl::unexpected(read.error());
    return negative ? negated(std::move(out)) : out;
  }
  base::Status compare(Filter& out, bool negative) {
    const bool comparison = now().kind == TokenKind::kSign && now().text != "(" &&
                            now().text != ")" && now().text != ",";
    if (negative || !comparison) {
      return wrong("expected a comparison, LIKE, BETWEEN, IN or IS NULL");
    }
    out.kind = Kind::kCompare;
    out.sign = m_tokens[m_at++].text;
    return add_value(out);
  }
  base::Status like(Filter& out) {
    out.kind = Kind::kLike;
    if (now().kind != TokenKind::kText) return wrong("expected a pattern in single quotes");
    return add_value(out);
  }
  base::Status between(Filter& out) {
    out.kind = Kind::kBetween;
    if (auto good = add_value(out); !good) return good;
    if (!take("AND")) return wrong("expected AND");
    return add_value(out);
  }
  base::Status in(Filter& out) {
    out.kind = Kind::kIn;
    if (!take("(")) return wrong("expected '('");
    do {
      if (out.values.size() == m_limits.values) return too_large("values");
      if (auto good = add_value(out); !good) return good;
    } while (take(","));
    if (!take(")")) return wrong("expected ',' or ')'");
    return {};
  }
  base::Status add_value(Filter& out) {
    auto value = literal();
    if (!value) return tl::unexpected(value.error());
    out.values.push_back(std::move(*value));
    return {};
  }
  Result<Json> literal() {
    const Token& token = now();
    if (token.kind == TokenKind::kText) {
      ++m_at;
      return Json(token.text);
    }
    if (token.kind == TokenKind::kNumber) {
      ++m_at;
      const auto whole = std::int64_t(std::abs(token.number) < 9e15 ? token.number : 0);
      return double(whole) == token.number ? Json(whole) : Json(token.number);
    }
    if (take("TRUE")) return Json(true);
    if (take("FALSE")) return Json(false);
    if (take("DATE") || take("TIMESTAMP")) {
      if (!take("(")) return wrong("expected '('");
      if (now().kind != TokenKind::kText) return wrong("expected a date in single quotes");
      Json out(m_tokens[m_at++].text);
      if (!take(")")) return wrong("expected ')'");
      return out;
    }
    return wrong(
        "expected a value: a number, 'text', TRUE, FALSE, DATE('...') or TIMESTAMP('...')");
  }

  Result<Filter> intersects() {
    ++m_at;
    Filter out;
    out.kind = Kind::kIntersects;
    if (!take("(")) return wrong("expected '('");
    auto name = property();
    if (!name) return tl::unexpected(name.error());
    out.property = std::move(*name);
    if (!take(",")) return wrong("expected ','");
    auto geometry = this->geometry();
    if (!geometry) return tl::unexpected(geometry.error());
    out.geometry = std::move(*geometry);
    if (!take(")")) return wrong("expected ')'");
    return out;
  }
  Result<Json> geometry() {
    m_points = 0;
    if (take("BBOX") || take("ENVELOPE")) return box();
    const auto made = [&](const char* type, Result<Json> coordinates) -> Result<Json> {
      if (!coordinates) return coordinates;
      return Json::object({{"type", type}, {"coordinates", std::move(*coordinates)}});
    };
    if (take("POINT")) {
      auto points = list(0);
      if (points && points->items().size() != 1) return wrong("a point has one position");
      if (!points) return points;
      return made("Point", points->items().front());
    }
    if (take("LINESTRING")) return made("LineString", list(0));
    if (take("POLYGON")) return made("Polygon", list(1));
    if (take("MULTIPOLYGON")) return made("MultiPolygon", list(2));
    return wrong("expected POINT, LINESTRING, POLYGON, MULTIPOLYGON or BBOX");
  }
  /// "(x y, x y)", or lists of lists.
  Result<Json> list(int levels) {
    Json out = Json::array();
    if (!take("(")) return wrong("expected '('");
    do {
      auto item = levels > 0 ? list(levels - 1) : position();
      if (!item) return item;
      out.push(std::move(*item));
    } while (take(","));
    if (!take(")")) return wrong("expected ',' or ')'");
    return out;
  }
  Result<Json> position() {
    if (++m_points > m_limits.points) return too_large("positions");
    Json out = Json::array();
    for (int i = 0; i < 2; ++i) {
      if (now().kind != TokenKind::kNumber) return wrong("expected a longitude and a latitude");
      out.push(m_tokens[m_at++].number);
    }
    return out;
  }
  Result<Json> box() {
    double edge[4] = {};
    if (!take("(")) return wrong("expected '('");
    for (int i = 0; i < 4; ++i) {
      if (i > 0 && !take(",")) return wrong("expected ','");
      if (now().kind != TokenKind::kNumber) return wrong("expected west, south, east, north");
      edge[i] = m_tokens[m_at++].number;
    }
    if (!take(")")) return wrong("expected ')'");
    if (edge[0] >= edge[2] || edge[1] >= edge[3]) {
      return wrong("the box needs west < east and south < north");
    }
    const auto at = [&](int x, int y) { return Json::array({edge[x], edge[y]}); };
    return Json::object(
        {{"type", "Polygon"},
         {"coordinates",
          Json::array({Json::array({at(0, 1), at(2, 1), at(2, 3), at(0, 3), at(0, 1)})})}});
  }

  std::vector<Token> m_tokens;
  Limits m_limits;
  std::size_t m_at{0}, m_nodes{0}, m_points{0};
};

void add_properties(const Filter& filter, std::vector<std::string>& out) {
  for (const auto& part : filter.parts) add_properties(part, out);
  if (filter.property.empty()) return;
  if (std::find(out.begin(), out.end(), filter.property) == out.end()) {
    out.push_back(filter.property);
  }
}

}  // namespace

Result<Filter> read_filter(std::string_view text, const Limits& limits) {
  if (text.size() > limits.bytes) {
    return base::fail(Code::kTooLarge,
                      "the filter is longer than " + std::to_string(limits.bytes) + " bytes",
                      "filter");
  }
  if (!base::is_utf8(text))
    return base::fail(Code::kMalformed, "the filter is not UTF-8", "filter");
  auto tokens = tokens_of(text);
  if (!tokens) return tl::unexpected(tokens.error());
  return Reader(std::move(*tokens), limits).whole();
}

std::vector<std::string> properties_of(const Filter& filter) {
  std::vector<std::string> out;
  add_properties(filter, out);
  return out;
}

}  // namespace jinglue::registry::cql
