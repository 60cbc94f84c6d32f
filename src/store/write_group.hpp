// SPDX-License-Identifier: Apache-2.0
// WriteGroup: runs waiting writes as one transaction, each in a savepoint; tells each how it ended.
// Used by the writer thread of one Database only.
#pragma once

#include <exception>
#include <functional>
#include <span>
#include <vector>

#include "store/db.hpp"

namespace jinglue::store {

struct WriteJob {
  std::function<void(Db&)> work;
  std::function<void(std::exception_ptr)> done;  ///< may be empty
};

class WriteGroup {
 public:
  explicit WriteGroup(Db& db) : m_db(db) {}

  /// Every job has been told its end on return. Throws nothing.
  void run(std::span<WriteJob> jobs);
  /// A write from inside a work: joins its transaction. From a `done` or a told hook: a transaction
  /// of its own. Throws what `work` throws, after undoing it.
  void join(const std::function<void(Db&)>& work);
  /// A write in which joined ones have no savepoint: what throws in one of them, caught or not,
  /// undoes the whole.
  void whole(const std::function<void(Db&)>& work);
  /// A write with a savepoint of its own, also inside a whole one.
  void apart(const std::function<void(Db&)>& work);
  void after_commit(std::function<void()> told) { m_told.push_back(std::move(told)); }
  bool active() const { return m_depth > 0; }

 private:
  std::size_t run_transaction(std::span<WriteJob> jobs);
  std::exception_ptr attempt(const std::function<void(Db&)>& work);
  std::exception_ptr try_exec(const char* sql);

  Db& m_db;
  int m_depth{0};
  bool m_whole{false};
  std::exception_ptr m_broken;                ///< the first that was thrown inside the whole write
  std::vector<std::function<void()>> m_told;  ///< of the works that stand so far
};

}  // namespace jinglue::store
