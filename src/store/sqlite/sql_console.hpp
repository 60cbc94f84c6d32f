// SPDX-License-Identifier: Apache-2.0
// SqlConsole: plain SQL over tables whose rows the program itself gives (virtual tables of SQLite).
// Only reading: no statement changes, attaches or opens a file. Conditions that compare a column
// with a value reach the table as hints, so that it need not give all its rows; SQLite checks every
// row again. One thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace jinglue::store {

/// NULL, integer, real, text.
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string>;

struct SqlColumn {
  std::string name;
  std::string type;  ///< TEXT, INTEGER, REAL
};

/// `column` compared with `value`, in the column's own type or another.
struct SqlHint {
  enum class Is { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  std::size_t column{0};
  Is is{Is::kEqual};
  SqlValue value;
};

/// Rows of one question, one after the other.
class SqlRows {
 public:
  virtual ~SqlRows() = default;
  /// Moves to the first row, then to the next; false behind the last.
  virtual bool next() = 0;
  virtual SqlValue value(std::size_t column) const = 0;
};

class SqlTable {
 public:
  virtual ~SqlTable() = default;
  virtual std::span<const SqlColumn> columns() const = 0;
  /// Columns of which a condition saves work, the one that saves most first.
  virtual std::span<const std::size_t> selective() const = 0;
  /// At least all rows that fit the hints.
  virtual std::unique_ptr<SqlRows> ask(std::span<const SqlHint> hints) const = 0;
};

class SqlConsole {
 public:
  struct Limits {
    std::uint64_t rows{1'000'000};
    std::chrono::seconds time{60};
  };
  enum class End { kAll, kRowLimit, kStopped };

  SqlConsole();
  ~SqlConsole();
  SqlConsole(const SqlConsole&) = delete;
  SqlConsole& operator=(const SqlConsole&) = delete;

  /// `table` lives as long as the console.
  void add(const std::string& name, const SqlTable& table);
  /// One statement. `heading` gets the names of the columns, `row` each row; false from it stops.
  /// kMalformed with SQLite's words for a statement that cannot be run, kForbidden for one that
  /// does not only read, kTooMany when the time is over.
  base::Result<End> run(const std::string& sql, const Limits& limits,
                        const std::function<void(std::span<const std::string>)>& heading,
                        const std::function<bool(std::span<const SqlValue>)>& row);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::store
