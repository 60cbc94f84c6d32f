// SPDX-License-Identifier: Apache-2.0
// The query verbs of the archive: blocks of one database snapshot merged with the rows that were in
// memory at that moment (archive_impl.hpp says why that is exact).
#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <utility>

#include "picture/archive/archive.hpp"
#include "picture/archive/archive_impl.hpp"
#include "picture/archive/block_reader.hpp"
#include "picture/archive/last_table.hpp"
#include "picture/archive/piece.hpp"
#include "picture/archive/track_rows.hpp"

namespace jinglue::picture {
namespace {

using detail::BlockReader;
using detail::Candidate;
using detail::earlier;
using detail::kOfMemory;
using detail::last_row;
using detail::visit_track;
using detail::Wanted;
using model::Fix;

using Visit = std::function<bool(const Fix&)>;

/// What the vessel said, without arrival and offset: rows of memory.
std::vector<Fix> said_only(std::vector<Fix> rows) {
  detail::put_in_order(rows);
  for (auto& row : rows) {
    row.arrival = row.time;
    row.offset = kOfMemory;
  }
  return rows;
}

/// Blocks and memory rows by track, in order of track. Rows first, then the blocks.
struct ByTrack {
  std::vector<Candidate> blocks;  ///< by track
  std::map<model::TrackId, std::pair<std::span<const Candidate>, std::vector<Fix>>> tracks;

  void add(const Fix& row) {
    // Memory gives the rows of a track mostly in one go.
    if (m_rows == nullptr || m_rows->front().track != row.track) m_rows = &tracks[row.track].second;
    m_rows->push_back(row);
  }
  void add(std::vector<Candidate> found) {
    blocks = std::move(found);
    for (std::size_t begin = 0; begin < blocks.size();) {
      std::size_t end = begin;
      while (end < blocks.size() && blocks[end].track == blocks[begin].track) ++end;
      tracks[blocks[begin].track].first = std::span(blocks).subspan(begin, end - begin);
      begin = end;
    }
  }

 private:
  std::vector<Fix>* m_rows{nullptr};
};

/// Of rows that come in any order the last of each track.
std::vector<Fix> last_only(std::vector<Fix> rows) {
  std::sort(rows.begin(), rows.end(), [](const Fix& a, const Fix& b) {
    return std::tie(a.track, a.time, a.offset) < std::tie(b.track, b.time, b.offset);
  });
  std::vector<Fix> out;
  for (const auto& row : rows) {
    if (out.empty() || out.back().track != row.track) out.push_back(row);
    out.back() = row;
  }
  for (auto& row : out) row.arrival = row.time;
  return out;
}

/// When a row arrived; rows of which that is not known come first, by event time, as do the rows of
/// one offset.
struct Arrival {
  std::uint64_t offset{0};
  std::int64_t ms{INT64_MIN};
  auto operator<=>(const Arrival&) const = default;
};
Arrival arrival_of(const Fix& fix) {
  return {fix.offset, fix.time.ms};
}

/// Rows being given out in order of arrival.
struct Cursor {
  std::vector<Fix> rows;  ///< in that order
  std::size_t next{0};
  Arrival arrival() const { return arrival_of(rows[next]); }
};

/// Gives out the rows of blocks and memory in order of arrival. A block is opened when its first
/// arrival is reached.
class ArrivalMerge {
 public:
  ArrivalMerge(BlockReader& reader, store::Db& receptions, const Wanted& wanted)
      : m_reader(reader), m_receptions(receptions), m_wanted(wanted) {}

  void add(std::vector<Fix> rows) {
    std::erase_if(rows, [&](const Fix& fix) { return !detail::wants(m_wanted, fix); });
    if (rows.empty()) return;
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Fix& a, const Fix& b) { return arrival_of(a) < arrival_of(b); });
    m_open.push_back({std::move(rows)});
    std::push_heap(m_open.begin(), m_open.end(), later);
  }
  void give(const std::vector<Candidate>& blocks, const Visit& visit) {
    const auto order = ordered(blocks);
    for (std::size_t i = 0; i < order.size() || !m_open.empty();) {
      const bool opens =
          i < order.size() && (m_open.empty() || order[i].first <= m_open.front().arrival());
      if (opens) {
        add(m_reader.rows(*order[i++].second, m_wanted.from, m_wanted.to));
      } else if (!give_one(visit)) {
        return;
      }
    }
  }

