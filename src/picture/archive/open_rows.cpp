// SPDX-License-Identifier: Apache-2.0
#include "picture/archive/open_rows.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "store/block/block_columns.hpp"

namespace jinglue::picture::detail {
namespace {

using model::Fix;

/// A block is cut when so many rows follow it, so that one a little late still finds its place.
constexpr std::size_t kSlack = 16;

/// Room grows in small steps once a track is about as long as it becomes: doubling would hold
/// twice the rows of a fleet.
constexpr std::size_t kSmallTrack = 64;
/// So many tracks of a terminal are looked for in memory: more hulls do not share a number. Of
/// later ones the blocks tell.
constexpr std::uint16_t kMostSegments = 256;
constexpr std::size_t kStep = 64;

void make_room(std::vector<OpenRow>& rows) {
  if (rows.size() < rows.capacity() || rows.size() < kSmallTrack) return;
  rows.reserve(rows.size() + std::max(kStep, rows.size() / 8));
}

/// How many of the rows from the beginning, in order of time, make one block.
std::size_t piece_size(const std::vector<OpenRow>& rows, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < rows.size() && end - begin < store::kBlockRows &&
         rows[end].time - rows[begin].time <= store::kBlockSpan) {
    ++end;
  }
  return end - begin;
}

Run run_of(model::TrackId track, std::span<const OpenRow> rows, bool late) {
  Run out{{}, late};
  out.rows.reserve(rows.size());
  for (const auto& row : rows) out.rows.push_back(row.fix(track));
  return out;
}

/// Cuts blocks off the beginning while `least` rows are there; what is left stays.
void cut(model::TrackId track, std::vector<OpenRow>& rows, std::size_t least, bool late,
         std::vector<Run>& out) {
  std::stable_sort(rows.begin(), rows.end(), earlier);
  std::size_t begin = 0;
  while (rows.size() - begin >= std::max<std::size_t>(least, 1)) {
    const auto size = piece_size(rows, begin);
    out.push_back(run_of(track, std::span(rows).subspan(begin, size), late));
    begin += size;
  }
  rows.erase(rows.begin(), rows.begin() + std::ptrdiff_t(begin));
}

enum Present : std::uint8_t { kSog = 1, kCog = 2, kHeading = 4, kStatus = 8 };

template <class T>
std::uint8_t put(const std::optional<T>& value, T& out, Present bit) {
  out = value.value_or(T{0});
  return static_cast<std::uint8_t>(value ? bit : 0);
}

}  // namespace

OpenRow::OpenRow(const Fix& fix)
    : time(fix.time),
      arrival(fix.arrival),
      offset(fix.offset),
      m_position(fix.position),
      m_source(static_cast<std::uint8_t>(fix.source)),
      m_quality(static_cast<std::uint8_t>(fix.quality)) {
  const int bits = put(fix.sog_ckn, m_sog, kSog) | put(fix.cog_cdeg, m_cog, kCog) |
                   put(fix.heading_deg, m_heading, kHeading) |
                   put(fix.nav_status, m_status, kStatus);
  m_present = static_cast<std::uint8_t>(bits);
}

Fix OpenRow::fix(model::TrackId track) const {
  Fix out;
  out.track = track;
  out.time = time;
  out.arrival = arrival;
  out.offset = offset;
  out.position = m_position;
  out.source = static_cast<model::FixSource>(m_source);
  out.quality = static_cast<model::TimeQuality>(m_quality);
  if ((m_present & kSog) != 0) out.sog_ckn = m_sog;
  if ((m_present & kCog) != 0) out.cog_cdeg = m_cog;
  if ((m_present & kHeading) != 0) out.heading_deg = m_heading;
  if ((m_present & kStatus) != 0) out.nav_status = m_status;
  return out;
}

bool wants(const Wanted& wanted, const Fix& fix) {
  return fix.time >= wanted.from && fix.time < wanted.to &&
         (!wanted.track || fix.track == *wanted.track) &&
         (wanted.box == nullptr || wanted.box->contains(fix.position.degrees()));
}

void OpenRows::add(const Fix& fix) {
  auto& track = m_tracks[fix.track];
  make_room(track.rows);
  track.rows.emplace_back(fix);
  track.first = std::min(track.first, fix.time);
  track.last = std::max(track.last, fix.time);
  if (!track.touched) m_touched.push_back(fix.track);
  track.touched = true;
  ++m_count;
}

