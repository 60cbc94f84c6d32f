// SPDX-License-Identifier: Apache-2.0
// LogKeeper: a thread that brings the write-ahead log of a database into its file, so that no save
// waits for it: the copy and its two syncs are what the slowest saves consisted of.
// While somebody always writes the log is never started anew; when it has grown too long the writer
// does it itself, between two commits.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "store/db.hpp"

namespace jinglue::store {

class LogKeeper {
 public:
  /// `writer` is told that it does not do it; its commits are told by committed().
  LogKeeper(Db& writer, const OpenOptions& options);
  ~LogKeeper();
  LogKeeper(const LogKeeper&) = delete;
  LogKeeper& operator=(const LogKeeper&) = delete;

  /// In the writer's thread, after a group of commits.
  void committed();

 private:
  void loop();
  void move_once();

  Db& m_writer;
  Db m_own;
  std::mutex m_mutex;
  std::condition_variable m_some;
  bool m_wanted{false};
  bool m_stopping{false};
  bool m_failed{false};  // said once
  std::thread m_thread;  // last: it uses all of the above
};

}  // namespace jinglue::store
