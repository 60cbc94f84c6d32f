// SPDX-License-Identifier: Apache-2.0
#include "base/large_pages.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

using namespace jinglue::base;

namespace {

struct alignas(kCacheLine) Row {
  std::uint64_t value{7};
};

bool begins_at(const void* place, std::size_t step) {
  return reinterpret_cast<std::uintptr_t>(place) % step == 0;
}

}  // namespace

TEST(LargePages, SmallTablesBeginAtACacheLineLargeOnesAtALargePage) {
  for (const std::size_t count : {1u, 100u, 30'000u}) {
    std::vector<Row, LargePages<Row>> rows(count);
    EXPECT_TRUE(begins_at(rows.data(), kCacheLine));
    EXPECT_EQ(rows.back().value, 7u);
  }
  for (int i = 0; i < 3; ++i) {
    std::vector<Row, LargePages<Row>> rows(kLargePage / sizeof(Row) + 1);
    EXPECT_TRUE(begins_at(rows.data(), kLargePage));
    rows.back().value = 8;
    rows.resize(rows.size() * 2);  // moves
    EXPECT_EQ(rows[rows.size() / 2 - 1].value, 8u);
    EXPECT_EQ(rows.back().value, 7u);
  }
}

TEST(LargePages, WhatNoMachineHasIsRefused) {
  EXPECT_THROW(LargePages<Row>().allocate(SIZE_MAX / 64), std::bad_alloc);
  EXPECT_THROW(LargePages<Row>().allocate(SIZE_MAX), std::bad_alloc);
}

TEST(LargePages, AnArrayMovesWithItsValues) {
  LargeArray<std::uint32_t> numbers(1 << 20);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = std::uint32_t(i);
  const auto* begin = &numbers[0];
  const auto moved = std::move(numbers);
  EXPECT_EQ(&moved[0], begin);
  EXPECT_EQ(moved.size(), std::size_t{1} << 20);
  for (std::size_t i = 0; i < moved.size(); ++i) ASSERT_EQ(moved[i], i);
  LargeArray<std::uint32_t> none;
  EXPECT_EQ(none.size(), 0u);
}
