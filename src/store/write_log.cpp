// SPDX-License-Identifier: Apache-2.0
#include "store/write_log.hpp"

#include <sqlite3.h>

#include "store/db.hpp"

namespace jinglue::store {
namespace {

int committed(void* log_of, sqlite3* handle, const char* schema, int pages) {
  auto& log = *static_cast<WriteLog*>(log_of);
  log.pages = pages;
  if (!log.left_to_others && pages >= kLongLog) {
    sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  }
  return SQLITE_OK;
}

void tell_pages(sqlite3_context* context, int, sqlite3_value**) {
  sqlite3_result_int64(context, static_cast<WriteLog*>(sqlite3_user_data(context))->pages);
}

void leave(sqlite3_context* context, int, sqlite3_value**) {
  static_cast<WriteLog*>(sqlite3_user_data(context))->left_to_others = true;
  sqlite3_result_null(context);
}

}  // namespace

void watch_log(sqlite3* handle, WriteLog& log) {
  sqlite3_wal_hook(handle, committed, &log);
  constexpr int kHow = SQLITE_UTF8 | SQLITE_DIRECTONLY;
  sqlite3_create_function_v2(handle, "write_log_pages", 0, kHow, &log, tell_pages, nullptr, nullptr,
                             nullptr);
  sqlite3_create_function_v2(handle, "write_log_leave", 0, kHow, &log, leave, nullptr, nullptr,
                             nullptr);
}

void leave_log_to_others(Db& db) {
  db.prepare("SELECT write_log_leave()").run();
}

std::int64_t log_pages(Db& db) {
  auto row = db.prepare("SELECT write_log_pages()");
  return row.step() ? row.integer(0) : 0;
}

LogMoved move_log(Db& db) {
  auto row = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  LogMoved out;
  if (row.step()) out = {row.integer(1), row.integer(2)};
  return out;
}

}  // namespace jinglue::store
