// SPDX-License-Identifier: Apache-2.0
// OpenRows: the rows that are in no block yet, by track, and the choice of what becomes a block. A
// row that is older than the end of its track's last block is late: late rows fill blocks of their
// own, so that they do not stretch the others in time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

#include "geo/point.hpp"
#include "model/fix.hpp"

namespace jinglue::picture::detail {

/// Of Fix and OpenRow.
constexpr auto earlier = [](const auto& a, const auto& b) {
  return a.time != b.time ? a.time < b.time : a.offset < b.offset;
};
constexpr auto arrived_before = [](const auto& a, const auto& b) { return a.offset < b.offset; };

/// A Fix without its track in two thirds of the space: a fleet's open rows are most of the memory
/// that a station needs.
class OpenRow {
 public:
  explicit OpenRow(const model::Fix& fix);
  model::Fix fix(model::TrackId track) const;

  base::Instant time, arrival;
  std::uint64_t offset{0};

 private:
  geo::Position m_position;
  std::uint16_t m_sog{0}, m_cog{0}, m_heading{0};
  std::uint8_t m_status{0};
  std::uint8_t m_source{0};
  std::uint8_t m_quality{0};
  std::uint8_t m_present{0};  ///< bits: sog, cog, heading, status
};
static_assert(sizeof(OpenRow) <= 48);

/// Rows that become one block: of one track, in order of time, equal times by offset.
struct Run {
  std::vector<model::Fix> rows;
  bool late{false};
};

/// Rows of a track, [begin, end) as they were added, that a commit brings to the file.
struct Part {
  model::TrackId track;
  std::size_t begin{0}, end{0};
};

/// What a question wants from memory; an absent part means all.
struct Wanted {
  std::optional<model::TrackId> track;
  base::Instant from, to;  ///< [from, to)
  const geo::Box* box{nullptr};
  /// The last row of each track is enough; others may come too.
  bool last_only{false};
};

/// Rows copied out of memory, a track mostly in one go.
struct OpenCopy {
  struct Group {
    model::TrackId track;
    std::size_t begin{0}, end{0};  ///< of `rows`
  };
  std::vector<OpenRow> rows;
  std::vector<Group> groups;

  void add(const model::Fix& fix);
};

class OpenRows {
 public:
  /// `closed`: the end of the track's last block in order.
  void know(model::TrackId track, base::Instant closed) { m_tracks[track].closed = closed; }
  void add(const model::Fix& fix);
  std::size_t count() const { return m_count; }
  std::size_t tracks() const { return m_tracks.size(); }

  /// Removes and returns the rows that fill blocks, of tracks that got rows since the last call;
  /// about `limit` runs, the others with the next call.
  std::vector<Run> take_full(std::size_t limit = SIZE_MAX);
  /// Removes and returns the rows of tracks whose newest row is older than `before`: they wait in
  /// vain. At most `limit` runs.
  std::vector<Run> take_idle(base::Instant before, std::size_t limit);
  /// The rows added since the last call, and all rows of the tracks that runs were taken from since
  /// then: what waits in the file of these is void. `all`: every row. By track. They stay where
  /// they are until runs are taken again.
  std::vector<Part> unwritten(bool all = false);
  /// Appends copies, in order of time.
  void rows_of(const Part& part, std::vector<model::Fix>& out) const;
  /// All that were ever known.
  std::vector<model::TrackId> tracks_of(model::TerminalId terminal) const;
  void visit(const Wanted& wanted, const std::function<void(const model::Fix&)>& visit) const;
  /// The same rows, of all tracks, quickly.
  void copy(const Wanted& wanted, OpenCopy& out) const;

 private:
  struct Track {
    std::vector<OpenRow> rows;  ///< as they were added
    std::size_t written{0};     ///< of these, from the beginning, are in the file
    base::Instant closed{base::kDistantPast};
    base::Instant first{base::kDistantFuture}, last{base::kDistantPast};  ///< of rows, or wider
    bool touched{false};
    bool cut{false};
  };
  void take(model::TrackId id, Track& track, std::size_t least, std::vector<Run>& out);
  static const OpenRow* last_of(const Track& track, base::Instant to);

  std::unordered_map<model::TrackId, Track> m_tracks;
  std::vector<model::TrackId> m_touched;
  std::size_t m_count{0};
};

bool wants(const Wanted& wanted, const model::Fix& fix);

}  // namespace jinglue::picture::detail
