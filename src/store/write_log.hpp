// SPDX-License-Identifier: Apache-2.0
// The write-ahead log of a connection: how long it is, and who brings it into the file. By default
// the commit that makes it long does, and waits for it (SQLite's own way); Database leaves it to a
// thread of its own. SQLite only.
#pragma once

#include <cstdint>

struct sqlite3;

namespace jinglue::store {

class Db;

/// Pages in the log from which it is brought into the file, as SQLite's own default.
inline constexpr std::int64_t kLongLog = 1000;

/// Kept by the connection it belongs to.
struct WriteLog {
  std::int64_t pages{0};  ///< after the last commit of this connection
  bool left_to_others{false};
};

/// Called by Db, once for each connection that writes. `log` lives as long as the connection.
void watch_log(sqlite3* handle, WriteLog& log);

/// From now on commits of this connection do not bring the log into the file.
void leave_log_to_others(Db& db);
std::int64_t log_pages(Db& db);

struct LogMoved {
  std::int64_t pages{0};  ///< in the log
  std::int64_t moved{0};  ///< of them, those that are in the file now
};
/// Brings into the file what no reader needs in the log; waits for nobody.
LogMoved move_log(Db& db);

}  // namespace jinglue::store
