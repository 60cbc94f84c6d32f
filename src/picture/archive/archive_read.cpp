// SPDX-License-Identifier: Apache-2.0
// The query verbs of the archive: chunks of one database snapshot merged with the rows that were in
// memory before it was opened (archive_impl.hpp says why that is exact).
#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "picture/archive/archive.hpp"
#include "picture/archive/archive_impl.hpp"

namespace jinglue::picture {
namespace {

using detail::Candidate;
using detail::earlier;
using model::Fix;

using Visit = std::function<bool(const Fix&)>;

/// Rows of one track from overlapping sources, given out in order of time as soon as no source that
/// follows can hold an earlier one.
class TimeMerge {
 public:
  explicit TimeMerge(const Visit& visit) : m_visit(visit) {}

  /// `rows` in order of time.
  void add(const std::vector<Fix>& rows, base::Instant from, base::Instant to) {
    m_rows.erase(m_rows.begin(), m_rows.begin() + static_cast<std::ptrdiff_t>(m_given));
    m_given = 0;
    const auto middle = static_cast<std::ptrdiff_t>(m_rows.size());
    for (const auto& row : rows) {
      if (row.time >= from && row.time < to) m_rows.push_back(row);
    }
    std::inplace_merge(m_rows.begin(), m_rows.begin() + middle, m_rows.end(), earlier);
  }
  /// Gives out what is before t; false when the visitor stopped.
  bool give_before(base::Instant t) {
    for (; m_given < m_rows.size() && m_rows[m_given].time < t; ++m_given) {
      if (!m_visit(m_rows[m_given])) return false;
    }
    return true;
  }
  bool give_rest() {
    for (; m_given < m_rows.size(); ++m_given) {
      if (!m_visit(m_rows[m_given])) return false;
    }
    return true;
  }

 private:
  const Visit& m_visit;
  std::vector<Fix> m_rows;
  std::size_t m_given{0};
};

/// The chunks of one track (in order of first time) and its rows in memory. False when stopped.
bool visit_track(store::Db& db, const detail::ChunkTable& table, std::span<const Candidate> chunks,
                 std::vector<Fix> memory, base::Instant from, base::Instant to,
                 const Visit& visit) {
  TimeMerge merge(visit);
  std::sort(memory.begin(), memory.end(), earlier);
  merge.add(memory, from, to);
  for (const auto& chunk : chunks) {
    if (!merge.give_before(chunk.first)) return false;
    merge.add(table.read(db, chunk), from, to);
  }
  return merge.give_rest();
}

/// Chunks and memory rows by track, in order of track.
struct ByTrack {
  std::vector<Candidate> chunks;  ///< by track
  std::map<model::TrackId, std::pair<std::span<const Candidate>, std::vector<Fix>>> tracks;