 private:
  using Ordered = std::vector<std::pair<Arrival, const Candidate*>>;
  static bool later(const Cursor& a, const Cursor& b) { return a.arrival() > b.arrival(); }

  Ordered ordered(const std::vector<Candidate>& blocks) {
    Ordered out;
    out.reserve(blocks.size());
    for (const auto& block : blocks) {
      const auto offset = detail::ReceptionStore::first_offset(m_receptions, block.id).value_or(0);
      out.push_back({{offset, offset == 0 ? block.first.ms : INT64_MIN}, &block});
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return out;
  }
  bool give_one(const Visit& visit) {
    std::pop_heap(m_open.begin(), m_open.end(), later);
    Cursor& top = m_open.back();
    if (!visit(top.rows[top.next++])) return false;
    if (top.next == top.rows.size()) {
      m_open.pop_back();
    } else {
      std::push_heap(m_open.begin(), m_open.end(), later);
    }
    return true;
  }

  BlockReader& m_reader;
  store::Db& m_receptions;
  Wanted m_wanted;
  std::vector<Cursor> m_open;  ///< a heap, the first arrival on top
};

/// The units whose degrees lie in a box, so that rows need not be turned into degrees.
class UnitBox {
 public:
  explicit UnitBox(const geo::Box& box)
      : m_south(first_from(box.south_deg)),
        m_north(last_up_to(box.north_deg)),
        m_west(first_from(box.west_deg)),
        m_east(last_up_to(box.east_deg)) {}
  bool contains(geo::Position p) const {
    return p.lat >= m_south && p.lat <= m_north && p.lon >= m_west && p.lon <= m_east;
  }

 private:
  static constexpr double kFarthest_deg = 400;  // no position comes so far
  static double degrees(std::int64_t unit) { return double(unit) / geo::Position::kUnitsPerDegree; }
  static std::int64_t first_from(double bound) {
    bound = std::clamp(bound, -kFarthest_deg, kFarthest_deg);
    auto unit = static_cast<std::int64_t>(bound * geo::Position::kUnitsPerDegree) - 2;
    while (degrees(unit) < bound) ++unit;
    return unit;
  }
  static std::int64_t last_up_to(double bound) {
    bound = std::clamp(bound, -kFarthest_deg, kFarthest_deg);
    auto unit = static_cast<std::int64_t>(bound * geo::Position::kUnitsPerDegree) + 2;
    while (degrees(unit) > bound) --unit;
    return unit;
  }
  std::int64_t m_south, m_north, m_west, m_east;
};

/// Rows inside a box, not more than so many.
class BoxSink : public detail::RowSink {
 public:
  BoxSink(const geo::Box& box, std::size_t limit, const Visit& visit)
      : m_box(box), m_left(limit), m_visit(visit) {}
  bool rows(const Piece& piece) override {
    for (std::size_t i = piece.begin; i < piece.end; ++i) {
      if (!m_box.contains(piece.columns.position_at(i))) continue;
      if (!give(piece.columns.fix_at(i))) return false;
    }
    return true;
  }
  bool row(const Fix& fix) override { return !m_box.contains(fix.position) || give(fix); }
  bool cut() const { return m_cut; }

 private:
  bool give(const Fix& fix) {
    m_cut = m_left == 0;
    if (m_cut) return false;
    --m_left;
    return m_visit(fix);
  }

  UnitBox m_box;
  std::size_t m_left;
  const Visit& m_visit;
  bool m_cut{false};
};

}  // namespace

void Archive::track(model::TrackId track, base::Instant from, base::Instant to,
                    const Visit& visit) const {
  detail::FixSink sink(visit);
  m_impl->visit_track(track, from, to, store::Columns::kAll, sink);
}

void Archive::track_columns(model::TrackId track, base::Instant from, base::Instant to,
                            const std::function<bool(const Piece&)>& visit,
                            store::Columns columns) const {
  detail::PieceSink sink(visit, columns);
  if (m_impl->visit_track(track, from, to, columns, sink)) sink.finish();
}

bool Archive::Impl::visit_track(model::TrackId track, base::Instant from, base::Instant to,
                                store::Columns columns, detail::RowSink& sink) const {
  const Wanted what{track, from, to};
  return database->read([&](store::Db& db) {
    auto memory = said_only(rows_in_memory(db, nullptr, what));
    BlockReader reader(db, damaged);
    const auto blocks = detail::BlockTable::candidates(db, what);
    reader.expect(blocks);
    return detail::visit_track(reader, blocks, std::move(memory), {from, to}, columns, sink);
  });
}

