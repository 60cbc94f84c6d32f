// SPDX-License-Identifier: Apache-2.0
// Filters of OGC API - Features part 3 in CQL2 text (OGC 21-065r2), a part of it: comparisons with
// literals, LIKE, BETWEEN, IN, IS NULL, AND, OR, NOT, and S_INTERSECTS with a point, line, polygon,
// multipolygon (well-known text) or BBOX. Property names on the left, literals on the right.
// LIKE does not tell ASCII capitals from small letters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace jinglue::registry::cql {

struct Limits {
  std::size_t bytes{8'192};
  std::size_t depth{32};      ///< of brackets and NOTs inside each other
  std::size_t nodes{256};     ///< predicates and what joins them
  std::size_t values{1'000};  ///< of one IN
  std::size_t points{2'000};  ///< of one geometry
};

struct Filter {
  enum class Kind { kAnd, kOr, kNot, kCompare, kLike, kBetween, kIn, kNull, kIntersects };
  Kind kind{Kind::kAnd};
  std::vector<Filter> parts;       ///< of AND, OR, NOT
  std::string property;            ///< of the others
  std::string sign;                ///< kCompare: = <> < > <= >=
  std::vector<base::Json> values;  ///< literals: text, number, boolean
  base::Json geometry;             ///< kIntersects: GeoJSON
};

/// Error kMalformed or kTooLarge; `where` is "filter, character N".
base::Result<Filter> read_filter(std::string_view text, const Limits& limits = {});
/// Every property that it names, once each.
std::vector<std::string> properties_of(const Filter& filter);

}  // namespace jinglue::registry::cql
