// SPDX-License-Identifier: Apache-2.0
#include "picture/live/live_bytes.hpp"

#include "model/fix_bytes.hpp"
#include "picture/identity/identity.hpp"
#include "picture/live/live_state.hpp"

namespace jinglue::picture {
namespace {

/// Far more than are ever heard; damaged bytes must not fill the memory.
constexpr std::uint32_t kMostHandles = 1u << 28;

}  // namespace

void put_stated(base::ByteWriter& out, const StaticState& stated) {
  out.put_text(stated.name);
  out.put_text(stated.call_sign);
  out.put_text(stated.destination);
  out.put_text(stated.side_number());
  out.put_text(stated.flag());
  out.put(stated.imo);
  out.put_optional(stated.ship_type);
  out.put(std::uint8_t(stated.dimensions.has_value()));
  const auto dimensions = stated.dimensions.value_or(model::Dimensions{});
  out.put(dimensions.to_bow_m);
  out.put(dimensions.to_stern_m);
  out.put(dimensions.to_port_m);
  out.put(dimensions.to_starboard_m);
  out.put_optional(stated.draught_dm);
}

StaticState get_stated(base::ByteReader& in) {
  StaticState stated;
  stated.name = in.get_text();
  stated.call_sign = in.get_text();
  stated.destination = in.get_text();
  const auto side_number = in.get_text();
  stated.mark(side_number, in.get_text());
  stated.imo = in.get<std::uint32_t>();
  stated.ship_type = in.get_optional<std::uint8_t>();
  const bool has_dimensions = in.get<std::uint8_t>() != 0;
  model::Dimensions dimensions;
  dimensions.to_bow_m = in.get<std::uint16_t>();
  dimensions.to_stern_m = in.get<std::uint16_t>();
  dimensions.to_port_m = in.get<std::uint8_t>();
  dimensions.to_starboard_m = in.get<std::uint8_t>();
  if (has_dimensions) stated.dimensions = dimensions;
  stated.draught_dm = in.get_optional<std::uint8_t>();
  return stated;
}

/// What was received and what cannot be derived (versions, berth states); entries are drawn anew.
void Live::save(base::ByteWriter& out) const {
  const Impl& impl = *m_impl;
  out.put(static_cast<std::uint32_t>(impl.by_handle.size()));
  out.put(impl.expired);
  out.put(static_cast<std::uint32_t>(impl.alive));
  for (const auto* track : impl.by_handle) {
    if (track == nullptr) continue;
    out.put(track->handle);
    out.put(track->heard.ms);
    model::put_fix(out, track->fix);
    out.put(track->kind);
    const auto& entry = impl.entry_at(track->handle);
    out.put(entry.version);
    entry.berth.save(out);
  }
  std::map<model::TrackId, const Impl::Track*> stated;  // in order of id: equal states, equal bytes
  impl.terminals.for_each([&](model::TerminalId, const Impl::Track& first) {
    for (const auto* track = &first; track != nullptr; track = track->next) {
      if (track->stated_at != base::kDistantPast) stated.emplace(track->id, track);
    }
  });
  out.put(static_cast<std::uint32_t>(stated.size()));
  for (const auto& [id, track] : stated) {
    model::put_track(out, id);
    out.put(track->stated_at.ms);
    out.put(track->heard.ms);
    put_stated(out, track->stated ? *track->stated : StaticState{});
    track->parts.save(out);
  }
  out.put(static_cast<std::uint32_t>(impl.findings.size()));
  for (const auto& [subject, flags] : impl.findings) {
    out.put_text(subject);
    out.put(flags.open);
    out.put(flags.severity);
  }
}

bool Live::load(base::ByteReader& in) {
  auto fresh = std::make_unique<Impl>(m_impl->identity);
  Impl& impl = *fresh;
  impl.berths = m_impl->berths;
  std::vector<Impl::Kept> kept;
  const auto handles = in.get<std::uint32_t>();
  impl.expired = in.get<std::uint64_t>();
  const auto alive = in.get<std::uint32_t>();
  if (handles > kMostHandles || handles != alive + impl.expired) return false;
  for (std::uint32_t i = 0; i < alive && in.ok(); ++i) {
    Impl::Kept one;
    one.handle = in.get<std::uint32_t>();
    if (one.handle < impl.by_handle.size() || one.handle >= handles) return false;  // ascending
    impl.by_handle.resize(one.handle, nullptr);
    const base::Instant heard{in.get<std::int64_t>()};
    const auto fix = model::get_fix(in);
    auto& track = impl.track_of(fix.track);
    if (track.handle != kNoHandle) return false;
    track.fix = fix;
    track.heard = heard;
    track.kind = in.get<model::VesselKind>();
    impl.appear(track);
    one.version = in.get<std::uint64_t>();
    one.berth = BerthState::load(in);
    kept.push_back(one);
  }
  if (!in.ok()) return false;
  impl.by_handle.resize(handles, nullptr);
  const auto stated = in.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < stated && in.ok(); ++i) {
    auto& track = impl.track_of(model::get_track(in));
    track.stated_at = {in.get<std::int64_t>()};
    track.heard = {in.get<std::int64_t>()};
    auto state = get_stated(in);
    track.parts = StatedParts::load(in);
    if (state == StaticState{}) continue;  // nothing said yet
    track.state(std::make_shared<const StaticState>(std::move(state)));
  }
  const auto subjects = in.get<std::uint32_t>();
  for (std::uint32_t i = 0; i < subjects && in.ok(); ++i) {
    const std::string subject(in.get_text());
    const auto open = in.get<std::uint8_t>();
    impl.findings[subject] = {open, in.get<std::uint8_t>()};
  }
  if (!in.ok()) return false;
  impl.restore(kept);
  m_impl = std::move(fresh);
  return true;
}

void Live::Impl::restore(const std::vector<Kept>& kept) {
  for (auto* track : by_handle) {
    if (track == nullptr) continue;
    track->owner = identity.vessel_at(track->id, track->fix.time);
    if (track->owner == nullptr) continue;
    auto& group = by_vessel[track->owner->id];
    group.push_back(track->handle);
    track->group = &group;
  }
  for (const auto* track : by_handle) {
    if (track == nullptr) continue;
    const auto group = group_of(*track);
    if (group.front() == track->handle) rebuild(group, 0);
  }
  for (const auto& one : kept) {
    auto& entry = entry_at(one.handle);
    entry.version = one.version;
    entry.berth = one.berth;
  }
}

}  // namespace jinglue::picture
