// SPDX-License-Identifier: Apache-2.0
// BoundedQueue: between threads; says what happens when it is full. push() waits (a TCP reader
// stops reading), try_push() refuses (a UDP reader drops and counts).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

namespace jinglue::base {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : m_capacity(capacity) {}

  /// Waits while full. False when the queue was closed.
  bool push(T item) {
    std::unique_lock lock(m_mutex);
    m_room.wait(lock, [&] { return m_closed || m_items.size() < m_capacity; });
    if (m_closed) return false;
    m_items.push_back(std::move(item));
    m_some.notify_one();
    return true;
  }

  /// False at once when full or closed.
  bool try_push(T item) {
    const std::lock_guard lock(m_mutex);
    if (m_closed || m_items.size() >= m_capacity) return false;
    m_items.push_back(std::move(item));
    m_some.notify_one();
    return true;
  }

  /// Everything that is queued, waiting up to `patience` for the first item. Empty on time-out, and
  /// when closed and drained.
  std::vector<T> take_all(std::chrono::milliseconds patience) {
    std::unique_lock lock(m_mutex);
    m_some.wait_for(lock, patience, [&] { return m_closed || !m_items.empty(); });
    std::vector<T> out(std::make_move_iterator(m_items.begin()),
                       std::make_move_iterator(m_items.end()));
    m_items.clear();
    m_room.notify_all();
    return out;
  }

  /// Wakes every waiter; later pushes are refused, queued items can still be taken.
  void close() {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_some.notify_all();
    m_room.notify_all();
  }

  bool closed() const {
    const std::lock_guard lock(m_mutex);
    return m_closed;
  }
  std::size_t size() const {
    const std::lock_guard lock(m_mutex);
    return m_items.size();
  }

 private:
  const std::size_t m_capacity;
  mutable std::mutex m_mutex;
  std::condition_variable m_some;
  std::condition_variable m_room;
  std::deque<T> m_items;
  bool m_closed{false};
};

}  // namespace jinglue::base
