// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/archive_salvage.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <atomic>
#include <optional>
#include <tuple>
#include <utility>

#include "picture/archive/block_reader.hpp"
#include "picture/archive/last_table.hpp"
#include "picture/archive/waiting_bytes.hpp"
#include "store/block/block.hpp"
#include "store/block/pool.hpp"
#include "store/sqlite/large_pages.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;
using store::DbError;

constexpr std::uint64_t kCommitEvery = 4096;  // blocks

std::vector<Fix> rows_of(const store::BlockColumns& columns) {
  std::vector<Fix> out;
  out.reserve(columns.rows);
  for (std::size_t i = 0; i < columns.rows; ++i) out.push_back(columns.fix_at(i));
  return out;
}

/// With its tables.
store::OpenOptions new_archive(const std::filesystem::path& path) {
  store::OpenOptions options;
  options.path = path;
  store::create_with_large_pages(options);
  store::Database database(options);
  BlockTable::migrate(database);
  return options;
}

/// Nothing when SQLite cannot read what `work` asks for.
template <class F>
auto readable(F&& work) -> std::optional<decltype(work())> {
  try {
    return work();
  } catch (const DbError&) {
    return std::nullopt;
  }
}

}  // namespace

Salvage::Salvage(const std::filesystem::path& from, const std::filesystem::path& into)
    : m_from({.path = from, .read_only = true, .truncated = true}),
      m_to(new_archive(into)),
      m_beside(from.parent_path() / "receptions.db") {}

bool Salvage::run(const ArchiveProgress& progress) {
  m_progress = &progress;
  if (const auto state = readable([&] { return BlockTable::state_for_repair(m_from); })) {
    m_state = *state;
    m_state_known = m_state.generation > 0 || m_state.applied_offset > 0;
  }
  if (auto tracks = readable([&] { return BlockTable::tracks(m_from); })) {
    m_tracks = std::move(*tracks);
    m_tracks_known = true;
    // Rows that wait from an earlier commit than these say would be void.
    for (const auto& known : m_tracks) {
      m_state.generation = std::max(m_state.generation, known.waits_from);
    }
  }
  if (!m_state_known) m_state.applied_offset = last_offset_of_receptions(m_beside);
  m_state.first.reset();
  m_state.last.reset();
  m_to.exec("BEGIN");
  copy_blocks();
  copy_pools();
  if (!m_ended) copy_waiting();
  copy_tracks();
  copy_state();
  if (!m_ended) {
    std::atomic<std::uint64_t> damaged{0};
    LastTable::complete(m_to, damaged);
  }
  m_to.exec("COMMIT");
  if (!m_ended) name_the_lost();
  return !m_ended;
}

/// The greatest of what several queries tell, as far as they can be read.
std::int64_t Salvage::greatest(const std::vector<std::string>& queries) {
  std::int64_t out = 0;
  for (const auto& sql : queries) {
    const auto found = readable([&] {
      auto row = m_from.prepare(sql);
      return row.step() && !row.is_null(0) ? row.integer(0) : 0;
    });
    out = std::max(out, found.value_or(0));
  }
  return out;
}

/// Rows come with the journal up to applied_offset; without it the journal would be applied twice.
std::uint64_t Salvage::last_offset_of_receptions(const std::filesystem::path& beside) {
  std::uint64_t out = 0;
  try {
    store::Db db({.path = beside, .read_only = true});
    auto row = db.prepare("SELECT max(last_offset) FROM reception");
    if (row.step() && !row.is_null(0)) out = std::uint64_t(row.integer(0));
    auto waiting = m_from.prepare("SELECT id, bytes FROM archive_waiting");
    while (waiting.step()) {
      const auto bytes = waiting.blob(1);
      const auto receptions = ReceptionStore::waiting(db, waiting.integer(0), pool_check(bytes));
      const auto rows = decode_waiting(bytes, receptions);
      if (!rows) continue;
      for (const auto& fix : *rows) out = std::max(out, fix.offset);
    }
  } catch (const DbError&) {
    out = 0;
  }
  if (out == 0) {
    throw DbError(DbError::Cause::kCorrupt, "too little of the archive can be read",
                  "neither it nor receptions.db tells how far the journal was applied",
                  "restore tracks.db and receptions.db from a backup");
  }
  return out;
}