void Archive::received(model::TrackId track, base::Instant from, base::Instant to,
                       const Visit& visit) const {
  const auto& impl = *m_impl;
  const Wanted wanted{track, from, to};
  impl.read_both([&](store::Db& db, store::Db& receptions) {
    auto memory = impl.rows_in_memory(db, &receptions, wanted);
    BlockReader reader(db, impl.damaged, &receptions);
    const auto blocks = detail::BlockTable::candidates(db, wanted);
    detail::FixSink sink(visit);
    visit_track(reader, blocks, std::move(memory), {from, to}, store::Columns::kAll, sink);
  });
}

bool Archive::box(const geo::Box& box, base::Instant from, base::Instant to, std::size_t limit,
                  const Visit& visit) const {
  const auto& impl = *m_impl;
  BoxSink inside(box, limit, visit);
  const Wanted wanted{std::nullopt, from, to, &box};
  impl.database->read([&](store::Db& db) {
    ByTrack found;
    impl.visit_memory(db, nullptr, wanted, [&](const Fix& row) { found.add(row); });
    found.add(detail::BlockTable::candidates(db, wanted));
    BlockReader reader(db, impl.damaged);
    for (auto& [id, sources] : found.tracks) {
      auto memory = said_only(std::exchange(sources.second, {}));  // one track's a second time
      if (!visit_track(reader, sources.first, std::move(memory), {from, to}, store::Columns::kAll,
                       inside)) {
        return;
      }
    }
  });
  return inside.cut();
}

void Archive::last(base::Instant t, base::Duration max_age,
                   const std::function<void(const Fix&)>& visit) const {
  const auto& impl = *m_impl;
  const base::Instant oldest = t - max_age;
  Wanted wanted{std::nullopt, oldest, t + base::Duration(1)};
  wanted.last_only = true;
  impl.database->read([&](store::Db& db) {
    const auto memory = last_only(impl.rows_in_memory(db, nullptr, wanted));
    const auto kept = detail::LastTable::read(db, oldest, t, memory);
    BlockReader reader(db, impl.damaged);
    auto blocks = detail::LastTable::blocks_of(db, kept, oldest, t);
    ByTrack found;
    for (const auto& row : kept.rows) found.add(row);
    for (const auto& row : memory) found.add(row);  // they arrived later
    found.add(std::move(blocks));
    for (const auto& [id, sources] : found.tracks) {
      const auto fix = last_row(reader, sources.first, sources.second, oldest, t);
      if (fix) visit(*fix);
    }
  });
}

std::vector<model::TrackId> Archive::tracks_of(model::TerminalId terminal) const {
  const auto& impl = *m_impl;
  auto out = impl.database->read(
      [&](store::Db& db) { return detail::BlockTable::tracks_of(db, terminal); });
  {
    const std::lock_guard lock(impl.mutex);
    const auto open = impl.open.tracks_of(terminal);
    out.insert(out.end(), open.begin(), open.end());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void Archive::all(base::Instant from, base::Instant to, const Visit& visit) const {
  const auto& impl = *m_impl;
  const Wanted wanted{std::nullopt, from, to};
  impl.read_both([&](store::Db& db, store::Db& receptions) {
    auto memory = impl.rows_in_memory(db, &receptions, wanted);
    BlockReader reader(db, impl.damaged, &receptions);
    ArrivalMerge merge(reader, receptions, wanted);
    merge.add(std::move(memory));
    merge.give(detail::BlockTable::candidates(db, wanted), visit);
  });
}

bool Archive::Impl::scan_blocks(store::Db& db, const Wanted& what, store::Columns columns,
                                const std::function<bool(const Piece&)>& visit) const {
  BlockReader reader(db, damaged);
  for (const auto& block : detail::BlockTable::candidates(db, what)) {
    if (reader.begins_at_or_after(block, what.to, columns)) continue;
    const auto* decoded = reader.columns(block, columns);
    if (decoded == nullptr) continue;
    const auto piece = detail::piece_of(*decoded, {what.from, what.to});
    if (piece.begin < piece.end && !visit(piece)) return false;
  }
  return true;
}

}  // namespace jinglue::picture
