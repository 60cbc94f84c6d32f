// SPDX-License-Identifier: Apache-2.0
// What happens when a work throws: its savepoint is rolled back and the group goes on. When SQLite
// itself gave up the transaction (full disk), every work of it so far fails with that error and
// the rest gets a new transaction. When the commit fails, all of the group fail.
#include "store/write_group.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace jinglue::store {

namespace {

void fail_standing(std::vector<std::exception_ptr>& ends, const std::exception_ptr& error) {
  for (auto& end : ends) {
    if (!end) end = error;
  }
}

template <class F>
void run_logged(F&& call) {
  try {
    call();
  } catch (const std::exception& e) {
    base::log_error("store", "a callback after a commit failed: {}", e.what());
  }
}

std::exception_ptr ended_early() {
  return std::make_exception_ptr(DbError(DbError::Cause::kOther, "a write was undone",
                                         "its transaction ended before its commit", ""));
}

}  // namespace

std::exception_ptr WriteGroup::try_exec(const char* sql) {
  try {
    m_db.exec(sql);
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

std::exception_ptr WriteGroup::attempt(const std::function<void(Db&)>& work) {
  const std::size_t told_before = m_told.size();
  ++m_depth;
  std::exception_ptr error;
  try {
    if (!m_whole) m_db.prepare("SAVEPOINT work").run();
    work(m_db);
    if (!m_whole) m_db.prepare("RELEASE work").run();
  } catch (...) {
    error = std::current_exception();
  }
  --m_depth;
  if (!error) return nullptr;
  if (m_whole) {
    if (!m_broken) m_broken = error;
    return error;
  }
  m_told.resize(told_before);
  // A savepoint that cannot be undone leaves half a work: give up the transaction.
  if (m_db.in_transaction() && try_exec("ROLLBACK TO work; RELEASE work")) try_exec("ROLLBACK");
  return error;
}

std::size_t WriteGroup::run_transaction(std::span<WriteJob> jobs) {
  m_told.clear();
  std::vector<std::exception_ptr> ends;
  if (auto error = try_exec("BEGIN IMMEDIATE")) {
    ends.assign(jobs.size(), error);
  } else {
    for (auto& job : jobs) {
      ends.push_back(attempt(job.work));
      if (!m_db.in_transaction()) break;
    }
    if (!m_db.in_transaction()) {
      fail_standing(ends, ends.back() ? ends.back() : ended_early());
      m_told.clear();
    } else if (auto refused = try_exec("COMMIT")) {
      if (m_db.in_transaction()) try_exec("ROLLBACK");
      fail_standing(ends, refused);
      m_told.clear();
    }
  }
  // Moved out first: a hook may write and so start a transaction of its own.
  const auto told = std::move(m_told);
  m_told.clear();
  for (const auto& hook : told) run_logged(hook);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (jobs[i].done) run_logged([&] { jobs[i].done(ends[i]); });
  }
  return ends.size();
}

void WriteGroup::run(std::span<WriteJob> jobs) {
  while (!jobs.empty()) jobs = jobs.subspan(run_transaction(jobs));
}

void WriteGroup::join(const std::function<void(Db&)>& work) {
  std::exception_ptr error;
  if (m_depth > 0) {
    error = attempt(work);
  } else {
    WriteJob alone{work, [&](std::exception_ptr e) { error = std::move(e); }};
    run({&alone, 1});
  }
  if (error) std::rethrow_exception(error);
}

void WriteGroup::whole(const std::function<void(Db&)>& work) {
  if (m_whole) return join(work);
  join([&](Db& db) {
    m_whole = true;
    m_broken = nullptr;
    try {
      work(db);
    } catch (...) {
      if (!m_broken) m_broken = std::current_exception();
    }
    m_whole = false;
    if (m_broken) std::rethrow_exception(std::exchange(m_broken, nullptr));
  });
}

void WriteGroup::apart(const std::function<void(Db&)>& work) {
  const bool whole = std::exchange(m_whole, false);
  try {
    join(work);
  } catch (...) {
    m_whole = whole;
    throw;
  }
  m_whole = whole;
}

}  // namespace jinglue::store