void OpenRows::take(model::TrackId id, Track& track, std::size_t least, std::vector<Run>& out) {
  if (track.rows.size() < least) return;
  const auto before = out.size();
  std::vector<OpenRow> late;
  std::vector<OpenRow> in_order;
  for (const auto& row : track.rows) {
    (row.time < track.closed ? late : in_order).push_back(row);
  }
  cut(id, in_order, least, false, out);
  if (out.size() > before) track.closed = out.back().rows.back().time;
  cut(id, late, least, true, out);
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

std::vector<Run> OpenRows::take_full(std::size_t limit) {
  std::vector<Run> out;
  while (!m_touched.empty() && out.size() < limit) {
    const auto id = m_touched.back();
    m_touched.pop_back();
    auto& track = m_tracks[id];
    track.touched = false;
    take(id, track, store::kBlockRows + kSlack, out);
  }
  return out;
}

std::vector<Run> OpenRows::take_idle(base::Instant before, std::size_t limit) {
  std::vector<Run> out;
  for (auto& [id, track] : m_tracks) {
    if (out.size() >= limit) break;
    if (!track.rows.empty() && track.last < before) take(id, track, 1, out);
  }
  return out;
}

std::vector<model::TrackId> OpenRows::tracks_of(model::TerminalId terminal) const {
  std::vector<model::TrackId> out;
  for (std::uint16_t segment = 0; segment < kMostSegments; ++segment) {
    if (m_tracks.contains({terminal, segment})) out.push_back({terminal, segment});
  }
  return out;
}

std::vector<Part> OpenRows::unwritten(bool all) {
  std::vector<Part> out;
  for (auto& [id, track] : m_tracks) {
    const bool whole = std::exchange(track.cut, false) || all;
    const Part part{id, whole ? 0 : track.written, track.rows.size()};
    if (part.begin < part.end) out.push_back(part);
    track.written = part.end;
  }
  std::sort(out.begin(), out.end(), [](const Part& a, const Part& b) { return a.track < b.track; });
  return out;
}

void OpenRows::rows_of(const Part& part, std::vector<Fix>& out) const {
  const auto found = m_tracks.find(part.track);
  if (found == m_tracks.end()) return;
  const auto& rows = found->second.rows;
  const auto first = std::ptrdiff_t(out.size());
  for (auto i = part.begin; i < std::min(part.end, rows.size()); ++i) {
    out.push_back(rows[i].fix(part.track));
  }
  std::stable_sort(out.begin() + first, out.end(), earlier);
}

/// The last row before `to`, of equal times the one that arrived last. Mostly it is near the end.
const OpenRow* OpenRows::last_of(const Track& track, base::Instant to) {
  const OpenRow* out = nullptr;
  for (auto row = track.rows.rbegin(); row != track.rows.rend(); ++row) {
    if (row->time >= to || (out != nullptr && earlier(*row, *out))) continue;
    if (out == nullptr || earlier(*out, *row)) out = &*row;
    if (out->time >= track.last) break;
  }
  return out;
}

void OpenCopy::add(const Fix& fix) {
  if (groups.empty() || groups.back().track != fix.track) {
    groups.push_back({fix.track, rows.size(), rows.size()});
  }
  rows.emplace_back(fix);
  ++groups.back().end;
}

void OpenRows::copy(const Wanted& wanted, OpenCopy& out) const {
  if (wanted.box == nullptr) out.rows.reserve(m_count);
  for (const auto& [id, track] : m_tracks) {
    if (track.rows.empty() || track.last < wanted.from || track.first >= wanted.to) continue;
    const bool whole =
        wanted.box == nullptr && track.first >= wanted.from && track.last < wanted.to;
    if (whole) {
      const auto begin = out.rows.size();
      out.rows.insert(out.rows.end(), track.rows.begin(), track.rows.end());
      out.groups.push_back({id, begin, out.rows.size()});
      continue;
    }
    for (const auto& row : track.rows) {
      if (row.time < wanted.from || row.time >= wanted.to) continue;
      const auto fix = row.fix(id);
      if (wants(wanted, fix)) out.add(fix);
    }
  }
}

void OpenRows::visit(const Wanted& wanted,
                     const std::function<void(const model::Fix&)>& visit) const {
  const auto of_track = [&](model::TrackId id, const Track& track) {
    if (track.last < wanted.from || track.first >= wanted.to) return;
    if (wanted.last_only) {
      if (const auto* row = last_of(track, wanted.to)) visit(row->fix(id));
      return;
    }
    for (const auto& row : track.rows) {
      if (row.time < wanted.from || row.time >= wanted.to) continue;
      const auto fix = row.fix(id);
      if (wants(wanted, fix)) visit(fix);
    }
  };
  if (wanted.track) {
    const auto found = m_tracks.find(*wanted.track);
    if (found != m_tracks.end()) of_track(found->first, found->second);
    return;
  }
  for (const auto& [id, track] : m_tracks) of_track(id, track);
}

}  // namespace jinglue::picture::detail
