// SPDX-License-Identifier: Apache-2.0
// Db, Stmt: the thin interface to SQL that both backends (SQLite now, PostgreSQL later) keep.
// Failures throw DbError (a WorldError): the message says which file, what failed and what to do.
// A Db belongs to one thread at a time. SQLite-only SQL stays in store/sqlite.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace jinglue::store {

class DbError : public base::WorldError {
 public:
  enum class Cause { kBusy, kCorrupt, kFull, kReadOnly, kConstraint, kIo, kOther };
  DbError(Cause cause, const std::string& message, const std::string& detail,
          const std::string& hint);
  Cause cause() const { return m_cause; }

 private:
  Cause m_cause;
};

class Db;

/// A prepared statement, 1-based parameters and 0-based columns. Reset on destruction (cached in
/// Db).
class Stmt {
 public:
  Stmt(Stmt&&) noexcept;
  Stmt& operator=(Stmt&&) = delete;
  ~Stmt();

  Stmt& bind(int index, std::int64_t value);
  template <std::integral T>
  Stmt& bind(int index, T value) {
    return bind(index, static_cast<std::int64_t>(value));
  }
  Stmt& bind(int index, double value);
  Stmt& bind(int index, std::string_view text);
  Stmt& bind_blob(int index, std::string_view bytes);
  Stmt& bind_null(int index);
  template <class T>
  Stmt& bind(int index, const std::optional<T>& value) {
    return value ? bind(index, *value) : bind_null(index);
  }

  bool step();    ///< true while there is a row
  void run();     ///< for statements without rows; may be bound and run again
  void rewind();  ///< ends it before its last row; it may be bound and run again
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double number(int column) const;
  std::string text(int column) const;
  std::string blob(int column) const;
  std::string_view blob_view(int column) const;  ///< in place, until the next step()

 private:
  friend class Db;
  struct Impl;
  explicit Stmt(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

struct OpenOptions {
  std::filesystem::path path;
  bool read_only{false};
  bool sync_full{true};   ///< PRAGMA synchronous FULL, else NORMAL
  bool truncated{false};  ///< read what is left of a file that is shorter than it says
  std::string vfs{};      ///< name of a SQLite VFS; for power-cut tests
};

class Db {
 public:
  explicit Db(const OpenOptions& options);
  Db(Db&&) noexcept;
  ~Db();

  void exec(std::string_view sql);     ///< one or more statements without results
  Stmt prepare(std::string_view sql);  ///< cached by its text
  std::int64_t changes() const;        ///< rows touched by the last statement
  std::int64_t last_id() const;
  bool in_transaction() const;  ///< false also after SQLite undid one by itself (full disk)

 private:
  friend class Stmt;
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::store
