// SPDX-License-Identifier: Apache-2.0
#include "serve/api/worker_pool.hpp"

namespace jinglue::serve {

WorkerPool::WorkerPool(std::size_t threads, std::size_t capacity) : m_capacity(capacity) {
  for (std::size_t i = 0; i < threads; ++i) m_threads.emplace_back([this] { loop(); });
}

WorkerPool::~WorkerPool() {
  close();
}

bool WorkerPool::run(std::function<void()> work) {
  const std::lock_guard lock(m_mutex);
  if (m_closed || m_work.size() >= m_capacity) return false;
  m_work.push_back(std::move(work));
  m_some.notify_one();
  return true;
}

void WorkerPool::close() {
  {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_some.notify_all();
  }
  for (auto& thread : m_threads) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(m_mutex);
  return m_work.size();
}

void WorkerPool::loop() {
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(m_mutex);
      m_some.wait(lock, [&] { return m_closed || !m_work.empty(); });
      if (m_work.empty()) return;
      work = std::move(m_work.front());
      m_work.pop_front();
    }
    work();
  }
}

}  // namespace jinglue::serve
