// SPDX-License-Identifier: Apache-2.0
// SQLite's backup interface. The source's connection holds one read transaction all along: writers
// go on in the write-ahead log, and the copy does not begin anew whenever they commit.
#include "store/sqlite/online_copy.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>

#include "store/db_error.hpp"
#include "store/disk.hpp"

namespace jinglue::store {
namespace {

constexpr int kPagesAtOnce = 1024;

using Handle = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

Handle open(const std::filesystem::path& file, int flags) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &raw, flags | SQLITE_OPEN_EXRESCODE, nullptr);
  Handle out(raw, sqlite3_close);
  if (code != SQLITE_OK) throw_sqlite_error(raw, code, file.string(), "cannot open the database");
  sqlite3_busy_timeout(raw, 5000);
  return out;
}

/// False when `progress` ended it.
bool copy(sqlite3* from, sqlite3* into, const std::filesystem::path& target,
          const std::function<bool(std::uint64_t, std::uint64_t)>& progress) {
  const std::unique_ptr<sqlite3_backup, int (*)(sqlite3_backup*)> backup(
      sqlite3_backup_init(into, "main", from, "main"), sqlite3_backup_finish);
  if (backup == nullptr) {
    throw_sqlite_error(into, sqlite3_errcode(into), target.string(), "cannot begin the copy");
  }
  for (;;) {
    const int code = sqlite3_backup_step(backup.get(), kPagesAtOnce);
    const auto all = static_cast<std::uint64_t>(sqlite3_backup_pagecount(backup.get()));
    const auto left = static_cast<std::uint64_t>(sqlite3_backup_remaining(backup.get()));
    if (code != SQLITE_OK && code != SQLITE_DONE) {
      throw_sqlite_error(into, code, target.string(), "cannot copy");
    }
    if (progress && !progress(all - left, all)) return false;
    if (code == SQLITE_DONE) return true;
  }
}

}  // namespace

bool copy_online(const std::filesystem::path& from, const std::filesystem::path& into,
                 const std::function<bool(std::uint64_t done, std::uint64_t all)>& progress) {
  const auto source = open(from, SQLITE_OPEN_READONLY);
  const int code = sqlite3_exec(source.get(), "BEGIN; SELECT count(*) FROM sqlite_schema", nullptr,
                                nullptr, nullptr);
  if (code != SQLITE_OK) {
    throw_sqlite_error(source.get(), code, from.string(), "cannot read the database");
  }
  bool done = false;
  try {
    const auto target = open(into, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    done = copy(source.get(), target.get(), into, progress);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(into, ignored);
    throw;
  }
  if (!done) {
    std::filesystem::remove(into);
    return false;
  }
  const auto disk = real_disk();
  disk->open(into)->sync();
  disk->sync_folder(into.parent_path());
  return true;
}

}  // namespace jinglue::store
