// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/reception_store.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/hash.hpp"
#include "base/log.hpp"
#include "store/block/reception.hpp"
#include "store/sqlite/large_pages.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;
using store::Db;

const std::vector<store::Migration> kMigrations = {{1, R"(
CREATE TABLE reception (
  id INTEGER PRIMARY KEY, check_sum INTEGER NOT NULL,
  first_offset INTEGER NOT NULL, last_offset INTEGER NOT NULL, bytes BLOB NOT NULL);
CREATE INDEX reception_by_offset ON reception (last_offset);
CREATE TABLE reception_waiting (
  id INTEGER PRIMARY KEY, check_sum INTEGER NOT NULL, bytes BLOB NOT NULL);
)"}};

/// Rows removed in one transaction, so that what is being received need not wait long.
constexpr std::int64_t kForgottenAtOnce = 4096;

std::int64_t as_integer(std::uint64_t value) {
  return static_cast<std::int64_t>(value);
}

std::uint32_t lane_check(const store::Lane& lane, std::size_t rows) {
  return base::crc32c({reinterpret_cast<const char*>(lane.at.data()), rows * 4});
}

std::unique_ptr<store::Database> open(const store::OpenOptions& options) {
  store::create_with_large_pages(options);
  auto out = std::make_unique<store::Database>(options);
  out->migrate("picture", kMigrations);
  return out;
}

void tell(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& e) {
    base::log_warn("picture", "receptions that are past stay in their file: {}", e.what());
  }
}

}  // namespace

std::uint32_t run_check(const store::BlockColumns& columns) {
  std::uint32_t sum =
      base::crc32c({reinterpret_cast<const char*>(&columns.base_ms), sizeof columns.base_ms});
  for (const auto* lane : {&columns.time, &columns.lat, &columns.lon}) {
    sum = std::rotl(sum, 5) ^ lane_check(*lane, columns.rows);
  }
  return sum;
}

std::uint32_t pool_check(std::string_view bytes) {
  std::uint32_t sum = 0;
  if (bytes.size() >= sizeof sum) {
    std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
  }
  return sum;
}

void Receptions::add(std::int64_t id, std::span<const Fix> rows) {
  const auto by_offset = [](const Fix& a, const Fix& b) { return a.offset < b.offset; };
  const auto [first, last] = std::minmax_element(rows.begin(), rows.end(), by_offset);
  if (last->offset == 0) return;
  runs.push_back({id, run_check(store::columns_of(rows)), first->offset, last->offset,
                  store::encode_reception(rows)});
}

ReceptionStore::ReceptionStore(const std::filesystem::path& file, const std::string& vfs) {
  store::OpenOptions options;
  options.path = file;
  options.vfs = vfs;
  try {
    m_database = open(options);
  } catch (const store::DbError& e) {
    if (e.cause() != store::DbError::Cause::kCorrupt) throw;
    const auto aside = file.string() + ".damaged";
    base::log_error("picture",
                    "{}; it is kept as {}, positions up to now have no arrival time any more",
                    e.what(), aside);
    std::error_code ignored;
    for (const char* part : {"-wal", "-shm"}) {
      std::filesystem::remove(file.string() + part, ignored);
    }
    std::filesystem::rename(file, aside, ignored);
    m_database = open(options);
  }
}

void ReceptionStore::put(const Receptions& receptions) {
  if (receptions.runs.empty() && receptions.waiting.empty()) return;
  m_database->write([&](Db& db) {
    for (const auto& run : receptions.runs) {
      db.prepare("INSERT OR REPLACE INTO reception VALUES (?, ?, ?, ?, ?)")
          .bind(1, run.id)
          .bind(2, std::int64_t{run.check})
          .bind(3, as_integer(run.first_offset))
          .bind(4, as_integer(run.last_offset))
          .bind_blob(5, run.bytes)
          .run();
    }
    for (const auto& pool : receptions.waiting) {
      db.prepare("INSERT OR REPLACE INTO reception_waiting VALUES (?, ?, ?)")
          .bind(1, pool.id)
          .bind(2, std::int64_t{pool.check})
          .bind_blob(3, pool.bytes)
          .run();
    }
  });
}

void ReceptionStore::remove_later(std::vector<std::int64_t> runs, std::int64_t oldest_waiting) {
  m_database->write_later(
      [runs = std::move(runs), oldest = oldest_waiting](Db& db) {
        for (const auto id : runs) {
          db.prepare("DELETE FROM reception WHERE id = ?").bind(1, id).run();
        }
        db.prepare("DELETE FROM reception_waiting WHERE id < ?").bind(1, oldest).run();
      },
      tell);
}

void ReceptionStore::forget_later(std::uint64_t offset) {
  m_database->write_later(
      [this, offset](Db& db) {
        db.prepare(
              "DELETE FROM reception WHERE id IN"
              " (SELECT id FROM reception WHERE last_offset < ? LIMIT ?)")
            .bind(1, as_integer(offset))
            .bind(2, kForgottenAtOnce)
            .run();
        if (db.changes() == kForgottenAtOnce) forget_later(offset);
        store::shrink(db, 8, kForgottenAtOnce);
      },
      tell);
}

bool ReceptionStore::apply(Db& db, std::int64_t id, std::uint32_t check, std::span<Fix> rows) {
  auto query = db.prepare("SELECT check_sum, bytes FROM reception WHERE id = ?");
  query.bind(1, id);
  if (!query.step() || query.integer(0) != std::int64_t{check}) return false;
  const auto done = store::decode_reception(query.blob(1), rows);
  if (!done) {
    base::log_error("picture", "reception {} cannot be read and is left out: {}", id,
                    done.error().text());
    for (auto& row : rows) {
      row.arrival = row.time;
      row.offset = 0;
    }
  }
  return done.has_value();
}

std::optional<std::uint64_t> ReceptionStore::first_offset(Db& db, std::int64_t id) {
  auto query = db.prepare("SELECT first_offset FROM reception WHERE id = ?");
  query.bind(1, id);
  if (!query.step()) return std::nullopt;
  return static_cast<std::uint64_t>(query.integer(0));
}

std::string ReceptionStore::waiting(Db& db, std::int64_t id, std::uint32_t check) {
  auto query = db.prepare("SELECT check_sum, bytes FROM reception_waiting WHERE id = ?");
  query.bind(1, id);
  return query.step() && query.integer(0) == std::int64_t{check} ? query.blob(1) : std::string();
}

}  // namespace jinglue::picture::detail