/// Calls `work` with each readable row of `sql` (id, bytes; parameter 1: ids above) up to `last`.
void Salvage::each(std::int64_t last, const std::string& sql, const Work& work) {
  std::int64_t at = 0;
  while (at < last && !m_ended) {
    std::vector<std::pair<std::int64_t, std::string>> rows;
    try {
      auto query = m_from.prepare(sql);
      query.bind(1, at);
      while (query.step()) rows.emplace_back(query.integer(0), query.blob(1));
      if (rows.empty()) return;
    } catch (const DbError&) {  // what was read before is good; go on behind
      if (rows.empty()) ++at;
    }
    for (const auto& [id, bytes] : rows) {
      work(id, bytes);
      at = id;
    }
  }
}

void Salvage::copy_blocks() {
  const auto last =
      greatest({"SELECT max(id) FROM archive_bytes", "SELECT max(id) FROM archive_by_track",
                "SELECT max(id) FROM archive_area"});
  m_all = std::uint64_t(last);
  each(last, "SELECT id, bytes FROM archive_bytes WHERE id > ? ORDER BY id LIMIT 64",
       [this](std::int64_t id, const std::string& bytes) {
         copy_block(id, bytes);
         m_done = std::uint64_t(id);
       });
}

void Salvage::copy_block(std::int64_t id, const std::string& bytes) {
  store::BlockColumns columns;
  if (!store::decode_block(bytes, columns)) return;  // name_the_lost() tells it
  const std::vector<Run> runs{{rows_of(columns), true}};
  BlockTable::restore_block(m_to, id, bytes, runs.front());
  m_copied.insert(id);
  count(runs);
}

void Salvage::copy_pools() {
  const auto last = greatest({"SELECT max(id) / 1024 FROM archive_pool",
                              "SELECT -min(id) / 256 FROM archive_by_track",
                              "SELECT -min(id) / 256 FROM archive_area"});
  for (std::int64_t pool = 1; pool <= last && !m_ended; ++pool) {
    const auto bytes = readable([&] { return BlockTable::pool_bytes(m_from, pool); });
    if (bytes && !bytes->empty()) copy_pool(pool, *bytes);
  }
}

void Salvage::copy_pool(std::int64_t pool, const std::string& bytes) {
  const auto opened = store::Pool::open(bytes);
  if (!opened) return;
  std::vector<Run> runs;
  store::BlockColumns columns;
  for (std::size_t i = 0; i < opened->runs(); ++i) {
    opened->get(i, columns);
    runs.push_back({rows_of(columns), true});
    m_copied.insert(-(pool * 256 + std::int64_t(i)));
  }
  BlockTable::restore_pool(m_to, pool, bytes, runs);
  count(runs);
}

void Salvage::count(const Fix& row) {
  ++m_result.positions;
  m_state.first = std::min(m_state.first.value_or(row.time), row.time);
  m_state.last = std::max(m_state.last.value_or(row.time), row.time);
}

void Salvage::count(const std::vector<Run>& runs) {
  for (const auto& run : runs) {
    for (const auto& row : run.rows) count(row);
    const auto last = run.rows.back().time;
    auto& closed = m_closed.try_emplace(run.rows.front().track, base::kDistantPast).first->second;
    closed = std::max(closed, last);
  }
  if (m_copied.size() / kCommitEvery == m_done_commits) return;
  m_done_commits = m_copied.size() / kCommitEvery;
  m_to.exec("COMMIT; BEGIN");
  m_ended = *m_progress && !(*m_progress)(m_done, std::max(m_done, m_all));
}

