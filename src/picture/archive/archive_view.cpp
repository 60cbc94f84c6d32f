// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/archive_view.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "picture/archive/archive.hpp"
#include "picture/archive/archive_impl.hpp"

namespace jinglue::picture {
namespace {

using detail::earlier;
using detail::OpenCopy;
using detail::OpenRow;

/// The rows of each track in one go and in order of time, tracks ascending. Memory gives a track
/// in one go but for what a commit is writing.
void put_in_order(OpenCopy& memory) {
  const auto by_track = [](const auto& a, const auto& b) { return a.track < b.track; };
  const auto same = [](const auto& a, const auto& b) { return a.track == b.track; };
  auto& groups = memory.groups;
  std::stable_sort(groups.begin(), groups.end(), by_track);
  if (std::adjacent_find(groups.begin(), groups.end(), same) != groups.end()) {
    OpenCopy joined;
    for (const auto& [track, begin, end] : groups) {
      const bool more = !joined.groups.empty() && joined.groups.back().track == track;
      if (!more) joined.groups.push_back({track, joined.rows.size(), 0});
      joined.rows.insert(joined.rows.end(), memory.rows.begin() + std::ptrdiff_t(begin),
                         memory.rows.begin() + std::ptrdiff_t(end));
      joined.groups.back().end = joined.rows.size();
    }
    memory = std::move(joined);
  }
  for (const auto& [track, begin, end] : memory.groups) {
    const auto rows = std::span(memory.rows).subspan(begin, end - begin);
    if (!std::is_sorted(rows.begin(), rows.end(), earlier)) {
      std::stable_sort(rows.begin(), rows.end(), earlier);
    }
  }
}

/// Cuts off the beginning what fits into one block.
std::span<const OpenRow> take_run(std::span<const OpenRow>& rows) {
  std::size_t size = 1;
  while (size < rows.size() && size < store::kBlockRows &&
         rows[size].time - rows[0].time <= store::kBlockSpan) {
    ++size;
  }
  const auto run = rows.first(size);
  rows = rows.subspan(size);
  return run;
}

}  // namespace

ArchiveView::ArchiveView(detail::BlockReader& reader, std::vector<detail::Candidate> blocks,
                         OpenCopy memory, detail::Period period)
    : m_reader(reader), m_blocks(std::move(blocks)), m_memory(std::move(memory)), m_period(period) {
  for (std::size_t begin = 0; begin < m_blocks.size();) {
    std::size_t end = begin;
    while (end < m_blocks.size() && m_blocks[end].track == m_blocks[begin].track) ++end;
    m_tracks.push_back({m_blocks[begin].track, std::span(m_blocks).subspan(begin, end - begin)});
    begin = end;
  }
  add_memory();
}

void ArchiveView::add_memory() {
  const auto in_file = m_tracks.size();
  std::size_t at = 0;
  put_in_order(m_memory);
  for (const auto& group : m_memory.groups) {
    while (at < in_file && m_tracks[at].id < group.track) ++at;
    const bool known = at < in_file && m_tracks[at].id == group.track;
    if (!known) m_tracks.push_back({group.track, {}});
    auto& track = known ? m_tracks[at] : m_tracks.back();
    track.first_run = m_runs.size();
    auto rows =
        std::span<const OpenRow>(m_memory.rows).subspan(group.begin, group.end - group.begin);
    while (!rows.empty()) m_runs.push_back(take_run(rows));
    track.runs = m_runs.size() - track.first_run;
  }
  std::inplace_merge(m_tracks.begin(), m_tracks.begin() + std::ptrdiff_t(in_file), m_tracks.end(),
                     [](const Track& a, const Track& b) { return a.id < b.id; });
}

std::size_t ArchiveView::parts(std::size_t track) const {
  return m_tracks[track].blocks.size() + m_tracks[track].runs;
}

ArchiveView::Part ArchiveView::part(std::size_t track, std::size_t part) const {
  const auto& [id, blocks, first_run, runs] = m_tracks[track];
  if (part < blocks.size()) return {blocks[part].first, blocks[part].last};
  const auto& run = m_runs[first_run + part - blocks.size()];
  return {run.front().time, run.back().time};
}

std::vector<ArchiveView::PartId> ArchiveView::in_file_order(
    const std::function<bool(const Part&)>& wants) const {
  struct Placed {
    std::int64_t place;  // blocks, then pools, then memory
    PartId id;
  };
  constexpr std::int64_t kPools = std::int64_t{1} << 62;
  std::vector<Placed> order;
  for (std::uint32_t track = 0; track < m_tracks.size(); ++track) {
    const auto blocks = m_tracks[track].blocks;
    for (std::uint32_t at = 0; at < parts(track); ++at) {
      if (!wants(part(track, at))) continue;
      std::int64_t place = INT64_MAX;
      if (at < blocks.size()) place = blocks[at].alone() ? blocks[at].id : kPools - blocks[at].id;
      order.push_back({place, {track, at}});
    }
  }
  std::sort(order.begin(), order.end(), [](const Placed& a, const Placed& b) {
    return std::tie(a.place, a.id.track, a.id.part) < std::tie(b.place, b.id.track, b.id.part);
  });
  std::vector<PartId> out;
  out.reserve(order.size());
  for (const auto& one : order) out.push_back(one.id);
  return out;
}

bool ArchiveView::read(std::size_t track, std::size_t part, store::Columns columns,
                       const std::function<bool(const Piece&)>& visit) {
  const auto& [id, blocks, first_run, runs] = m_tracks[track];
  if (part >= blocks.size()) {
    m_run.clear();
    for (const auto& row : m_runs[first_run + part - blocks.size()]) m_run.push_back(row.fix(id));
    const auto made = store::columns_of(m_run, columns);
    return visit({made, 0, made.rows});
  }
  const auto& block = blocks[part];
  if (m_reader.begins_at_or_after(block, m_period.to, columns)) return true;
  const auto* decoded = m_reader.columns(block, columns);
  if (decoded == nullptr) return true;
  const auto piece = detail::piece_of(*decoded, m_period);
  return piece.begin == piece.end || visit(piece);
}

detail::OpenCopy Archive::Impl::copy_memory(store::Db& db, const detail::Wanted& what) const {
  detail::OpenCopy out;
  take_memory(
      db, nullptr, [&](const detail::OpenRows& rows) { rows.copy(what, out); },
      [&](const std::vector<model::Fix>& rows) {
        for (const auto& row : rows) {
          if (detail::wants(what, row)) out.add(row);
        }
      });
  return out;
}

void Archive::view(const geo::Box& box, base::Instant from, base::Instant to,
                   const std::function<void(ArchiveView&)>& use) const {
  const auto& impl = *m_impl;
  // Of the whole globe rows in memory need no look at their place.
  const detail::Wanted wanted{std::nullopt, std::max(from, base::kDistantPast),
                              std::min(to, base::kDistantFuture),
                              detail::is_global(&box) ? nullptr : &box};
  impl.database->read([&](store::Db& db) {
    auto memory = impl.copy_memory(db, wanted);
    detail::BlockReader reader(db, impl.damaged);
    ArchiveView made(reader, detail::BlockTable::candidates(db, wanted), std::move(memory),
                     {wanted.from, wanted.to});
    use(made);
  });
}

void Archive::scan(const geo::Box& box, base::Instant from, base::Instant to,
                   const std::function<bool(const Piece&)>& visit, store::Columns columns) const {
  view(box, from, to, [&](ArchiveView& found) {
    for (std::size_t track = 0; track < found.tracks(); ++track) {
      for (std::size_t part = 0; part < found.parts(track); ++part) {
        if (!found.read(track, part, columns, visit)) return;
      }
    }
  });
}

}  // namespace jinglue::picture
