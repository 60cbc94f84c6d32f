// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/chunk_import.hpp"

#include <algorithm>
#include <vector>

#include "base/log.hpp"
#include "picture/archive/block_table.hpp"
#include "picture/archive/chunk_codec.hpp"
#include "picture/archive/density_table.hpp"
#include "picture/archive/open_rows.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;

constexpr std::int64_t kTracksAtOnce = 64;

// A chunk that cannot be read gets a negative row count and is not looked at again.
std::vector<std::int64_t> next_tracks(store::Db& db) {
  std::vector<std::int64_t> out;
  auto query = db.prepare("SELECT DISTINCT track FROM archive_chunk WHERE row_count > 0 LIMIT ?");
  query.bind(1, kTracksAtOnce);
  while (query.step()) out.push_back(query.integer(0));
  return out;
}

std::vector<Fix> take_rows(store::Db& db, std::int64_t track, std::atomic<std::uint64_t>& damaged) {
  std::vector<Fix> out;
  std::vector<std::int64_t> broken;
  auto query = db.prepare("SELECT id, bytes FROM archive_chunk WHERE track = ? AND row_count > 0");
  query.bind(1, track);
  while (query.step()) {
    auto rows = decode_chunk(query.blob(1));
    if (rows) {
      out.insert(out.end(), rows->begin(), rows->end());
      continue;
    }
    ++damaged;
    broken.push_back(query.integer(0));
    base::log_error("picture", "archive chunk {} cannot be read and stays as it is: {}",
                    broken.back(), rows.error().text());
  }
  for (const auto id : broken) {
    db.prepare("UPDATE archive_chunk SET row_count = -row_count WHERE id = ?").bind(1, id).run();
  }
  db.prepare("DELETE FROM archive_chunk WHERE track = ? AND row_count > 0").bind(1, track).run();
  return out;
}

/// False when no chunk is left.
bool import_some(store::Db& db, ReceptionStore& store, std::atomic<std::uint64_t>& damaged) {
  const auto tracks = next_tracks(db);
  OpenRows open;
  for (const auto track : tracks) {
    auto rows = take_rows(db, track, damaged);
    std::stable_sort(rows.begin(), rows.end(), arrived_before);
    for (const auto& row : rows) open.add(row);
  }
  Receptions receptions;
  const auto generation = BlockTable::state(db).generation;
  BlockTable::add_blocks(db, open.take_full(), Stored::kAlone, generation, receptions);
  std::vector<model::Fix> waiting;
  for (const auto& part : open.unwritten()) open.rows_of(part, waiting);
  BlockTable::add_waiting(db, std::move(waiting), generation, receptions);
  DensityTable::outdate(db);
  store.put(receptions);
  return !tracks.empty();
}

}  // namespace

void import_chunks(store::Database& database, ReceptionStore& receptions,
                   std::atomic<std::uint64_t>& damaged) {
  const bool some = database.read([](store::Db& db) { return !next_tracks(db).empty(); });
  if (!some) return;
  base::log_info("picture", "the archive is brought to the format of blocks");
  while (database.write([&](store::Db& db) { return import_some(db, receptions, damaged); })) {
  }
  base::log_info("picture", "the archive is in the format of blocks");
}

}  // namespace jinglue::picture::detail
