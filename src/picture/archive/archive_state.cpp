// SPDX-License-Identifier: Apache-2.0
// The one row of archive_state: how far the file is, and what it holds.
#include "picture/archive/block_index.hpp"
#include "picture/archive/block_table.hpp"

namespace jinglue::picture::detail {

using store::Db;

ArchiveState BlockTable::state(Db& db) {
  auto row = db.prepare(
      "SELECT applied_offset, positions, first_ms, last_ms, generation FROM archive_state");
  ArchiveState state;
  if (!row.step()) return state;
  state.applied_offset = static_cast<std::uint64_t>(row.integer(0));
  state.positions = static_cast<std::uint64_t>(row.integer(1));
  if (!row.is_null(2)) state.first = base::Instant{row.integer(2)};
  if (!row.is_null(3)) state.last = base::Instant{row.integer(3)};
  state.generation = static_cast<std::uint64_t>(row.integer(4));
  return state;
}

void BlockTable::set_state(Db& db, const ArchiveState& state) {
  auto put = db.prepare(
      "UPDATE archive_state SET applied_offset = ?, positions = ?, first_ms = ?, last_ms = ?,"
      " generation = ?");
  put.bind(1, as_integer(state.applied_offset)).bind(2, as_integer(state.positions));
  state.first ? put.bind(3, state.first->ms) : put.bind_null(3);
  state.last ? put.bind(4, state.last->ms) : put.bind_null(4);
  put.bind(5, as_integer(state.generation)).run();
}

void BlockTable::take_away(Db& db, std::uint64_t positions) {
  db.prepare("UPDATE archive_state SET positions = positions - ?")
      .bind(1, as_integer(positions))
      .run();
}

base::Instant BlockTable::thinned_until(Db& db) {
  auto row = db.prepare("SELECT thinned_ms FROM archive_state");
  return {row.step() ? row.integer(0) : base::kDistantPast.ms};
}

void BlockTable::set_retained(Db& db, base::Instant keep_from, base::Instant thin_from) {
  db.prepare(
        "UPDATE archive_state SET first_ms = max(first_ms, ?), thinned_ms = max(thinned_ms, ?)")
      .bind(1, keep_from.ms)
      .bind(2, thin_from.ms)
      .run();
}

}  // namespace jinglue::picture::detail
