// SPDX-License-Identifier: Apache-2.0
#include "picture/gate/gate.hpp"

#include <algorithm>
#include <vector>

#include "picture/live/kind.hpp"

namespace jinglue::picture {
namespace {

constexpr std::uint8_t kActiveBeacon = 14;  // ITU-R M.1371-5 table 45

/// Speeds that old transponders send for "not available", 0.01 kn, give or take 0.05 kn.
bool means_absent(std::uint16_t sog_ckn) {
  for (const int code : {5120, 6300, 10'230}) {
    if (sog_ckn >= code - 5 && sog_ckn <= code + 5) return true;
  }
  return false;
}

/// What does not sail, flies, or must be seen whatever it says.
bool beyond_judgement(const model::Fix& fix) {
  using model::FixSource;
  const bool fixed = fix.source == FixSource::kAisBase || fix.source == FixSource::kAisAton;
  if (fixed || fix.source == FixSource::kAisAircraft) return true;
  if (fix.nav_status == kActiveBeacon) return true;
  return fix.track.terminal.kind() == model::TerminalKind::kMmsi &&
         kind_of_mmsi(fix.track.terminal.number()) == model::VesselKind::kDistress;
}

/// A terminal without satellites says 0. One coordinate alone can be a ship on the equator by AIS,
/// whose wrong places are strays anyway; a BeiDou terminal keeps the half that it knew.
bool is_zero(const model::Fix& fix) {
  const bool lat = fix.position.lat == 0;
  const bool lon = fix.position.lon == 0;
  return fix.source == model::FixSource::kBeidou ? lat || lon : lat && lon;
}

bool sails_by_ais(const model::Fix& fix) {
  return fix.source == model::FixSource::kAisA || fix.source == model::FixSource::kAisB;
}

}  // namespace

std::string_view to_key(Withheld cause) {
  static constexpr std::array<std::string_view, std::size_t(Withheld::kCount)> kKeys = {
      "none", "zero_position", "stray", "frozen", "long_range_echo"};
  return kKeys[std::size_t(cause)];
}

Passed Gate::take(const model::Fix& fix) {
  Passed out{fix};
  if (beyond_judgement(fix)) return out;
  if (sails_by_ais(fix) && fix.sog_ckn && means_absent(*fix.sog_ckn)) out.fix.sog_ckn.reset();
  if (is_zero(fix)) {
    out.why = Withheld::kZeroPosition;
  } else {
    out.fix.track.segment = m_segments.assign(out.fix);
    out.why = judge(out.fix);
  }
  ++m_counts[std::size_t(out.why)];
  return out;
}

Withheld Gate::take_archived(const model::Fix& fix) {
  return beyond_judgement(fix) ? Withheld::kNot : judge(fix);
}

Withheld Gate::judge(const model::Fix& fix) {
  if (fix.track.segment == kStraySegment) return Withheld::kStray;
  const auto last = m_last.find(fix.track);
  if (fix.source == model::FixSource::kAisLongRange) {
    const bool echo =
        last != m_last.end() && std::abs(fix.time.ms - last->second.time_ms) < kEcho.count();
    return echo ? Withheld::kLongRangeEcho : Withheld::kNot;
  }
  return frozen(fix) ? Withheld::kFrozen : Withheld::kNot;
}

/// A receiver that has lost its satellites repeats its last place while the log or the course says
/// that the ship goes on. Late fixes are not compared.
bool Gate::frozen(const model::Fix& fix) {
  auto& last = m_last[fix.track];
  if (fix.time.ms < last.time_ms) return false;
  const bool stuck = fix.position == last.at && fix.sog_ckn && *fix.sog_ckn >= kFrozenSpeed_ckn;
  if (!stuck) {
    last = {fix.time.ms, fix.position, fix.time.ms, 0};
    return false;
  }
  last.time_ms = fix.time.ms;
  ++last.same;
  return last.same >= kFrozenFixes && fix.time.ms - last.same_since_ms >= kFrozenAfter.count();
}

void Gate::forget_before(base::Instant oldest) {
  m_segments.forget_before(oldest);
  std::erase_if(m_last, [&](const auto& entry) { return entry.second.time_ms < oldest.ms; });
}

void Gate::save(base::ByteWriter& out) const {
  m_segments.save(out);
  std::vector<model::TrackId> order;  // equal states give equal bytes
  order.reserve(m_last.size());
  for (const auto& [track, last] : m_last) order.push_back(track);
  std::sort(order.begin(), order.end());
  out.put(static_cast<std::uint32_t>(order.size()));
  for (const auto track : order) {
    const auto& last = m_last.at(track);
    out.put(track.terminal.value);
    out.put(track.segment);
    out.put(last.time_ms);
    out.put(last.at.lat);
    out.put(last.at.lon);
    out.put(last.same_since_ms);
    out.put(last.same);
  }
  for (const auto count : m_counts) out.put(count);
}

bool Gate::load(base::ByteReader& in) {
  if (!m_segments.load(in)) return false;
  m_last.clear();
  for (auto n = in.get<std::uint32_t>(); n > 0 && in.ok(); --n) {
    model::TrackId track;
    track.terminal.value = in.get<std::uint64_t>();
    track.segment = in.get<std::uint16_t>();
    auto& last = m_last[track];
    last.time_ms = in.get<std::int64_t>();
    last.at.lat = in.get<std::int32_t>();
    last.at.lon = in.get<std::int32_t>();
    last.same_since_ms = in.get<std::int64_t>();
    last.same = in.get<std::uint32_t>();
  }
  for (auto& count : m_counts) count = in.get<std::uint64_t>();
  return in.ok();
}

}  // namespace jinglue::picture
