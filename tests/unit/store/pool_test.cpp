// SPDX-License-Identifier: Apache-2.0
#include "store/block/pool.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "store/block/block.hpp"
#include "unit/store/block_rows.hpp"

using namespace jinglue;
using model::Fix;
using store::Pool;
using store::PoolLevel;

namespace {

using Tracks = std::vector<std::vector<Fix>>;

std::string encoded(const Tracks& tracks, PoolLevel level) {
  std::vector<std::span<const Fix>> runs(tracks.begin(), tracks.end());
  return store::encode_pool(runs, level);
}

Tracks decoded(const Pool& pool) {
  Tracks out;
  store::BlockColumns columns;
  for (std::size_t i = 0; i < pool.runs(); ++i) {
    pool.get(i, columns);
    out.push_back(test::rows_of(columns));
  }
  return out;
}

Tracks fleet(std::size_t runs, std::size_t rows) {
  Tracks out;
  for (std::size_t i = 0; i < runs; ++i) {
    out.push_back(test::under_way(rows, unsigned(i),
                                  {.lat_deg = 36 + double(i) / 100,
                                   .course_deg = double(i * 37 % 360),
                                   .track = 412000000 + i}));
  }
  return out;
}

}  // namespace

RC_GTEST_PROP(Pool, GivesBackAnyRuns, ()) {
  Tracks tracks;
  for (int i = *rc::gen::inRange(1, 6); i > 0; --i) {
    tracks.push_back(test::adversarial_rows(*rc::gen::element<std::size_t>(1, 2, 9, 60, 256)));
  }
  const auto pool = Pool::open(encoded(tracks, PoolLevel::kFast));
  RC_ASSERT(pool.has_value());
  for (auto& rows : tracks) rows = test::without_reception(rows);
  RC_ASSERT(decoded(*pool) == tracks);
}

TEST(Pool, IsSmallerThanItsBlocksAlone) {
  auto tracks = fleet(64, 30);
  std::size_t alone = 0;
  for (const auto& rows : tracks) alone += store::encode_block(rows).size();
  const auto bytes = encoded(tracks, PoolLevel::kSmall);
  std::cout << "figure: pool_bytes_per_position_sparse " << double(bytes.size()) / (64 * 30)
            << " B\nfigure: pool_of_blocks_alone " << double(alone) / (64 * 30) << " B\n";
  EXPECT_LT(bytes.size() * 3, alone * 2);
  for (auto& rows : tracks) rows = test::without_reception(rows);
  EXPECT_EQ(decoded(Pool::open(bytes).value()), tracks);
}

TEST(Pool, EveryFlippedBitAndEveryCutIsFound) {
  const auto bytes = encoded(fleet(3, 20), PoolLevel::kSmall);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ 1 << bit % 8);
    EXPECT_FALSE(Pool::open(damaged)) << bit;
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Pool::open(std::string_view(bytes).substr(0, size))) << size;
  }
}

RC_GTEST_PROP(Pool, SurvivesAnyBytes, ()) {
  const auto level = *rc::gen::element(PoolLevel::kFast, PoolLevel::kSmall);
  const auto pool = Pool::open(test::mutilated(encoded(fleet(4, 50), level)));
  if (pool) RC_ASSERT(!decoded(*pool).empty());  // RC_ASSERT evaluates both sides of ||
}