/// Rows that wait, under their old numbers and in their old bytes. Which of them are void the
/// tracks tell; where these cannot be read any more, rows that blocks hold, or that wait twice,
/// are.
void Salvage::copy_waiting() {
  std::unordered_map<model::TrackId, std::uint64_t> waits_from;
  for (const auto& known : m_tracks) waits_from[known.track] = known.waits_from;
  std::vector<Fix> unsure;
  const auto last = greatest({"SELECT max(id) FROM archive_waiting"});
  each(last, "SELECT id, bytes FROM archive_waiting WHERE id > ? ORDER BY id LIMIT 16",
       [&](std::int64_t id, const std::string& bytes) {
         const auto rows = decode_waiting(bytes, {});
         if (!rows) return lose(fmt::format("waiting rows {}: {}", id, rows.error().text()));
         const auto generation = BlockTable::generation_of(id);
         m_state.generation = std::max(m_state.generation, generation);
         if (!m_tracks_known) return (void)unsure.insert(unsure.end(), rows->begin(), rows->end());
         BlockTable::restore_waiting(m_to, id, rows->size(), bytes);
         for (const auto& row : *rows) {
           const auto from = waits_from.find(row.track);
           if (from == waits_from.end() || generation >= from->second) count(row);
         }
       });
  if (unsure.empty()) return;
  auto kept = not_in_blocks(std::move(unsure));
  for (const auto& row : kept) count(row);
  Receptions none;
  BlockTable::add_waiting(m_to, std::move(kept), ++m_state.generation, none);
}

/// Of rows of many tracks, each once.
std::vector<Fix> Salvage::not_in_blocks(std::vector<Fix> rows) {
  const auto order = [](const Fix& a, const Fix& b) {
    return std::tie(a.track, a.time, a.position.lat, a.position.lon, a.sog_ckn, a.cog_cdeg) <
           std::tie(b.track, b.time, b.position.lat, b.position.lon, b.sog_ckn, b.cog_cdeg);
  };
  std::sort(rows.begin(), rows.end(), order);
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  std::vector<Fix> out;
  std::atomic<std::uint64_t> damaged{0};
  BlockReader reader(m_to, damaged);
  for (std::size_t begin = 0; begin < rows.size();) {
    std::size_t end = begin;
    while (end < rows.size() && rows[end].track == rows[begin].track) ++end;
    const auto to = rows[end - 1].time + base::Duration(1);
    std::vector<Fix> held;
    for (const auto& block :
         BlockTable::candidates(m_to, {rows[begin].track, rows[begin].time, to, nullptr})) {
      const auto found = reader.rows(block, rows[begin].time, to);
      held.insert(held.end(), found.begin(), found.end());
    }
    std::sort(held.begin(), held.end(), order);
    for (; begin < end; ++begin) {
      const auto [first, past] = std::equal_range(held.begin(), held.end(), rows[begin], order);
      if (std::find(first, past, rows[begin]) == past) out.push_back(rows[begin]);
    }
  }
  return out;
}

void Salvage::copy_tracks() {
  for (const auto& track : m_tracks) BlockTable::restore_track(m_to, track);
  if (m_tracks_known) return;
  for (const auto& [track, closed] : m_closed) BlockTable::restore_track(m_to, {track, closed, 0});
}

void Salvage::copy_state() {
  m_state.positions = m_result.positions;
  BlockTable::set_state(m_to, m_state);
}

/// What the indexes of the damaged file name and the new file does not hold.
void Salvage::name_the_lost() {
  const auto told = readable([&] {
    auto rows = m_from.prepare(
        "SELECT b.id, b.runs, b.last_ms - b.length_ms, b.last_ms, t.terminal, t.segment"
        " FROM archive_by_track b JOIN archive_track t ON t.id = b.track");
    while (rows.step()) {
      const auto id = rows.integer(0);
      if (m_copied.contains(id)) continue;
      const model::TrackId track{{std::uint64_t(rows.integer(4))}, std::uint16_t(rows.integer(5))};
      lose(fmt::format("block {} of {}: up to {} positions from {} to {}", id,
                       model::to_text(track), rows.integer(1) * 256,
                       base::to_iso({rows.integer(2)}), base::to_iso({rows.integer(3)})));
    }
    return true;
  });
  if (!told) lose("the index by track cannot be read: what else is lost cannot be named");
}

void Salvage::lose(std::string what) {
  if (m_result.lost_count++ < ArchiveReport::kMostProblems)
    m_result.lost.push_back(std::move(what));
}

}  // namespace jinglue::picture::detail
