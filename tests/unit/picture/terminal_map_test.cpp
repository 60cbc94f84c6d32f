// SPDX-License-Identifier: Apache-2.0
#include "picture/live/terminal_map.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <memory>
#include <set>

#include "picture/live/pool.hpp"

using namespace jinglue;
using model::TerminalId;
using picture::Pool;
using picture::TerminalMap;

/// Few numbers, so that they are taken out and come again; some with equal places.
RC_GTEST_PROP(TerminalMap, HoldsWhatAnOrderedMapHolds, ()) {
  TerminalMap<int> map;
  std::map<std::uint64_t, int*> model;
  std::array<int, 8> values{};
  const auto steps = *rc::gen::inRange(0, 600);
  const auto numbers = std::uint64_t(*rc::gen::element(3, 40, 400));
  for (int i = 0; i < steps; ++i) {
    const auto number = *rc::gen::inRange<std::uint64_t>(0, numbers) << *rc::gen::element(0, 56);
    if (*rc::gen::inRange(0, 3) == 0) {
      map.erase({number});
      model.erase(number);
    } else {
      auto* value = &values[std::size_t(*rc::gen::inRange(0, 8))];
      map.put({number}, value);
      model[number] = value;
    }
    RC_ASSERT(map.size() == model.size());
    const auto asked = *rc::gen::inRange<std::uint64_t>(0, numbers);
    const auto found = model.find(asked);
    RC_ASSERT(map.find({asked}) == (found == model.end() ? nullptr : found->second));
  }
  for (const auto& [number, value] : model) RC_ASSERT(map.find({number}) == value);
  std::map<std::uint64_t, int*> visited;
  map.for_each([&](TerminalId id, int& value) { visited[id.value] = &value; });
  RC_ASSERT(visited == model);
}

TEST(TerminalMap, GrowsToAHundredThousand) {
  TerminalMap<int> map;
  std::vector<int> values(100'000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    map.put(TerminalId::make(model::TerminalKind::kMmsi, 200'000'000 + i * 7), &values[i]);
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto id = TerminalId::make(model::TerminalKind::kMmsi, 200'000'000 + i * 7);
    ASSERT_EQ(map.find(id), &values[i]);
    if (i % 2 == 0) map.erase(id);
  }
  EXPECT_EQ(map.size(), 50'000u);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto id = TerminalId::make(model::TerminalKind::kMmsi, 200'000'000 + i * 7);
    ASSERT_EQ(map.find(id), i % 2 == 0 ? nullptr : &values[i]);
  }
}

TEST(Pool, ValuesStayWhereTheyAreAndComeBackAsNew) {
  Pool<std::shared_ptr<int>> pool;
  std::vector<std::shared_ptr<int>*> made;
  const auto held = std::make_shared<int>(1);
  for (int i = 0; i < 10'000; ++i) {
    made.push_back(&pool.make());
    ASSERT_EQ(*made.back(), nullptr);
    *made.back() = held;
  }
  EXPECT_EQ(std::set(made.begin(), made.end()).size(), made.size());
  for (const auto* one : made) ASSERT_EQ(*one, held);
  EXPECT_EQ(held.use_count(), 10'001);
  for (auto* one : made) pool.drop(*one);
  EXPECT_EQ(held.use_count(), 1) << "what it held is let go at once";
  for (int i = 0; i < 10'000; ++i) {
    auto& again = pool.make();
    ASSERT_EQ(again, nullptr);
    again = held;
  }
  EXPECT_EQ(held.use_count(), 10'001);
}
