// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/block_reader.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/log.hpp"
#include "picture/archive/block_index.hpp"
#include "picture/archive/waiting_bytes.hpp"
#include "store/block/block.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;

constexpr std::size_t kMostPools = 8;
constexpr std::int64_t kReadOn = 3;
/// Fewer are looked up one by one: a statement of its own costs as much as some of these.
constexpr std::size_t kLeastOnWay = 3;

}  // namespace

void BlockReader::tell(const Candidate& block, const std::string& reason) {
  ++m_damaged;
  base::log_error("picture",
                  "archive block {} of {} from {} cannot be read and is left out: {}; restore "
                  "tracks.db from a backup to get its positions back",
                  block.id, model::to_text(block.track), base::to_iso(block.first), reason);
}

const store::Pool* BlockReader::pool(const Candidate& block, store::Columns wanted) {
  for (auto at = m_pools.begin(); at != m_pools.end(); ++at) {
    if (at->first != block.pool()) continue;
    if (at->second.columns() != store::Columns::kAll && wanted == store::Columns::kAll) {
      m_pools.erase(at);
      break;
    }
    m_pools.splice(m_pools.begin(), m_pools, at);
    return &m_pools.front().second;
  }
  if (m_damaged_pools.contains(block.pool())) {
    ++m_damaged;  // told before
    return nullptr;
  }
  const auto bytes = BlockTable::pool_bytes(m_db, block.pool());
  auto opened = !bytes.empty() ? store::Pool::open(bytes, wanted)
                               : base::fail(base::Code::kMissing, "its pool is not there");
  if (!opened) {
    tell(block, opened.error().text());
    m_damaged_pools.insert(block.pool());
    return nullptr;
  }
  if (m_pools.size() == kMostPools) m_pools.pop_back();
  m_pools.emplace_front(block.pool(), std::move(*opened));
  return &m_pools.front().second;
}

/// Whether expect()'s statement gives a block: alone and of the first class of spans, nearly all.
bool is_on_way(const Candidate& block) {
  return block.alone() && span_class(block.last - block.first) == 0;
}

/// Blocks that one commit made of a track follow one another: going on to the next row costs a
/// third of looking it up, so a few that are not asked for are passed over.
bool BlockReader::find_bytes(std::int64_t id) {
  if (!m_bytes) {
    m_bytes.emplace(m_db.prepare("SELECT id, bytes FROM archive_bytes WHERE id >= ? ORDER BY id"));
  }
  auto at = std::exchange(m_at, 0);  // also when step() throws
  const bool goes_on = at != 0 && id > at && id - at <= kReadOn &&
                       !with_receptions();  // a cold pass removes rows meanwhile
  if (!goes_on) {
    m_bytes->rewind();
    m_bytes->bind(1, id);
  }
  do {
    at = m_bytes->step() ? m_bytes->integer(0) : 0;
  } while (at != 0 && at < id);
  m_at = at;
  return m_at == id;
}

void BlockReader::expect(std::span<const Candidate> blocks) {
  m_way.reset();
  base::Instant from = base::kDistantFuture;
  base::Instant to = base::kDistantPast;
  std::size_t count = 0;
  for (const auto& block : blocks) {
    if (!is_on_way(block)) continue;
    from = std::min(from, block.last);
    to = std::max(to, block.last);
    ++count;
  }
  if (count < kLeastOnWay) return;
  m_way.emplace(
      m_db.prepare("SELECT y.id, b.last_ms, y.bytes FROM archive_track t"
                   " CROSS JOIN archive_by_track b CROSS JOIN archive_bytes y"
                   " WHERE t.terminal = ? AND t.segment = ? AND b.track = t.id AND b.span = 0"
                   " AND b.last_ms >= ? AND b.last_ms <= ? AND y.id = b.id"
                   " ORDER BY b.last_ms, b.id"));
  const auto& track = blocks.front().track;
  m_way->bind(1, as_integer(track.terminal.value)).bind(2, std::int64_t{track.segment});
  m_way->bind(3, from.ms).bind(4, to.ms);
  m_way_at = {base::kDistantPast, 0};
}

bool BlockReader::goes_to(const Candidate& block) {
  if (!m_way || !is_on_way(block)) return false;
  const std::pair wanted{block.last, block.id};
  while (m_way_at < wanted) {
    if (!m_way->step()) {
      m_way.reset();
      return false;
    }
    m_way_at = {base::Instant{m_way->integer(1)}, m_way->integer(0)};
  }
  return m_way_at == wanted;
}

