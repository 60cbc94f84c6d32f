// SPDX-License-Identifier: Apache-2.0
#include "store/log_keeper.hpp"

#include "base/log.hpp"
#include "store/write_log.hpp"

namespace jinglue::store {
namespace {

/// 64 MB of usual pages: as long as journal_size_limit leaves it.
constexpr std::int64_t kTooLong = 16 * kLongLog;

}  // namespace

LogKeeper::LogKeeper(Db& writer, const OpenOptions& options) : m_writer(writer), m_own(options) {
  leave_log_to_others(m_writer);
  leave_log_to_others(m_own);
  m_thread = std::thread([this] { loop(); });
}

LogKeeper::~LogKeeper() {
  {
    const std::lock_guard lock(m_mutex);
    m_stopping = true;
  }
  m_some.notify_all();
  m_thread.join();
}

void LogKeeper::committed() {
  const auto pages = log_pages(m_writer);
  if (pages < kLongLog) return;
  // Its failure is that of the disk, which the next commit meets too and tells.
  if (pages >= kTooLong) {
    try {
      move_log(m_writer);
    } catch (const DbError& e) {
      base::log_warn("store", "the write-ahead log stays long: {}", e.what());
    }
    return;
  }
  const std::lock_guard lock(m_mutex);
  m_wanted = true;
  m_some.notify_one();
}

void LogKeeper::loop() {
  for (;;) {
    {
      std::unique_lock lock(m_mutex);
      m_some.wait(lock, [&] { return m_stopping || m_wanted; });
      if (m_stopping) return;  // the last connection that closes brings in what is left
      m_wanted = false;
    }
    move_once();
  }
}

void LogKeeper::move_once() {
  try {
    move_log(m_own);
    m_failed = false;
  } catch (const DbError& e) {
    if (!m_failed) base::log_warn("store", "the write-ahead log stays long: {}", e.what());
    m_failed = true;
  }
}

}  // namespace jinglue::store
