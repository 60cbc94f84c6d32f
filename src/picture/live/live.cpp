// SPDX-License-Identifier: Apache-2.0
#include "picture/live/live.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "picture/identity/identity.hpp"
#include "picture/live/kind.hpp"
#include "picture/live/live_state.hpp"

namespace jinglue::picture {
namespace {

constexpr base::Duration kClockSlack{600'000};

/// Fills what `state` lacks.
void fill_from(StaticState& state, const StaticState& other) {
  if (state.name.empty()) state.name = other.name;
  if (state.call_sign.empty()) state.call_sign = other.call_sign;
  state.mark(state.side_number().empty() ? other.side_number() : state.side_number(),
             state.flag().empty() ? other.flag() : state.flag());
  if (state.destination.empty()) state.destination = other.destination;
  if (state.imo == 0) state.imo = other.imo;
  if (!state.ship_type) state.ship_type = other.ship_type;
  if (!state.dimensions) state.dimensions = other.dimensions;
  if (!state.draught_dm) state.draught_dm = other.draught_dm;
}

}  // namespace

void StaticState::mark(std::string_view side_number, std::string_view flag) {
  Marks fresh{std::string(side_number), std::string(flag)};
  if (fresh == Marks{}) {
    marks.reset();
  } else if (!marks || !(*marks == fresh)) {
    marks = std::make_shared<const Marks>(std::move(fresh));
  }
}

bool operator==(const StaticState& a, const StaticState& b) {
  return a.name == b.name && a.call_sign == b.call_sign && a.destination == b.destination &&
         a.imo == b.imo && a.ship_type == b.ship_type && a.dimensions == b.dimensions &&
         a.draught_dm == b.draught_dm && a.side_number() == b.side_number() && a.flag() == b.flag();
}

base::Instant order_time(const model::Fix& fix) {
  const bool arrived = fix.arrival.ms != 0;  // imports may have no arrival
  return arrived && fix.time > fix.arrival + kClockSlack ? fix.arrival : fix.time;
}

bool fresher(const model::Fix& a, const model::Fix& b) {
  const auto ta = order_time(a);
  const auto tb = order_time(b);
  return ta != tb ? ta > tb : a.offset > b.offset;
}

Live::Impl::Track* Live::Impl::find(model::TrackId id) const {
  auto* track = terminals.find(id.terminal);
  while (track != nullptr && track->id != id) track = track->next;
  return track;
}

Live::Impl::Track& Live::Impl::track_of(model::TrackId id) {
  auto* track = terminals.find(id.terminal);
  auto* last = track;
  for (; track != nullptr; track = track->next) {
    if (track->id == id) return *track;
    last = track;
  }
  auto& made = tracks.make();
  made.id = id;
  if (last != nullptr) {
    last->next = &made;
  } else {
    terminals.put(id.terminal, &made);
  }
  return made;
}

/// Gives the handle; the caller draws the entry.
void Live::Impl::appear(Track& track) {
  track.handle = static_cast<Handle>(by_handle.size());
  by_handle.push_back(&track);
  ++alive;
  while (track.handle / kChunk >= chunks.size()) {
    chunks.emplace_back();
    dirty.push_back(true);
  }
  if (chunks.back().empty()) chunks.back().reserve(kChunk);
  LiveEntry entry;
  entry.handle = track.handle;
  chunks.back().push_back(std::move(entry));
  dirty.back() = true;
  new_tracks.emplace_back(track.id, track.handle);
}

LiveEntry& Live::Impl::entry_at(Handle handle) {
  dirty[handle / kChunk] = true;
  auto& chunk = chunks[handle / kChunk];
  return chunk[place_in(chunk, handle)];
}

bool Live::Impl::attribute(Track& track, std::shared_ptr<const model::VesselFacts> owner,
                           std::uint64_t offset) {
  if (owner == track.owner) return false;
  if (owner != nullptr && track.owner != nullptr && owner->id == track.owner->id) {
    track.owner = std::move(owner);  // the same vessel, newer facts
    rebuild(group_of(track), offset);
    return true;
  }
  if (track.owner != nullptr) leave(track, offset);
  track.owner = std::move(owner);
  if (track.owner != nullptr) join(track, offset);
  rebuild(group_of(track), offset);
  return true;
}

/// Takes the vessel's berth state along: it is the same hull until now.
void Live::Impl::leave(Track& track, std::uint64_t offset) {
  const auto found = by_vessel.find(track.owner->id);
  auto& group = found->second;
  const BerthState berth = entry_at(group.front()).berth;
  std::erase(group, track.handle);
  track.group = nullptr;
  entry_at(track.handle).berth = berth;
  if (group.empty()) {
    new_vessels.emplace_back(record_key(found->first), kNoHandle);
    by_vessel.erase(found);
    return;
  }
  entry_at(group.front()).berth = berth;
  rebuild(group, offset);
}

/// Takes the track out of the picture: its group, its entry, its index rows, itself.
void Live::Impl::forget(model::TrackId id, std::uint64_t offset) {
  Track* before = nullptr;
  auto* found = terminals.find(id.terminal);
  for (; found->id != id; found = found->next) before = found;
  Track& track = *found;
  if (track.handle != kNoHandle) {
    if (track.owner != nullptr) leave(track, offset);
    auto& chunk = chunks[track.handle / kChunk];
    const auto place = place_in(chunk, track.handle);
    if (chunk[place].merged) --merged;
    chunk.erase(chunk.begin() + static_cast<std::ptrdiff_t>(place));
    if (chunk.empty()) chunk.shrink_to_fit();
    dirty[track.handle / kChunk] = true;
    by_handle[track.handle] = nullptr;
    new_tracks.emplace_back(id, kNoHandle);
    --alive;
    ++expired;
  }
  if (before != nullptr) {
    before->next = track.next;
  } else if (track.next != nullptr) {
    terminals.put(id.terminal, track.next);
  } else {
    terminals.erase(id.terminal);
  }
  tracks.drop(track);
}

/// The group goes on with the berth state of whoever was heard last.
void Live::Impl::join(Track& track, std::uint64_t offset) {
  auto& group = by_vessel[track.owner->id];
  track.group = &group;
  BerthState berth = entry_at(track.handle).berth;
  if (!group.empty()) {
    const auto& drawn = entry_at(group.front());
    if (!berth.known || fresher(drawn.fix, track.fix)) berth = drawn.berth;
  }
  group.insert(std::lower_bound(group.begin(), group.end(), track.handle), track.handle);
  entry_at(group.front()).berth = berth;
  for (const auto handle : group) entry_at(handle).version = offset;
}

void Live::Impl::rebuild(std::span<const Handle> group, std::uint64_t offset) {
  const Handle first = group.front();
  for (const auto& handle : group) {
    auto& entry = entry_at(handle);
    const bool merge = handle != first;
    if (merge != entry.merged) merged += merge ? 1 : std::size_t(-1);
    entry.merged = merge;
    entry.merged_into = merge ? first : 0;
    entry.version = offset;
    const auto drawn = merge ? std::span<const Handle>(&handle, 1) : group;
    draw(entry, drawn);
    flag(entry, drawn);
  }
  const auto& owner = track_at(first).owner;
  if (owner != nullptr) new_vessels.emplace_back(record_key(owner->id), first);
}

/// Everything of an entry but handle, version, merging, berth and flags, from the tracks it stands
/// for.
void Live::Impl::draw(LiveEntry& entry, std::span<const Handle> group) {
  const Track* best = &track_at(group.front());
  for (const auto handle : group) {
    if (fresher(track_at(handle).fix, best->fix)) best = &track_at(handle);
  }
  entry.fix = best->fix;
  entry.class_b = best->fix.source == model::FixSource::kAisB;
  entry.vessel = best->owner;
  entry.others.clear();
  auto kind = best->owner == nullptr ? model::VesselKind::kUnknown : best->owner->kind;
  if (kind == model::VesselKind::kUnknown) kind = best->kind;
  for (const auto handle : group) {
    const auto& track = track_at(handle);
    if (kind == model::VesselKind::kUnknown) kind = track.kind;
    if (&track != best) entry.others.push_back(track.fix);
  }
  std::sort(entry.others.begin(), entry.others.end(), fresher);
  entry.kind = kind;
  entry.stated = stated_of(group);
}

/// In order of handle, so that it does not change with whoever was heard last.
std::shared_ptr<const StaticState> Live::Impl::stated_of(std::span<const Handle> group) const {
  std::shared_ptr<const StaticState> only;
  std::shared_ptr<StaticState> filled;
  for (const auto handle : group) {
    const auto& stated = track_at(handle).stated;
    if (stated == nullptr) continue;
    if (only == nullptr) {
      only = stated;
      continue;
    }
    if (filled == nullptr) filled = std::make_shared<StaticState>(*only);
    fill_from(*filled, *stated);
  }
  return filled != nullptr ? filled : only;
}

void Live::Impl::flag(LiveEntry& entry, std::span<const Handle> group) const {
  entry.open_findings = 0;
  entry.severity = 0;
  if (findings.empty()) return;
  const auto add = [&](const std::string& subject) {
    const auto found = findings.find(subject);
    if (found == findings.end()) return;
    const unsigned open = unsigned{entry.open_findings} + found->second.open;
    entry.open_findings = static_cast<std::uint8_t>(std::min(open, 255u));
    entry.severity = std::max(entry.severity, found->second.severity);
  };
  for (const auto handle : group) add(model::to_text(track_at(handle).id));
  if (const auto& owner = track_at(group.front()).owner; owner != nullptr) add(owner->id);
}

Live::Live(const Identity& identity) : m_impl(std::make_unique<Impl>(identity)) {}

Live::~Live() = default;

void Live::set_berths(std::shared_ptr<const BerthMap> berths) {
  m_impl->berths = std::move(berths);
}

void Live::Impl::fetch(std::span<const model::TerminalId> soon) const {
  assert(soon.size() <= kAhead);
  std::array<const Track*, kAhead> found;
  for (const auto id : soon) terminals.fetch(id);
  for (std::size_t i = 0; i < soon.size(); ++i) {
    found[i] = terminals.find(soon[i]);
    const auto* place = reinterpret_cast<const char*>(found[i]);
    for (std::size_t at = 0; place != nullptr && at < sizeof(Track); at += base::kCacheLine) {
      base::fetch(place + at);
    }
  }
  for (std::size_t i = 0; i < soon.size(); ++i) {
    const auto handle = found[i] == nullptr ? kNoHandle : found[i]->handle;
    if (handle == kNoHandle || handle % kChunk >= chunks[handle / kChunk].size()) continue;
    // Where it is in a chunk of which nothing has expired; what go_on() writes ends at `vessel`.
    const auto& entry = chunks[handle / kChunk][handle % kChunk];
    const auto* const end = reinterpret_cast<const char*>(&entry.vessel);
    const auto* place = reinterpret_cast<const char*>(&entry);
    for (; place < end; place += base::kCacheLine) base::fetch(place);
    base::fetch(end - 1);
  }
}

void Live::expect(std::span<const model::TerminalId> terminals) const {
  m_impl->fetch(terminals);
}

/// What rebuild() would write; the rest of the entry does not change with a fix.
void Live::Impl::go_on(const Track& track) {
  auto& entry = entry_at(track.handle);
  const auto& fix = track.fix;
  entry.version = fix.offset;
  entry.fix = fix;
  entry.class_b = fix.source == model::FixSource::kAisB;
  entry.kind = track.owner == nullptr ? model::VesselKind::kUnknown : track.owner->kind;
  if (entry.kind == model::VesselKind::kUnknown) entry.kind = track.kind;
  if (berths != nullptr) entry.berth = next_berth_state(entry.berth, fix, *berths);
}

bool Live::apply(const model::Fix& fix) {
  auto& impl = *m_impl;
  auto& track = impl.track_of(fix.track);
  const bool first = track.handle == kNoHandle;
  if (!first && !fresher(fix, track.fix)) return false;
  track.fix = fix;
  track.heard = std::max(track.heard, fix.arrival.ms != 0 ? fix.arrival : fix.time);
  track.kind = kind_of_sender(fix, track.ship_type, track.kind);
  auto owner = impl.identity.vessel_at(fix.track, fix.time);
  if (!first && owner == track.owner && Impl::group_of(track).size() == 1) {
    impl.go_on(track);
    return true;
  }
  if (first) impl.appear(track);
  const bool rebuilt = impl.attribute(track, std::move(owner), fix.offset);
  const auto group = Impl::group_of(track);
  const auto drawn = group.front();
  auto& entry = impl.entry_at(drawn);
  const bool freshest = rebuilt ? entry.fix.track == fix.track : !fresher(entry.fix, fix);
  if (!rebuilt) {
    entry.version = fix.offset;
    impl.draw(entry, group);
    if (first) impl.flag(entry, group);  // else a fix does not change them
    if (drawn != track.handle) {
      impl.draw(impl.entry_at(track.handle), std::span<const Impl::Handle>(&track.handle, 1));
    }
  }
  if (freshest && impl.berths != nullptr) {
    entry.berth = next_berth_state(entry.berth, fix, *impl.berths);
  }
  return true;
}

void Live::apply(const model::StaticReport& report) {
  auto& impl = *m_impl;
  auto& track = impl.track_of(report.track);
  if (report.time < track.stated_at) return;
  track.stated_at = report.time;
  track.heard = std::max(track.heard, report.time);
  auto stated =
      track.stated ? std::make_shared<StaticState>(*track.stated) : std::make_shared<StaticState>();
  if (!merge_report(*stated, track.parts, report)) return;
  track.state(std::move(stated));
  if (track.handle == kNoHandle) return;
  track.kind = kind_of_sender(track.fix, track.ship_type, track.kind);
  impl.rebuild(Impl::group_of(track), report.offset);
}

void Live::refresh(const std::vector<model::TerminalId>& terminals, std::uint64_t offset) {
  auto& impl = *m_impl;
  for (const auto terminal : terminals) {
    for (auto* track = impl.terminals.find(terminal); track != nullptr; track = track->next) {
      if (track->handle == kNoHandle) continue;
      impl.attribute(*track, impl.identity.vessel_at(track->id, track->fix.time), offset);
    }
  }
}

void Live::set_findings(const std::string& subject_id, std::uint8_t open, std::uint8_t severity,
                        std::uint64_t offset) {
  auto& impl = *m_impl;
  if (open == 0) {
    impl.findings.erase(subject_id);
  } else {
    impl.findings[subject_id] = {open, severity};
  }
  std::span<const Impl::Handle> group;
  if (const auto vessel = impl.by_vessel.find(subject_id); vessel != impl.by_vessel.end()) {
    group = vessel->second;
  } else if (const auto id = model::parse_track(subject_id)) {
    const auto* track = impl.find(*id);
    if (track == nullptr || track->handle == kNoHandle) return;
    group = Impl::group_of(*track);
  } else {
    return;  // an area, an input, or a vessel that was never heard
  }
  impl.rebuild(group, offset);
}

const LiveEntry* Live::entry(model::TrackId track) const {
  const Impl& impl = *m_impl;
  const auto* found = impl.find(track);
  if (found == nullptr || found->handle == kNoHandle) return nullptr;
  const auto& own = impl.entry_at(found->handle);
  return own.merged ? &impl.entry_at(own.merged_into) : &own;
}

std::size_t Live::size() const {
  return m_impl->by_handle.size();
}
std::size_t Live::alive() const {
  return m_impl->alive;
}
std::uint64_t Live::expired() const {
  return m_impl->expired;
}

void Live::expire(base::Instant now, const Expiry& expiry, std::uint64_t offset) {
  auto& impl = *m_impl;
  std::vector<model::TrackId> gone;
  impl.terminals.for_each([&](model::TerminalId, Impl::Track& first) {
    for (auto* track = &first; track != nullptr; track = track->next) {
      track->heard = std::min(track->heard, now);  // a clock ahead of ours keeps nobody for ever
      const auto stays = track->owner == nullptr ? expiry.unmatched : expiry.registered;
      if (now - track->heard >= stays) gone.push_back(track->id);
    }
  });
  std::sort(gone.begin(), gone.end());  // not in the order of a hash table
  for (const auto id : gone) impl.forget(id, offset);
}

void Live::Impl::publish(std::uint64_t offset, base::Instant now) {
  shown.resize(chunks.size());
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (!dirty[i]) continue;
    shown[i] = std::make_shared<const LiveSnapshot::Chunk>(chunks[i]);
    dirty[i] = false;
  }
  if (!new_tracks.empty() || !new_vessels.empty()) {
    auto next = std::make_shared<LiveIndex>();
    next->tracks = index->tracks.with(std::exchange(new_tracks, {}));
    next->vessels = index->vessels.with(std::exchange(new_vessels, {}));
    index = std::move(next);
  }
  auto snapshot = std::make_shared<LiveSnapshot>();
  snapshot->offset = offset;
  snapshot->now = now;
  snapshot->m_chunks = shown;
  snapshot->m_index = index;
  snapshot->m_size = alive - merged;
  // The former snapshot is freed after the lock: its chunks may be many.
  std::shared_ptr<const LiveSnapshot> next = std::move(snapshot);
  const std::lock_guard lock(mutex);
  current.swap(next);
}

void Live::publish(std::uint64_t offset, base::Instant now) {
  m_impl->publish(offset, now);
}

std::shared_ptr<const LiveSnapshot> Live::snapshot() const {
  const std::lock_guard lock(m_impl->mutex);
  return m_impl->current;
}

}  // namespace jinglue::picture