std::optional<std::string_view> BlockReader::bytes_of(const Candidate& block) {
  if (goes_to(block)) return m_way->blob_view(2);
  if (find_bytes(block.id)) return m_bytes->blob_view(1);
  return std::nullopt;
}

const store::BlockColumns* BlockReader::columns(const Candidate& block, store::Columns wanted) {
  if (!block.alone()) {
    const auto* found = pool(block, wanted);
    if (found == nullptr) return nullptr;
    if (block.run() >= found->runs()) {
      tell(block, "its pool has no such run");
      return nullptr;
    }
    found->get(block.run(), m_columns, wanted);
  } else {
    const auto bytes = bytes_of(block);
    const auto done = bytes ? store::decode_block(*bytes, m_columns, wanted)
                            : base::fail(base::Code::kMissing, "its bytes are not there");
    if (!done) {
      tell(block, done.error().text());
      return nullptr;
    }
  }
  if (m_columns.track == block.track) return &m_columns;
  tell(block, "it holds another track");
  return nullptr;
}

std::int64_t BlockReader::begin_ms(const Candidate& block) const {
  if (block.alone()) return block.first.ms;
  for (const auto& [id, open] : m_pools) {
    if (id == block.pool() && block.run() < open.runs()) return open.begin_ms(block.run());
  }
  return block.first.ms;
}

/// The index names stretches of runs: a run behind what is asked need not be decoded.
bool BlockReader::begins_at_or_after(const Candidate& block, base::Instant t,
                                     store::Columns wanted) {
  if (block.alone()) return block.first >= t;
  const auto* found = pool(block, wanted);
  return found != nullptr && block.run() < found->runs() && found->begin_ms(block.run()) >= t.ms;
}

std::vector<Fix> BlockReader::rows(const Candidate& block, base::Instant from, base::Instant to) {
  std::vector<Fix> out;
  if (begins_at_or_after(block, to)) return out;
  const auto* found = columns(block);
  if (found == nullptr) return out;
  const bool all = m_receptions != nullptr;  // a reception is of all rows
  std::size_t begin = 0;
  std::size_t end = found->rows;
  while (!all && begin < end && found->time_at(begin) < from) ++begin;
  while (!all && end > begin && found->time_at(end - 1) >= to) --end;
  out.reserve(end - begin);
  for (std::size_t i = begin; i < end; ++i) out.push_back(found->fix_at(i));
  if (all) {
    ReceptionStore::apply(*m_receptions, block.id, run_check(*found), out);
    std::erase_if(out, [&](const Fix& fix) { return fix.time < from || fix.time >= to; });
  }
  return out;
}

std::vector<Fix> BlockReader::waiting_pool(std::int64_t id, const std::string& bytes) {
  if (m_receptions != nullptr) {
    const auto receptions = ReceptionStore::waiting(*m_receptions, id, pool_check(bytes));
    auto rows = decode_waiting(bytes, receptions);
    if (rows) return std::move(*rows);
  }
  auto rows = decode_waiting(bytes, {});
  if (rows) return std::move(*rows);
  ++m_damaged;
  m_damaged_waiting.push_back(id);
  base::log_error("picture",
                  "waiting rows {} of the archive cannot be read and are left out: {}; restore "
                  "tracks.db from a backup to get them back",
                  id, rows.error().text());
  return {};
}

std::map<model::TrackId, std::vector<Fix>> BlockReader::waiting() {
  std::unordered_map<model::TrackId, std::uint64_t> waits_from;
  for (const auto& known : BlockTable::tracks(m_db)) waits_from[known.track] = known.waits_from;
  std::map<model::TrackId, std::vector<Fix>> out;
  auto query = m_db.prepare("SELECT id, bytes FROM archive_waiting ORDER BY id");
  while (query.step()) {
    const auto generation = BlockTable::generation_of(query.integer(0));
    for (auto& row : waiting_pool(query.integer(0), query.blob(1))) {
      const auto from = waits_from.find(row.track);
      if (from == waits_from.end() || generation >= from->second) out[row.track].push_back(row);
    }
  }
  for (auto& [track, rows] : out) std::stable_sort(rows.begin(), rows.end(), arrived_before);
  return out;
}

}  // namespace jinglue::picture::detail
