// SPDX-License-Identifier: Apache-2.0
#include "serve/api/router.hpp"

#include <cassert>

#include "base/text.hpp"

namespace jinglue::serve {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// Literal segments from the left weigh most: -1 no fit, else a number to compare.
std::int64_t weight(const std::vector<std::string>& pattern,
                    const std::vector<std::string>& segments) {
  if (pattern.size() != segments.size()) return -1;
  std::int64_t out = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool parameter = is_parameter(pattern[i]);
    if (!parameter && pattern[i] != segments[i]) return -1;
    if (parameter && segments[i].empty()) return -1;
    out = out * 2 + (parameter ? 0 : 1);
  }
  return out;
}

}  // namespace

void Router::add(Route route) {
  std::vector<std::string> pattern;
  for (const auto part : base::split(std::string_view(route.pattern).substr(1), '/')) {
    pattern.emplace_back(part);
  }
  for (const auto& known : m_routes) {
    assert(known.method != route.method || known.pattern != route.pattern);
  }
  m_routes.push_back(std::move(route));
  m_patterns.push_back(std::move(pattern));
}

Match Router::match(Method method, const std::vector<std::string>& segments) const {
  const Method wanted = method == Method::kHead ? Method::kGet : method;
  std::int64_t best = -1;
  for (const auto& pattern : m_patterns) best = std::max(best, weight(pattern, segments));
  Match out;
  if (best < 0) return out;
  for (std::size_t i = 0; i < m_routes.size(); ++i) {
    if (weight(m_patterns[i], segments) != best) continue;
    out.allowed.push_back(m_routes[i].method);
    if (m_routes[i].method != wanted) continue;
    out.route = &m_routes[i];
    for (std::size_t k = 0; k < segments.size(); ++k) {
      const auto& name = m_patterns[i][k];
      if (!is_parameter(name)) continue;
      out.parameters.emplace_back(name.substr(1, name.size() - 2), segments[k]);
    }
  }
  return out;
}

}  // namespace jinglue::serve
