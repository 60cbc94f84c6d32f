// SPDX-License-Identifier: Apache-2.0
// The table of SQLite result codes (sqlite.org/rescode.html) and operating system errors.
#include "store/db_error.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <cerrno>

#include "base/text.hpp"

namespace jinglue::store {

DbError::DbError(Cause cause, const std::string& message, const std::string& detail,
                 const std::string& hint)
    : base::WorldError(message, detail, hint), m_cause(cause) {}

namespace {

bool is_full(int code, int system) {
  if ((code & 0xFF) == SQLITE_FULL) return true;
  const bool io = (code & 0xFF) == SQLITE_IOERR;
  return io && (system == ENOSPC || system == EDQUOT || system == EFBIG);
}

DbError::Cause cause_of(int code, int system) {
  if (is_full(code, system)) return DbError::Cause::kFull;
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return DbError::Cause::kBusy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return DbError::Cause::kCorrupt;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return DbError::Cause::kReadOnly;
    case SQLITE_CANTOPEN:
      return system == EACCES || system == EROFS ? DbError::Cause::kReadOnly : DbError::Cause::kIo;
    case SQLITE_CONSTRAINT:
      return DbError::Cause::kConstraint;
    case SQLITE_IOERR:
      return DbError::Cause::kIo;
    default:
      return DbError::Cause::kOther;
  }
}

/// Why a file does not open. SQLite tries several ways, so that its own errno is that of the last.
int why_not_open(const std::string& file) {
  if (::access(file.c_str(), F_OK) == 0) {
    return ::access(file.c_str(), R_OK | W_OK) == 0 ? 0 : errno;
  }
  std::string folder = std::filesystem::path(file).parent_path().string();
  if (folder.empty()) folder = ".";
  return ::access(folder.c_str(), W_OK | X_OK) == 0 ? 0 : errno;
}

std::string hint_for(DbError::Cause cause, int code, const std::string& file) {
  if (code == SQLITE_IOERR_WRITE && cause == DbError::Cause::kIo) {
    return "check free space, quota and the limit of file sizes (ulimit -f), and that the disk is "
           "sound (dmesg); nothing of this write was kept, earlier ones are safe";
  }
  switch (cause) {
    case DbError::Cause::kBusy:
      return "another program holds the file open; close it and try again";
    case DbError::Cause::kCorrupt:
      return fmt::format(
          "stop the program, move {0}, {0}-wal and {0}-shm away and put the last backup in their "
          "place; keep the damaged files for recovery (sqlite3 FILE .recover)",
          file);
    case DbError::Cause::kFull:
      return "free space on this disk; nothing of this write was kept, earlier ones are safe";
    case DbError::Cause::kReadOnly:
      return "make the file and its folder writable for the user that runs the program";
    case DbError::Cause::kIo:
      return "check that the folder exists and the disk is sound (dmesg, smartctl)";
    default:
      return {};
  }
}

}  // namespace

void throw_sqlite_error(sqlite3* handle, int code, const std::string& file,
                        const std::string& what) {
  const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : code;
  const bool of_handle = handle != nullptr && (extended & 0xFF) == (code & 0xFF);
  const int use = of_handle ? extended : code;
  int system = of_handle ? sqlite3_system_errno(handle) : 0;
  if ((use & 0xFF) == SQLITE_CANTOPEN) system = why_not_open(file);
  const DbError::Cause cause = cause_of(use, system);
  std::string detail = of_handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  const bool of_system = cause == DbError::Cause::kIo || cause == DbError::Cause::kFull ||
                         cause == DbError::Cause::kReadOnly;
  if (of_system && system != 0) detail += fmt::format(", {}", base::errno_text(system));
  throw DbError(cause, fmt::format("{}: {}", file, what), detail, hint_for(cause, use, file));
}

}  // namespace jinglue::store
