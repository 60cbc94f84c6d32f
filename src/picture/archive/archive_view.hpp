// SPDX-License-Identifier: Apache-2.0
// ArchiveView: what the archive holds of an area and a period at one moment, by track, in parts
// that are decoded when they are asked for. A question that can tell from the times of a part
// whether it matters reads only those that do, and may come back to a track. Made by
// Archive::view().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "picture/archive/block_reader.hpp"
#include "picture/archive/piece.hpp"
#include "picture/archive/track_rows.hpp"

namespace jinglue::picture {

class ArchiveView {
 public:
  /// A block, a run of a pool, or up to 256 rows of memory: no row is before `first` or after
  /// `last`.
  struct Part {
    base::Instant first, last;
  };

  /// `blocks`: by track and first time; `memory`: rows of the period.
  ArchiveView(detail::BlockReader& reader, std::vector<detail::Candidate> blocks,
              detail::OpenCopy memory, detail::Period period);

  struct PartId {
    std::uint32_t track{0}, part{0};
  };

  std::size_t tracks() const { return m_tracks.size(); }
  /// Ascending.
  model::TrackId track(std::size_t track) const { return m_tracks[track].id; }
  /// Blocks in order of their first time, then rows of memory in order of time.
  std::size_t parts(std::size_t track) const;
  Part part(std::size_t track, std::size_t part) const;
  /// Those that `wants` takes, in the order in which they lie in the file: the quickest to read.
  std::vector<PartId> in_file_order(const std::function<bool(const Part&)>& wants) const;
  /// Gives out the part's rows of the period, if it has some. False when the visitor stopped.
  bool read(std::size_t track, std::size_t part, store::Columns columns,
            const std::function<bool(const Piece&)>& visit);

 private:
  struct Track {
    model::TrackId id;
    std::span<const detail::Candidate> blocks;
    std::size_t first_run{0}, runs{0};  ///< of memory
  };
  void add_memory();

  detail::BlockReader& m_reader;
  std::vector<detail::Candidate> m_blocks;
  detail::OpenCopy m_memory;
  detail::Period m_period;
  std::vector<std::span<const detail::OpenRow>> m_runs;
  std::vector<model::Fix> m_run;  ///< the one that is being given out
  std::vector<Track> m_tracks;
};

}  // namespace jinglue::picture
