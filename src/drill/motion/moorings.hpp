// SPDX-License-Identifier: Apache-2.0
// Moorings: which place of which harbour is whose. Places fill from the quay outwards with some
// gaps; a vessel that returns finds its place again.
#pragma once

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "drill/chance/random.hpp"
#include "drill/sea/sea_map.hpp"

namespace jinglue::drill::motion {

class Moorings {
 public:
  explicit Moorings(std::uint64_t seed) : m_seed(seed) {}

  /// Absent when the harbour is full.
  std::optional<sea::Berth> take(const sea::Harbour& harbour) {
    auto& order = m_order[harbour.key];
    auto& taken = m_taken[harbour.key];
    if (order.empty()) order = fill_order(harbour);
    if (taken == order.size()) return std::nullopt;
    return harbour.berths[order[taken++]];
  }

 private:
  static constexpr double kShuffle = 40;  ///< about two rows

  std::vector<std::size_t> fill_order(const sea::Harbour& harbour) const {
    std::uint64_t seed = m_seed;
    for (const char c : harbour.key) seed = chance::mix(seed ^ static_cast<unsigned char>(c));
    chance::Random random(seed);
    std::vector<double> rank(harbour.berths.size());
    for (std::size_t i = 0; i < rank.size(); ++i) {
      rank[i] = static_cast<double>(i) + random.between(0, kShuffle);
    }
    std::vector<std::size_t> order(rank.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&rank](std::size_t a, std::size_t b) { return rank[a] < rank[b]; });
    return order;
  }

  std::uint64_t m_seed;
  std::map<std::string, std::vector<std::size_t>> m_order;
  std::map<std::string, std::size_t> m_taken;
};

}  // namespace jinglue::drill::motion
