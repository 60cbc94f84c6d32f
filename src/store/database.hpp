// SPDX-License-Identifier: Apache-2.0
// Database: one database file with one writer thread and a pool of reading connections.
// write() groups what waits into one commit and returns after that commit is durable. A write()
// inside a write() of the same Database joins it, so that several rooms change together or not
// at all (a review, the lead it makes and their audit lines) without knowing of each other's
// tables.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "store/db.hpp"

namespace jinglue::store {

/// Steps of a room's tables, in order; each runs once, in a transaction, recorded by room and
/// number.
struct Migration {
  int version{0};
  std::string sql;
};

class Database {
 public:
  explicit Database(OpenOptions options);
  ~Database();

  /// Brings the tables of `room` to the last version. Throws DbError; a database from a newer
  /// program is refused with a hint.
  void migrate(const std::string& room, std::span<const Migration> steps);

  /// Runs `work(Db&)` in the writer thread inside a transaction and returns its value after the
  /// commit is durable. What `work` throws undoes only this work and is thrown here.
  template <class F>
  auto write(F&& work) {
    using R = std::invoke_result_t<F, Db&>;
    if constexpr (std::is_void_v<R>) {
      run_write([&](Db& db) { work(db); });
    } else {
      std::optional<R> out;
      run_write([&](Db& db) { out.emplace(work(db)); });
      return std::move(*out);
    }
  }
  /// As write(), for many small ones at once: a write() inside it is not undone alone, which saves
  /// its savepoint (and FTS5 a flush); what is thrown anywhere inside, caught or not, undoes all.
  void write_whole(const std::function<void(Db&)>& work);
  /// As write(), undone alone also inside a write_whole().
  void write_apart(const std::function<void(Db&)>& work);
  /// Queues `work` and returns; `done(nullptr)` or `done(error)` runs in the writer thread after
  /// the commit. At most a bounded number wait; then this call waits too.
  void write_later(std::function<void(Db&)> work, std::function<void(std::exception_ptr)> done);

  /// Inside a write(): `told` runs in the writer thread after the commit is durable and before any
  /// write() of that commit returns; never when this work is undone. It must return at once.
  void after_commit(std::function<void()> told);

  /// Runs `work(Db&)` on a reading connection (one consistent snapshot). Inside a write() of this
  /// thread it reads what that write has done so far.
  template <class F>
  auto read(F&& work) const {
    using R = std::invoke_result_t<F, Db&>;
    if constexpr (std::is_void_v<R>) {
      run_read([&](Db& db) { work(db); });
    } else {
      std::optional<R> out;
      run_read([&](Db& db) { out.emplace(work(db)); });
      return std::move(*out);
    }
  }

  std::string file() const;  ///< for messages
  /// Full check of the file; empty when sound, else what is wrong.
  std::string check() const;

 private:
  void run_write(const std::function<void(Db&)>& work);
  void run_read(const std::function<void(Db&)>& work) const;
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::store
