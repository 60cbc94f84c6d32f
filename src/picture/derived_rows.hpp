// SPDX-License-Identifier: Apache-2.0
// DerivedRows: rows that follow from the journal, in a database file of their own (measurements,
// messages). append() and advance() belong to the pipeline's thread; a writer thread commits about
// once a second and tries again when the disk fails, so that nothing is lost and the pipeline only
// waits when very much waits. Entries that are read again after a restart change nothing: what is
// at or below applied_offset() is not taken. Reads may come from any thread. Throws WorldError when
// the file cannot be opened.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <iterator>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/log.hpp"
#include "store/database.hpp"

namespace jinglue::picture {

template <class Row>
class DerivedRows {
 public:
  struct Table {
    std::string room;   ///< of the migrations
    std::string state;  ///< table (id, applied) with the one row 1
    std::string what;   ///< of them, for the log: "measurements"
    /// Removes up to ?2 rows of before ?1.
    std::string forget;
    std::function<void(store::Db&, const std::vector<Row>&)> insert;
  };
  static constexpr std::size_t kMostWaiting = 100'000;

  DerivedRows(const std::filesystem::path& file, std::span<const store::Migration> steps,
              Table table)
      : m_table(std::move(table)), m_db(options_of(file)) {
    m_db.migrate(m_table.room, steps);
    m_db.read([this](store::Db& db) {
      auto query = db.prepare("SELECT applied FROM " + m_table.state);
      query.step();
      m_applied = static_cast<std::uint64_t>(query.integer(0));
    });
    m_reached = m_applied;
    m_thread = std::thread([this] { run(); });
  }
  DerivedRows(const DerivedRows&) = delete;
  DerivedRows& operator=(const DerivedRows&) = delete;
  /// Commits what waits, when the disk lets it.
  ~DerivedRows() {
    {
      const std::lock_guard lock(m_mutex);
      m_stopping = true;
    }
    m_changed.notify_all();
    m_thread.join();
  }

  /// Whether a row of this journal offset is still to be taken.
  bool wants(std::uint64_t offset) const { return offset > m_applied; }
  /// Waits while too many wait.
  void append(Row row) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_rows.size() < kMostWaiting; });
    m_rows.push_back(std::move(row));
  }
  /// Everything up to this journal offset has been appended. `now_durable`: commit without delay.
  void advance(std::uint64_t offset, bool now_durable) {
    {
      const std::lock_guard lock(m_mutex);
      m_reached = std::max(m_reached, offset);
      m_hurry = m_hurry || now_durable;
    }
    if (now_durable) m_changed.notify_all();
  }
  std::uint64_t applied_offset() const { return m_applied; }  ///< committed

  const store::Database& db() const { return m_db; }
  /// A little at a time: other writes are not held up for long.
  void forget_before(base::Instant time) {
    constexpr std::int64_t kAtOnce = 20'000;
    std::int64_t removed = kAtOnce;
    while (removed >= kAtOnce) {
      removed = m_db.write([&](store::Db& db) {
        db.prepare(m_table.forget).bind(1, time.ms).bind(2, kAtOnce).run();
        return db.changes();
      });
    }
  }
  /// Why the last commit failed; empty when it did not.
  std::string problem() const {
    const std::lock_guard lock(m_mutex);
    return m_problem;
  }

 private:
  static store::OpenOptions options_of(const std::filesystem::path& file) {
    store::OpenOptions out;
    out.path = file;
    return out;
  }

  void run() {
    std::unique_lock lock(m_mutex);
    while (true) {
      m_changed.wait_for(lock, std::chrono::seconds(1), [this] { return m_stopping || m_hurry; });
      const bool ending = m_stopping;
      const bool asked = std::exchange(m_hurry, false) || ending;
      std::vector<Row> batch;
      batch.swap(m_rows);
      const auto offset = m_reached;
      lock.unlock();
      m_changed.notify_all();  // there is room
      // A tick each second moves the offset; without rows it need not be on disk each time.
      const bool worth =
          !batch.empty() || offset >= m_applied + 1000 || (asked && offset > m_applied);
      const bool good = !worth || commit(batch, offset);
      lock.lock();
      if (!good) {
        m_rows.insert(m_rows.begin(), std::make_move_iterator(batch.begin()),
                      std::make_move_iterator(batch.end()));
      }
      if (ending) return;
    }
  }

  bool commit(const std::vector<Row>& batch, std::uint64_t offset) {
    try {
      m_db.write([&](store::Db& db) {
        m_table.insert(db, batch);
        db.prepare("UPDATE " + m_table.state + " SET applied = max(applied, ?1)")
            .bind(1, offset)
            .run();
      });
      m_applied = std::max(m_applied.load(), offset);
      set_problem({});
      return true;
    } catch (const std::exception& failure) {
      set_problem(failure.what());
      return false;
    }
  }

  void set_problem(const std::string& text) {
    const std::lock_guard lock(m_mutex);
    if (m_problem == text) return;
    m_problem = text;
    if (!text.empty()) base::log_error("picture", "{} are not stored: {}", m_table.what, text);
  }

  const Table m_table;
  store::Database m_db;
  std::atomic<std::uint64_t> m_applied{0};
  mutable std::mutex m_mutex;  // of what follows
  std::condition_variable m_changed;
  std::vector<Row> m_rows;
  std::uint64_t m_reached{0};  // advance() was here
  bool m_hurry{false}, m_stopping{false};
  std::string m_problem;
  std::thread m_thread;
};

}  // namespace jinglue::picture
