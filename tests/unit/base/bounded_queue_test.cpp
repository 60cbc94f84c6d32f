// SPDX-License-Identifier: Apache-2.0
#include "base/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

using jinglue::base::BoundedQueue;
using std::chrono::milliseconds;

TEST(BoundedQueue, RefusesWhenFullAndGivesInOrder) {
  BoundedQueue<int> queue(2);
  EXPECT_TRUE(queue.try_push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.try_push(3));
  EXPECT_EQ(queue.take_all(milliseconds(0)), (std::vector<int>{1, 2}));
  EXPECT_EQ(queue.size(), 0u);
}

TEST(BoundedQueue, APushWaitsForRoomAndNothingIsLost) {
  BoundedQueue<int> queue(4);
  std::thread producer([&] {
    for (int i = 0; i < 1000; ++i) queue.push(i);
    queue.close();
  });
  std::vector<int> got;
  while (!queue.closed() || queue.size() > 0) {
    const auto some = queue.take_all(milliseconds(50));
    EXPECT_LE(some.size(), 4u);
    got.insert(got.end(), some.begin(), some.end());
  }
  producer.join();
  ASSERT_EQ(got.size(), 1000u);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(got[std::size_t(i)], i);
}

TEST(BoundedQueue, ClosingWakesAWaitingPushAndKeepsWhatIsQueued) {
  BoundedQueue<int> queue(1);
  queue.push(7);
  std::atomic<bool> refused{false};
  std::thread producer([&] { refused = !queue.push(8); });
  queue.close();
  producer.join();
  EXPECT_TRUE(refused);
  EXPECT_FALSE(queue.try_push(9));
  EXPECT_EQ(queue.take_all(milliseconds(0)), (std::vector<int>{7}));
  EXPECT_TRUE(queue.take_all(milliseconds(0)).empty());
}
