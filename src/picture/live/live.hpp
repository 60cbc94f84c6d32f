// SPDX-License-Identifier: Apache-2.0
// Live: the last state of every track and vessel. The pipeline thread applies, everyone else reads
// immutable snapshots: chunks of 256 entries, copied only when dirty, so that a reader never blocks
// the writer. One entry per vessel (its freshest terminal; the others one click away) or per
// unmatched track. Handles are given by first appearance in journal order and never reused: of the
// tracks of a vessel the one that appeared first draws it, the others are merged into it. What has
// not been heard for long leaves the picture (expire) and stays in the archive; when it is heard
// again it appears anew.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/instant.hpp"
#include "model/fix.hpp"
#include "model/vessel.hpp"
#include "picture/berth/berth_watch.hpp"
#include "picture/live/chunk_pages.hpp"

namespace jinglue::picture {

/// What the terminals of an entry have said of themselves, merged.
struct StaticState {
  /// What few senders say (NAF) and so stands apart: most entries have none.
  struct Marks {
    std::string side_number;
    std::string flag;  ///< as stated; FlagTable::code_of() reads it
    friend bool operator==(const Marks&, const Marks&) = default;
  };
  std::string name, call_sign, destination;
  std::uint32_t imo{0};                   ///< 0 = not known
  std::optional<std::uint8_t> ship_type;  ///< M.1371 table 53
  std::optional<model::Dimensions> dimensions;
  std::optional<std::uint8_t> draught_dm;
  std::shared_ptr<const Marks> marks;  // shared by copies, never changed; null = none

  std::string_view side_number() const {
    return marks ? std::string_view(marks->side_number) : std::string_view();
  }
  std::string_view flag() const {
    return marks ? std::string_view(marks->flag) : std::string_view();
  }
  void mark(std::string_view side_number, std::string_view flag);  ///< both empty: none
  friend bool operator==(const StaticState& a, const StaticState& b);
};

struct LiveEntry {
  std::uint32_t handle{0};
  std::uint64_t version{0};  ///< journal offset of the last change of this entry
  model::Fix fix;            ///< freshest
  model::VesselKind kind{model::VesselKind::kUnknown};
  bool class_b{false};
  bool merged{false};  ///< became part of another entry; not drawn
  std::uint32_t merged_into{0};
  std::shared_ptr<const model::VesselFacts> vessel;  // shared with Identity; null = 未匹配登记
  std::shared_ptr<const StaticState> stated;         // shared: copied on change
  std::vector<model::Fix> others;                    ///< last fix of the vessel's other terminals
  BerthState berth;
  std::uint8_t open_findings{0};
  std::uint8_t severity{0};  ///< highest open finding
  std::string name() const;  ///< register's, else stated, else the terminal's number
};

/// For how long a track that is not heard stays in the picture. Those that a record of the register
/// claims stay longer: they are few, and where a boat was last seen matters for a whole season.
struct Expiry {
  base::Duration unmatched{std::chrono::hours(24 * 7)};
  base::Duration registered{std::chrono::hours(24 * 366)};
};

class LiveSnapshot {
 public:
  static constexpr std::size_t kChunk = 256;
  /// Entries of handles [256 i, 256 i + 256), ascending; those that expired are absent.
  using Chunk = std::vector<LiveEntry, ChunkPages<LiveEntry, kChunk>>;

  std::uint64_t offset{0};                     ///< journal offset it stands for
  base::Instant now;                           ///< clock of the data folder
  std::size_t size() const { return m_size; }  ///< entries that are drawn (not merged)
  const LiveEntry* find(std::uint32_t handle) const;
  const LiveEntry* find(model::TrackId track) const;  ///< also through merged entries
  const LiveEntry* find_vessel(std::string_view record_id) const;
  /// The entries that are drawn, in order of handle; merged ones are only in chunks().
  void for_each(const std::function<void(const LiveEntry&)>& visit) const;
  /// By name, MMSI, side number, call sign (register's and stated), terminal number: whole, then
  /// beginning, then part of it; letters in either case, full-width as ASCII.
  std::vector<const LiveEntry*> search(std::string_view text, std::size_t limit) const;
  /// Chunks are compared by address to find what changed since an older snapshot.
  const std::vector<std::shared_ptr<const Chunk>>& chunks() const { return m_chunks; }

 private:
  friend class Live;
  std::vector<std::shared_ptr<const Chunk>> m_chunks;  // shared between snapshots until dirty
  std::shared_ptr<const struct LiveIndex> m_index;     // shared: track and record id -> handle
  std::size_t m_size{0};
};

class Identity;

class Live {
 public:
  explicit Live(const Identity& identity);
  ~Live();

  void set_berths(std::shared_ptr<const BerthMap> berths);  // shared with detect
  /// False when the fix is older than the entry's of the same track (still archived and ruled). A
  /// time in the future of its own arrival (a wrong clock) counts as the arrival here, so that it
  /// cannot stop the track.
  bool apply(const model::Fix& fix);
  void apply(const model::StaticReport& report);
  /// Positions of these come soon: brings near what apply() will read. At most kAhead at once.
  void expect(std::span<const model::TerminalId> terminals) const;
  static constexpr std::size_t kAhead = 32;
  /// A register change: re-attributes the terminals' entries.
  void refresh(const std::vector<model::TerminalId>& terminals, std::uint64_t offset);
  /// Open findings of a subject, for the flags of the symbol.
  void set_findings(const std::string& subject_id, std::uint8_t open, std::uint8_t severity,
                    std::uint64_t offset);
  /// The entry that draws the track (its vessel's, when merged); null when never positioned.
  const LiveEntry* entry(model::TrackId track) const;
  std::size_t size() const;       ///< handles given so far
  std::size_t alive() const;      ///< tracks with a place in the picture
  std::uint64_t expired() const;  ///< tracks that have left it

  /// Takes out what was not heard for too long before `now`, the time of the feed: a function of
  /// the journal, so that a replay gives the same picture. The caller chooses how often.
  void expire(base::Instant now, const Expiry& expiry, std::uint64_t offset);

  /// Makes the changes visible; called some ten to fifty times a second by the pipeline thread.
  void publish(std::uint64_t offset, base::Instant now);
  /// From any thread.
  std::shared_ptr<const LiveSnapshot> snapshot() const;

  void save(base::ByteWriter& out) const;
  /// Identity must be loaded before. Findings' flags are part of it.
  bool load(base::ByteReader& in);

 private:
  struct Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace jinglue::picture
