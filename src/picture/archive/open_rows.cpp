// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/open_rows.hpp"

#include <algorithm>
#include <utility>

#include "store/block/block_columns.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;

/// A block is cut when so many rows follow it, so that one a little late still finds its place.
constexpr std::size_t kSlack = 16;

/// How many of the rows from the beginning, in order of time, make one block.
std::size_t piece_size(const std::vector<Fix>& rows, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < rows.size() && end - begin < store::kBlockRows &&
         rows[end].time - rows[begin].time <= store::kBlockSpan) {
    ++end;
  }
  return end - begin;
}

/// Cuts blocks off the beginning while `least` rows are there; what is left stays.
void cut(std::vector<Fix>& rows, std::size_t least, bool late, std::vector<Run>& out) {
  std::stable_sort(rows.begin(), rows.end(), earlier);
  std::size_t begin = 0;
  while (rows.size() - begin >= std::max<std::size_t>(least, 1)) {
    const auto size = piece_size(rows, begin);
    const auto from = rows.begin() + std::ptrdiff_t(begin);
    out.push_back({std::vector<Fix>(from, from + std::ptrdiff_t(size)), late});
    begin += size;
  }
  rows.erase(rows.begin(), rows.begin() + std::ptrdiff_t(begin));
}

}  // namespace

bool wants(const Wanted& wanted, const Fix& fix) {
  return fix.time >= wanted.from && fix.time < wanted.to &&
         (!wanted.track || fix.track == *wanted.track) &&
         (wanted.box == nullptr || wanted.box->contains(fix.position.degrees()));
}

void OpenRows::add(const Fix& fix) {
  auto& track = m_tracks[fix.track];
  track.rows.push_back(fix);
  track.first = std::min(track.first, fix.time);
  track.last = std::max(track.last, fix.time);
  if (!track.touched) m_touched.push_back(fix.track);
  track.touched = true;
  ++m_count;
}

void OpenRows::take(Track& track, std::size_t least, std::vector<Run>& out) {
  if (track.rows.size() < least) return;
  const auto before = out.size();
  std::vector<Fix> late;
  std::vector<Fix> in_order;
  for (const auto& row : track.rows) {
    (row.time < track.closed ? late : in_order).push_back(row);
  }
  cut(in_order, least, false, out);
  if (out.size() > before) track.closed = out.back().rows.back().time;
  cut(late, least, true, out);
  if (out.size() == before) return;
  track.cut = true;
  track.rows = std::move(in_order);
  track.rows.insert(track.rows.end(), late.begin(), late.end());
  std::stable_sort(track.rows.begin(), track.rows.end(), arrived_before);
  track.rows.shrink_to_fit();
  track.first = base::kDistantFuture;
  track.last = base::kDistantPast;
  for (const auto& row : track.rows) {
    track.first = std::min(track.first, row.time);
    track.last = std::max(track.last, row.time);
  }
  for (auto run = before; run < out.size(); ++run) m_count -= out[run].rows.size();
}

std::vector<Run> OpenRows::take_full() {
  std::vector<Run> out;
  for (const auto id : m_touched) {
    auto& track = m_tracks[id];
    track.touched = false;
    take(track, store::kBlockRows + kSlack, out);
  }
  m_touched.clear();
  return out;
}

std::vector<Run> OpenRows::take_idle(base::Instant before, std::size_t limit) {
  std::vector<Run> out;
  for (auto& [id, track] : m_tracks) {
    if (out.size() >= limit) break;
    if (!track.rows.empty() && track.last < before) take(track, 1, out);
  }
  return out;
}

std::vector<Fix> OpenRows::everything() const {
  std::vector<Fix> out;
  out.reserve(m_count);
  for (const auto& [id, track] : m_tracks) {
    out.insert(out.end(), track.rows.begin(), track.rows.end());
  }
  return out;
}

void OpenRows::all_written() {
  for (auto& [id, track] : m_tracks) track.written = track.rows.size();
}

std::vector<Fix> OpenRows::unwritten() {
  std::vector<Fix> out;
  for (auto& [id, track] : m_tracks) {
    const auto begin = std::exchange(track.cut, false) ? 0 : track.written;
    out.insert(out.end(), track.rows.begin() + std::ptrdiff_t(begin), track.rows.end());
    track.written = track.rows.size();
  }
  return out;
}

void OpenRows::visit(const Wanted& wanted,
                     const std::function<void(const model::Fix&)>& visit) const {
  const auto of_track = [&](const Track& track) {
    if (track.last < wanted.from || track.first >= wanted.to) return;
    for (const auto& row : track.rows) {
      if (wants(wanted, row)) visit(row);
    }
  };
  if (wanted.track) {
    const auto found = m_tracks.find(*wanted.track);
    if (found != m_tracks.end()) of_track(found->second);
    return;
  }
  for (const auto& [id, track] : m_tracks) of_track(track);
}

}  // namespace jinglue::picture::detail
