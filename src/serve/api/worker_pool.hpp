// SPDX-License-Identifier: Apache-2.0
// WorkerPool: threads for work that may wait for a database. Bounded: what does not fit is refused
// at once, so that an overload is a quick 503 and never a growing queue.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace jinglue::serve {

class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t capacity);
  ~WorkerPool();

  /// False when full or closed; the work is then not done.
  bool run(std::function<void()> work);
  /// Refuses more, finishes what was accepted, ends the threads.
  void close();
  std::size_t waiting() const;

 private:
  void loop();

  const std::size_t m_capacity;
  mutable std::mutex m_mutex;
  std::condition_variable m_some;
  std::deque<std::function<void()>> m_work;
  bool m_closed{false};
  std::vector<std::thread> m_threads;
};

}  // namespace jinglue::serve
