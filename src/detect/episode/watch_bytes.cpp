// SPDX-License-Identifier: Apache-2.0
// Watch as bytes of a pipeline snapshot.
#include "detect/episode/share.hpp"
#include "detect/episode/watch.hpp"
#include "model/fix_bytes.hpp"

namespace jinglue::detect {

void Watch::save(ShareWriter& to) const {
  to.put(m_subject);
  to.out.put(std::uint32_t(m_tracks.size()));
  for (const auto& span : m_tracks) {
    model::put_track(to.out, span.track);
    to.out.put(span.from.ms);
    to.out.put(span.newest.ms);
    to.out.put(std::uint8_t(span.left));
  }
  to.out.put(std::uint32_t(m_senders.size()));
  for (const auto& sender : m_senders) to.put(sender);
  to.put(m_state);
  to.out.put(std::uint32_t(m_checkpoints.size()));
  for (const auto& state : m_checkpoints) to.put(state);
  to.out.put(std::uint32_t(m_published.size()));
  for (const auto& p : m_published) {
    to.out.put(p.id.value);
    to.put(p.subject);
    to.out.put(p.steps);
    to.out.put(std::uint8_t(p.retracted));
    to.out.put(p.touched);
    to.put(p.view);
  }
  to.out.put(m_deadline.ms);
  to.out.put(m_repeated);
}

bool Watch::load(ShareReader& from) {
  m_subject = from.subject();
  m_tracks.clear();
  for (auto n = from.count(); n > 0 && from.ok(); --n) {
    TrackSpan span;
    span.track = model::get_track(from.in);
    span.from = {from.in.get<std::int64_t>()};
    span.newest = {from.in.get<std::int64_t>()};
    span.left = from.in.get<std::uint8_t>() != 0;
    m_tracks.push_back(span);
  }
  m_senders.clear();
  for (auto n = from.count(); n > 0 && from.ok(); --n) m_senders.push_back(from.sender());
  m_state = from.state();
  m_checkpoints.clear();
  for (auto n = from.count(); n > 0 && from.ok(); --n) m_checkpoints.push_back(from.state());
  m_published.clear();
  for (auto n = from.count(); n > 0 && from.ok(); --n) {
    Published p;
    p.id.value = from.in.get<std::uint64_t>();
    p.subject = from.subject();
    p.steps = from.in.get<std::uint32_t>();
    p.retracted = from.in.get<std::uint8_t>() != 0;
    p.touched = from.in.get<std::uint64_t>();
    p.view = from.view();
    if (!p.view) from.refuse();
    m_published.push_back(std::move(p));
  }
  m_deadline = {from.in.get<std::int64_t>()};
  m_repeated = from.in.get<std::uint64_t>();
  return from.ok() && !m_checkpoints.empty();
}

}  // namespace jinglue::detect
