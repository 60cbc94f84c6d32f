// SPDX-License-Identifier: Apache-2.0
// Retention: positions older than a limit are removed, or thinned to one in so many seconds of each
// track. Works on the pools of the cold tier, after each of its passes; by the time of the rows.
// Thinning keeps the first position of each slot of time; it is done once for each day, rows that
// come later than that stay as they are.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "picture/archive/reception_store.hpp"
#include "store/database.hpp"

namespace jinglue::picture {

/// What becomes of old positions; without limits all are kept for ever.
struct Retention {
  std::optional<base::Duration> keep;        ///< older positions are removed
  std::optional<base::Duration> thin_after;  ///< older positions are thinned
  base::Duration thin_to{60'000};            ///< one position of each track in so much time

  bool any() const { return keep.has_value() || thin_after.has_value(); }
};

/// Before that a position may not be in a pool yet: blocks become cold after one to four weeks.
inline constexpr base::Duration kLeastRetention{std::int64_t{30} * 24 * 3'600'000};

namespace detail {

class RetentionPass {
 public:
  /// `now`: the newest row.
  RetentionPass(base::Instant now, const Retention& retention, std::atomic<std::uint64_t>& damaged);

  /// Inside a transaction; a quarter of a second's work. Whether there is more.
  bool step(store::Db& db, store::Db& db_receptions, Receptions& receptions);
  std::uint64_t removed() const { return m_removed; }  ///< by the last step
  base::Instant kept_from() const { return m_keep_from; }

 private:
  struct Rows;
  void find_pools(store::Db& db);
  bool take_pool(store::Db& db, store::Db& db_receptions, std::int64_t pool, Rows& out);
  std::vector<model::Fix> left_of(const std::vector<model::Fix>& rows) const;

  base::Instant m_keep_from{base::kDistantPast};  ///< what is older goes
  base::Instant m_thin_from{base::kDistantPast};  ///< what is older is thinned
  base::Duration m_thin_to;
  std::atomic<std::uint64_t>& m_damaged;
  std::optional<std::vector<std::int64_t>> m_pools;
  std::size_t m_next{0};
  std::uint64_t m_removed{0};
};

}  // namespace detail
}  // namespace jinglue::picture
