// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/large_pages.hpp"

#include <sqlite3.h>

#include <memory>
#include <string>

namespace jinglue::store {

void create_with_large_pages(const OpenOptions& options) {
  std::error_code absent;
  if (std::filesystem::file_size(options.path, absent) > 0 && !absent) return;
  const auto file = options.path.string();
  const char* vfs = options.vfs.empty() ? nullptr : options.vfs.c_str();
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(raw, sqlite3_close);
  if (code == SQLITE_OK) {
    code = sqlite3_exec(
        raw, "PRAGMA page_size=16384; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL",
        nullptr, nullptr, nullptr);
  }
  // What fails here fails again when the file is opened, with the full message.
  (void)code;
}

bool shrink(Db& db, std::int64_t share, std::int64_t pages) {
  const auto number = [&](const char* pragma) {
    auto row = db.prepare(pragma);
    return row.step() ? row.integer(0) : 0;
  };
  if (number("PRAGMA auto_vacuum") != 2) return false;  // a file of an older program
  const auto free = number("PRAGMA freelist_count");
  if (free * share <= number("PRAGMA page_count")) return false;
  auto give = db.prepare("PRAGMA incremental_vacuum(" + std::to_string(pages) + ")");
  while (give.step()) {
  }
  return free > pages;
}

}  // namespace jinglue::store
