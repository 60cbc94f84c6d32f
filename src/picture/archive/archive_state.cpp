// SPDX-License-Identifier: Apache-2.0
// The one row of archive_state: how far the file is, and what it holds. Every question asks it, and
// a wrong applied_offset would apply the journal twice or never: its values are written a second
// time, with a check sum, in archive_seal. Where both do not agree the row is not used.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "picture/archive/block_index.hpp"
#include "picture/archive/block_table.hpp"
#include "store/block/sealed.hpp"

namespace jinglue::picture::detail {
namespace {

using store::Db;
using store::DbError;

constexpr std::uint8_t kSealVersion = 1;
constexpr int kSealedSince = 6;  // step of the schema
constexpr std::int64_t kNone = INT64_MIN;

/// All of the row, in the order of the columns of the query; an absent value is kNone.
enum Column : std::uint8_t { kApplied, kPositions, kFirst, kLast, kGeneration, kThinned, kCounted };
using Values = std::array<std::int64_t, 7>;

[[noreturn]] void refuse(const std::string& why) {
  throw DbError(DbError::Cause::kCorrupt, "the state of the archive (tracks.db) is damaged", why,
                "stop the station and run jinglue archive repair, or restore tracks.db from a "
                "backup");
}

std::string sealed(const Values& values) {
  std::string out(1, static_cast<char>(kSealVersion));
  for (const auto value : values) {
    const auto bits = static_cast<std::uint64_t>(value);
    for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>(bits >> shift);
  }
  store::seal(out);
  return out;
}

/// Nothing when the seal is damaged.
std::optional<Values> unsealed(std::string_view bytes) {
  const auto body = store::unsealed(bytes, kSealVersion, "seal");
  Values out{};
  if (!body || body->size() != 8 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint64_t bits = 0;
    for (std::size_t k = 8; k-- > 0;) {
      bits = bits << 8 | static_cast<unsigned char>((*body)[8 * i + k]);
    }
    out[i] = static_cast<std::int64_t>(bits);
  }
  return out;
}

bool has_table(Db& db, std::string_view name) {
  auto row = db.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?");
  row.bind(1, name);
  return row.step() && row.integer(0) > 0;
}

/// A file of an older program, which a check or a repair reads as it is.
bool came_before_seals(Db& db) {
  auto row =
      db.prepare("SELECT coalesce(max(version), 0) FROM schema_migration WHERE room = 'picture'");
  return !has_table(db, "archive_seal") && row.step() && row.integer(0) < kSealedSince;
}

/// Both must agree.
Values verified(Db& db) {
  auto row = db.prepare(
      "SELECT applied_offset, positions, first_ms, last_ms, generation, thinned_ms, days_counted,"
      " bytes FROM archive_state LEFT JOIN archive_seal");
  if (!row.step()) refuse("archive_state has no row");
  Values out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = row.is_null(int(i)) ? kNone : row.integer(int(i));
  }
  const auto second = unsealed(row.blob_view(int(out.size())));
  if (!second) refuse("its check sum in archive_seal is wrong");
  if (*second != out) refuse("archive_state and archive_seal differ");
  return out;
}

ArchiveState state_of(const Values& values) {
  ArchiveState out;
  out.applied_offset = static_cast<std::uint64_t>(values[kApplied]);
  out.positions = static_cast<std::uint64_t>(values[kPositions]);
  if (values[kFirst] != kNone) out.first = base::Instant{values[kFirst]};
  if (values[kLast] != kNone) out.last = base::Instant{values[kLast]};
  out.generation = static_cast<std::uint64_t>(values[kGeneration]);
  return out;
}

/// Of a file that came before seals.
Values unverified(Db& db) {
  auto row = db.prepare(
      "SELECT applied_offset, positions, first_ms, last_ms, generation FROM archive_state");
  if (!row.step()) refuse("archive_state has no row");
  Values out{0, 0, kNone, kNone, 0, 0, 0};
  for (int i = 0; i <= int(kGeneration); ++i) {
    if (!row.is_null(i)) out[std::size_t(i)] = row.integer(i);
  }
  return out;
}

/// What the seal says; nothing when it cannot be read.
std::optional<Values> sealed_values(Db& db) {
  try {
    auto row = db.prepare("SELECT bytes FROM archive_seal");
    return row.step() ? unsealed(row.blob_view(0)) : std::nullopt;
  } catch (const DbError&) {
    return std::nullopt;
  }
}

void put_seal(Db& db, const Values& values) {
  db.prepare("INSERT OR REPLACE INTO archive_seal VALUES (1, ?)")
      .bind_blob(1, sealed(values))
      .run();
}

void put(Db& db, const Values& values) {
  auto row = db.prepare(
      "UPDATE archive_state SET applied_offset = ?, positions = ?, first_ms = ?, last_ms = ?,"
      " generation = ?, thinned_ms = ?, days_counted = ?");
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] == kNone ? row.bind_null(int(i) + 1) : row.bind(int(i) + 1, values[i]);
  }
  row.run();
  put_seal(db, values);
}

/// The seal of a file that an older program wrote, or of a new one.
void first_seal(Db& db) {
  auto row = db.prepare(
      "SELECT applied_offset, positions, first_ms, last_ms, generation, thinned_ms, days_counted"
      " FROM archive_state");
  if (!row.step()) refuse("archive_state has no row");
  Values values{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = row.is_null(int(i)) ? kNone : row.integer(int(i));
  }
  row.rewind();
  put_seal(db, values);
}

}  // namespace

void BlockTable::migrate(store::Database& database) {
  database.write([&](Db& db) {
    const bool sealed_before = has_table(db, "archive_seal");
    database.migrate("picture", migrations());  // joins this transaction
    if (!sealed_before) first_seal(db);
  });
}

ArchiveState BlockTable::state(Db& db) {
  try {
    return state_of(verified(db));
  } catch (const DbError&) {
    if (!came_before_seals(db)) throw;
  }
  return state_of(unverified(db));
}

ArchiveState BlockTable::state_for_repair(Db& db) {
  try {
    return state(db);
  } catch (const DbError&) {
    const auto second = sealed_values(db);
    // Where the seal is what was hit, the row is as it was.
    return state_of(second ? *second : unverified(db));
  }
}

void BlockTable::set_state(Db& db, const ArchiveState& state) {
  auto values = verified(db);
  values[kApplied] = as_integer(state.applied_offset);
  values[kPositions] = as_integer(state.positions);
  values[kFirst] = state.first ? state.first->ms : kNone;
  values[kLast] = state.last ? state.last->ms : kNone;
  values[kGeneration] = as_integer(state.generation);
  put(db, values);
}

void BlockTable::take_away(Db& db, std::uint64_t positions) {
  auto values = verified(db);
  values[kPositions] -= as_integer(positions);
  put(db, values);
}

base::Instant BlockTable::thinned_until(Db& db) {
  return {verified(db)[kThinned]};
}

void BlockTable::set_retained(Db& db, base::Instant keep_from, base::Instant thin_from) {
  auto values = verified(db);
  if (values[kFirst] != kNone) values[kFirst] = std::max(values[kFirst], keep_from.ms);
  values[kThinned] = std::max(values[kThinned], thin_from.ms);
  put(db, values);
}

bool BlockTable::days_counted(Db& db) {
  return verified(db)[kCounted] != 0;
}

void BlockTable::set_days_counted(Db& db, bool counted) {
  auto values = verified(db);
  values[kCounted] = counted ? 1 : 0;
  put(db, values);
}

}  // namespace jinglue::picture::detail