  ByTrack(std::vector<Candidate> found, const std::vector<Fix>& memory) : chunks(std::move(found)) {
    for (std::size_t begin = 0; begin < chunks.size();) {
      std::size_t end = begin;
      while (end < chunks.size() && chunks[end].track == chunks[begin].track) ++end;
      tracks[chunks[begin].track].first = std::span(chunks).subspan(begin, end - begin);
      begin = end;
    }
    for (const auto& row : memory) tracks[row.track].second.push_back(row);
  }
};

/// The last row at or before t among chunks and memory; null when there is none from `oldest` on.
std::optional<Fix> last_of_track(store::Db& db, const detail::ChunkTable& table,
                                 std::span<const Candidate> chunks, const std::vector<Fix>& memory,
                                 base::Instant oldest, base::Instant t) {
  std::optional<Fix> best;
  const auto take = [&](const Fix& row) {
    if (row.time > t || row.time < oldest) return;
    if (!best || earlier(*best, row)) best = row;
  };
  for (const auto& row : memory) take(row);
  std::vector<Candidate> newest(chunks.begin(), chunks.end());
  std::sort(newest.begin(), newest.end(),
            [](const auto& a, const auto& b) { return a.last > b.last; });
  for (const auto& chunk : newest) {
    if (best && best->time > chunk.last) break;
    for (const auto& row : table.read(db, chunk)) take(row);
  }
  return best;
}

/// A chunk being given out in order of offset.
struct Cursor {
  std::vector<Fix> rows;  ///< by offset
  std::size_t next{0};
  std::uint64_t offset() const { return rows[next].offset; }
};

/// Gives out the rows of the chunks by offset. A chunk is opened when its first offset is reached.
bool visit_by_offset(store::Db& db, const detail::ChunkTable& table, std::vector<Candidate> chunks,
                     base::Instant from, base::Instant to, const Visit& visit) {
  std::sort(chunks.begin(), chunks.end(),
            [](const auto& a, const auto& b) { return a.first_offset < b.first_offset; });
  const auto later = [](const Cursor& a, const Cursor& b) { return a.offset() > b.offset(); };
  std::vector<Cursor> open;  // a heap, the least offset on top
  for (std::size_t i = 0; i < chunks.size() || !open.empty();) {
    if (i < chunks.size() && (open.empty() || chunks[i].first_offset <= open.front().offset())) {
      Cursor cursor{table.read(db, chunks[i++])};
      std::erase_if(cursor.rows, [&](const Fix& f) { return f.time < from || f.time >= to; });
      if (cursor.rows.empty()) continue;
      std::sort(cursor.rows.begin(), cursor.rows.end(),
                [](const Fix& a, const Fix& b) { return a.offset < b.offset; });
      open.push_back(std::move(cursor));
      std::push_heap(open.begin(), open.end(), later);
      continue;
    }
    std::pop_heap(open.begin(), open.end(), later);
    Cursor& top = open.back();
    if (!visit(top.rows[top.next++])) return false;
    if (top.next == top.rows.size()) {
      open.pop_back();
    } else {
      std::push_heap(open.begin(), open.end(), later);
    }
  }
  return true;
}

}  // namespace

void Archive::track(model::TrackId track, base::Instant from, base::Instant to,
                    const Visit& visit) const {
  const auto& impl = *m_impl;
  auto memory = impl.rows_in_memory(&track);
  impl.database->read([&](store::Db& db) {
    Impl::drop_applied(memory, detail::ChunkTable::applied_offset(db));
    const auto chunks = detail::ChunkTable::candidates(db, from, to, track);
    visit_track(db, impl.table, chunks, std::move(memory), from, to, visit);
  });
}

bool Archive::box(const geo::Box& box, base::Instant from, base::Instant to, std::size_t limit,
                  const Visit& visit) const {
  const auto& impl = *m_impl;
  auto memory = impl.rows_in_memory(nullptr);
  bool cut = false;
  std::size_t given = 0;
  const Visit inside = [&](const Fix& fix) {
    if (!box.contains(fix.position.degrees())) return true;
    if (given == limit) {
      cut = true;
      return false;
    }
    ++given;
    return visit(fix);
  };
  impl.database->read([&](store::Db& db) {
    Impl::drop_applied(memory, detail::ChunkTable::applied_offset(db));
    std::erase_if(memory, [&](const Fix& fix) { return !box.contains(fix.position.degrees()); });
    ByTrack found(detail::ChunkTable::candidates(db, from, to, std::nullopt, &box), memory);
    for (auto& [id, sources] : found.tracks) {
      if (!visit_track(db, impl.table, sources.first, std::move(sources.second), from, to,
                       inside)) {
        return;
      }
    }
  });
  return cut;
}

void Archive::last(base::Instant t, base::Duration max_age,
                   const std::function<void(const Fix&)>& visit) const {
  const auto& impl = *m_impl;
  auto memory = impl.rows_in_memory(nullptr);
  const base::Instant oldest = t - max_age;
  impl.database->read([&](store::Db& db) {
    Impl::drop_applied(memory, detail::ChunkTable::applied_offset(db));
    const ByTrack found(
        detail::ChunkTable::candidates(db, oldest, t + base::Duration(1), std::nullopt), memory);
    for (const auto& [id, sources] : found.tracks) {
      const auto fix = last_of_track(db, impl.table, sources.first, sources.second, oldest, t);
      if (fix) visit(*fix);
    }
  });
}

void Archive::all(base::Instant from, base::Instant to, const Visit& visit) const {
  const auto& impl = *m_impl;
  auto memory = impl.rows_in_memory(nullptr);
  impl.database->read([&](store::Db& db) {
    Impl::drop_applied(memory, detail::ChunkTable::applied_offset(db));
    auto chunks = detail::ChunkTable::candidates(db, from, to, std::nullopt);
    if (!visit_by_offset(db, impl.table, std::move(chunks), from, to, visit)) return;
    // What waits has higher offsets than everything that is committed.
    std::sort(memory.begin(), memory.end(),
              [](const Fix& a, const Fix& b) { return a.offset < b.offset; });
    for (const auto& row : memory) {
      if (row.time >= from && row.time < to && !visit(row)) return;
    }
  });
}

}  // namespace jinglue::picture
