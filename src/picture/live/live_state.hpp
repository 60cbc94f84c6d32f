// SPDX-License-Identifier: Apache-2.0
// Live::Impl: the writer's side of the live picture. Every track keeps what it said last; entries
// are derived: a group of tracks (those that one vessel claims, or a single unmatched track) has
// one entry that draws it, at the smallest handle of the group.
// Invariant: Track::owner is what Identity answers for the track at the time of its last fix.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/large_pages.hpp"
#include "picture/live/live.hpp"
#include "picture/live/live_index.hpp"
#include "picture/live/pool.hpp"
#include "picture/live/stated_parts.hpp"
#include "picture/live/terminal_map.hpp"

namespace jinglue::picture {

/// The time by which fixes are compared: a fix more than ten minutes in the future of its own
/// arrival has a wrong clock and counts as its arrival.
base::Instant order_time(const model::Fix& fix);
/// a is the better last fix: later, or as late and received later.
bool fresher(const model::Fix& a, const model::Fix& b);

struct Live::Impl {
  using Handle = std::uint32_t;
  static constexpr std::size_t kChunk = LiveSnapshot::kChunk;

  /// What every position reads and writes stands first.
  struct alignas(base::kCacheLine) Track {
    model::TrackId id;
    Handle handle{kNoHandle};                          ///< none until its first fix
    model::VesselKind kind{model::VesselKind::kGear};  ///< without a register; see kind.hpp
    std::optional<std::uint8_t> ship_type;             ///< of `stated`
    std::shared_ptr<const model::VesselFacts> owner;   // shared with Identity
    const std::vector<Handle>* group{nullptr};         ///< in by_vessel; null = not owned
    base::Instant heard{base::kDistantPast};           ///< arrival of what it said last
    Track* next{nullptr};                              ///< another segment of the same terminal
    model::Fix fix;
    std::shared_ptr<const StaticState> stated;  // shared with entries; null = nothing said
    StatedParts parts;                          ///< of `stated`
    base::Instant stated_at{base::kDistantPast};

    void state(std::shared_ptr<const StaticState> said) {
      ship_type = said == nullptr ? std::nullopt : said->ship_type;
      stated = std::move(said);
    }
  };
  static_assert(sizeof(Track) == 3 * base::kCacheLine);
  struct Flags {
    std::uint8_t open{0};
    std::uint8_t severity{0};
  };

  explicit Impl(const Identity& who) : identity(who) {}

  Track* find(model::TrackId id) const;  ///< null when nothing was heard of it
  Track& track_of(model::TrackId id);    ///< made when absent
  void appear(Track& track);
  void fetch(std::span<const model::TerminalId> terminals) const;
  /// A later fix of a track that has its entry alone and keeps its owner.
  void go_on(const Track& track);
  /// Sets the owner; regroups when it is another vessel. True when the group's entries were
  /// rebuilt.
  bool attribute(Track& track, std::shared_ptr<const model::VesselFacts> owner,
                 std::uint64_t offset);
  void leave(Track& track, std::uint64_t offset);
  void forget(model::TrackId id, std::uint64_t offset);
  void join(Track& track, std::uint64_t offset);
  /// The tracks drawn together with this one, by handle.
  static std::span<const Handle> group_of(const Track& track) {
    return track.group != nullptr ? std::span<const Handle>(*track.group)
                                  : std::span<const Handle>(&track.handle, 1);
  }
  /// Derives the entries of a group anew.
  void rebuild(std::span<const Handle> group, std::uint64_t offset);
  void draw(LiveEntry& entry, std::span<const Handle> group);
  std::shared_ptr<const StaticState> stated_of(std::span<const Handle> group) const;
  void flag(LiveEntry& entry, std::span<const Handle> group) const;
  const Track& track_at(Handle handle) const { return *by_handle[handle]; }

  LiveEntry& entry_at(Handle handle);  ///< for change: its chunk becomes dirty
  const LiveEntry& entry_at(Handle handle) const {
    const auto& chunk = chunks[handle / kChunk];
    return chunk[place_in(chunk, handle)];
  }
  void publish(std::uint64_t offset, base::Instant now);
  /// What cannot be derived from the tracks.
  struct Kept {
    Handle handle{0};
    std::uint64_t version{0};
    BerthState berth;
  };
  /// After a load: owners, groups and entries from the tracks.
  void restore(const std::vector<Kept>& kept);

  const Identity& identity;
  std::shared_ptr<const BerthMap> berths;  // shared with detect
  Pool<Track> tracks;
  TerminalMap<Track> terminals;                                    ///< first segment
  std::vector<Track*> by_handle;                                   ///< null = expired
  std::unordered_map<std::string, std::vector<Handle>> by_vessel;  ///< ascending, never empty
  std::map<std::string, Flags> findings;                           ///< subject id -> open ones

  std::vector<LiveSnapshot::Chunk> chunks;
  std::vector<bool> dirty;
  std::vector<std::shared_ptr<const LiveSnapshot::Chunk>> shown;  // shared with snapshots
  std::shared_ptr<const LiveIndex> index{std::make_shared<LiveIndex>()};
  HandleLayer<model::TrackId> new_tracks;
  HandleLayer<std::uint64_t> new_vessels;
  std::size_t merged{0};
  std::size_t alive{0};
  std::uint64_t expired{0};

  mutable std::mutex mutex;  ///< guards `current` alone
  std::shared_ptr<const LiveSnapshot> current{std::make_shared<LiveSnapshot>()};  // with readers
};

}  // namespace jinglue::picture
