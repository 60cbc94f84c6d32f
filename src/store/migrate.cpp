// SPDX-License-Identifier: Apache-2.0
// Database::migrate: the steps of each room are recorded with a hash of their text, so that a step
// edited after it ran, or a database written by a newer program, is refused instead of misread.
#include <fmt/format.h>
#include <algorithm>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "store/database.hpp"

namespace jinglue::store {

namespace {

constexpr const char* kTable =
    "CREATE TABLE IF NOT EXISTS schema_migration ("
    " room TEXT NOT NULL, version INTEGER NOT NULL, sql_hash TEXT NOT NULL,"
    " PRIMARY KEY (room, version)) WITHOUT ROWID";

/// Hash of the text with each run of white space as one blank: layout may change, meaning not.
std::string hash_of(const std::string& sql) {
  std::string plain;
  for (const char c : sql) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank) plain += c;
    if (blank && !plain.empty() && plain.back() != ' ') plain += ' ';
  }
  return base::to_hex(base::stable_hash(plain));
}

[[noreturn]] void refuse(const std::string& file, const std::string& message,
                         const std::string& hint) {
  throw DbError(DbError::Cause::kOther, fmt::format("{}: cannot bring the tables up to date", file),
                message, hint);
}

int last_version(Db& db, const std::string& room) {
  auto query = db.prepare("SELECT coalesce(max(version), 0) FROM schema_migration WHERE room = ?");
  query.bind(1, room);
  query.step();
  return static_cast<int>(query.integer(0));
}

std::string recorded_hash(Db& db, const std::string& room, int version) {
  auto query = db.prepare("SELECT sql_hash FROM schema_migration WHERE room = ? AND version = ?");
  query.bind(1, room).bind(2, version);
  return query.step() ? query.text(0) : std::string();
}

}  // namespace

void Database::migrate(const std::string& room, std::span<const Migration> steps) {
  const std::string file = this->file();
  write([&](Db& db) {
    db.exec(kTable);
    const int newest = steps.empty() ? 0 : steps.back().version;
    const int held = last_version(db, room);
    if (held > newest) {
      refuse(file, fmt::format("{} is at version {}, this program knows {}", room, held, newest),
             "start the newer program that wrote it, or put back a backup from before its upgrade");
    }
    for (const auto& step : steps) {
      const std::string hash = hash_of(step.sql);
      const std::string before = recorded_hash(db, room, step.version);
      if (!before.empty() && before != hash) {
        refuse(file, fmt::format("step {} of {} differs from the one that ran", step.version, room),
               "steps are never edited after they were released; add a new step");
      }
      if (!before.empty()) continue;
      db.exec(step.sql);
      auto record = db.prepare("INSERT INTO schema_migration VALUES (?, ?, ?)");
      record.bind(1, room).bind(2, step.version).bind(3, hash).run();
      base::log_info("store", "{}: {} brought to version {}", file, room, step.version);
    }
  });
}

}  // namespace jinglue::store
