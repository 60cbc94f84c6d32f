// SPDX-License-Identifier: Apache-2.0
// The rows that wait for a block: archive_waiting.
#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "picture/archive/block_index.hpp"
#include "picture/archive/block_table.hpp"
#include "picture/archive/waiting_bytes.hpp"
#include "store/block/block.hpp"
#include "store/block/pool.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;
using store::Db;

/// Waiting pools of one commit: their ids are generation x this + number.
constexpr std::int64_t kWaitingPools = 1 << 16;
constexpr std::size_t kFullPool = store::kMostPoolRuns * store::kBlockRows;  // rows, at most

}  // namespace

WaitingWriter::WaitingWriter(Db& db, bool anew, std::uint64_t generation, Receptions& receptions)
    : m_db(db), m_receptions(receptions), m_id(as_integer(generation) * kWaitingPools) {
  if (anew) {  // a damaged one stays for a repair: only what could be read comes again
    db.exec("DELETE FROM archive_waiting WHERE row_count > 0");
    receptions.oldest_waiting = m_id;
  }
  auto last = db.prepare("SELECT max(id) FROM archive_waiting");
  if (last.step() && !last.is_null(0)) m_id = std::max(m_id, last.integer(0) + 1);
}

std::size_t WaitingWriter::put(std::span<const Fix> rows) {
  auto pool = encode_waiting(rows);
  m_db.prepare("INSERT INTO archive_waiting VALUES (?, ?, ?)")
      .bind(1, m_id)
      .bind(2, std::int64_t(pool.rows))
      .bind_blob(3, pool.bytes)
      .run();
  if (!pool.receptions.empty()) {
    m_receptions.waiting.push_back({m_id, pool_check(pool.bytes), std::move(pool.receptions)});
  }
  ++m_id;
  return pool.rows;
}

void WaitingWriter::add(std::span<const Fix> rows) {
  m_rows.insert(m_rows.end(), rows.begin(), rows.end());
  std::size_t done = 0;
  while (m_rows.size() - done >= kFullPool) done += put(std::span(m_rows).subspan(done));
  m_rows.erase(m_rows.begin(), m_rows.begin() + std::ptrdiff_t(done));
}

void WaitingWriter::end() {
  for (std::span<const Fix> rest(m_rows); !rest.empty();) rest = rest.subspan(put(rest));
  m_rows.clear();
}

void BlockTable::add_waiting(Db& db, std::vector<Fix> rows, std::uint64_t generation,
                             Receptions& receptions) {
  std::stable_sort(rows.begin(), rows.end(), [](const Fix& a, const Fix& b) {
    return a.track != b.track ? a.track < b.track : earlier(a, b);
  });
  WaitingWriter writer(db, false, generation, receptions);
  writer.add(rows);
  writer.end();
}

void BlockTable::restore_waiting(Db& db, std::int64_t id, std::size_t rows,
                                 const std::string& bytes) {
  db.prepare("INSERT INTO archive_waiting VALUES (?, ?, ?)")
      .bind(1, id)
      .bind(2, std::int64_t(rows))
      .bind_blob(3, bytes)
      .run();
}

std::size_t BlockTable::waiting_count(Db& db) {
  auto row =
      db.prepare("SELECT coalesce(sum(row_count), 0) FROM archive_waiting WHERE row_count > 0");
  return row.step() ? static_cast<std::size_t>(row.integer(0)) : 0;
}

std::uint64_t BlockTable::generation_of(std::int64_t waiting_id) {
  return static_cast<std::uint64_t>(waiting_id / kWaitingPools);
}

}  // namespace jinglue::picture::detail
