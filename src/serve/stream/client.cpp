// SPDX-License-Identifier: Apache-2.0
#include "serve/stream/client.hpp"

#include <algorithm>
#include <limits>

#include "model/terminal.hpp"
#include "picture/live/entry_flag.hpp"
#include "serve/form/finding_form.hpp"

namespace jinglue::serve {
namespace {

constexpr std::size_t kHistoryPage = 500;
constexpr std::uint16_t kAbsent16 = 65535;
constexpr std::uint32_t kNoHandle = 4294967295u;

enum Flag : std::uint8_t {
  kAtBerth = 1,
  kOpenFinding = 2,
  kDistress = 4,
  kClaimed = 8,
  kArrivalTime = 16,
  kClassB = 32,
  kSeveralTerminals = 64,
  kSevere = 128
};
enum Removal : std::uint8_t { kLeft = 1, kFiltered = 2, kGone = 3, kMerged = 4 };

std::string_view district_of(const picture::LiveEntry& entry) {
  return entry.vessel ? std::string_view(entry.vessel->district) : std::string_view();
}

std::int32_t clamp_to_32(std::int64_t ms) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(
      ms, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
}

std::uint16_t length_dm(const picture::LiveEntry& entry) {
  double length_m = 0;
  if (entry.vessel && entry.vessel->length_m) {
    length_m = *entry.vessel->length_m;
  } else if (entry.stated && entry.stated->dimensions) {
    length_m = entry.stated->dimensions->length_m();
  }
  return static_cast<std::uint16_t>(std::clamp(length_m * 10 + 0.5, 0.0, 65535.0));
}

std::uint64_t highest_offset(std::span<const model::FindingStep> steps) {
  std::uint64_t out = 0;
  for (const auto& step : steps) out = std::max(out, step.offset);
  return out;
}

}  // namespace

Client::Client(access::SignedIn session, std::shared_ptr<StreamSocket> socket,
               const Services& services, std::size_t max_queue)
    : m_session(std::move(session)),
      m_socket(std::move(socket)),
      m_services(services),
      m_max_queue(max_queue),
      m_vessel_right(vessel_right(m_session.actor)),
      m_finding_right(finding_right(m_session.actor)),
      m_frames([this](std::string frame) { m_socket->send(std::move(frame)); }) {}

/// A lagging client is left alone until it has read most of what waits.
bool Client::may_send(const Moment& moment) {
  const std::size_t waiting = m_socket->waiting();
  if (!m_lagging && waiting <= m_max_queue) return true;
  if (!m_lagging) {
    m_lagging = true;
    return false;
  }
  if (waiting > m_max_queue / 8) return false;
  m_lagging = false;
  ++m_resyncs;
  m_frames.stand_at(m_cursor, moment.live->now);
  m_frames.mark(FrameKind::kResync);
  m_shown.clear();
  m_seen.clear();
  m_history = m_wanted.wants(Topic::kFindings);
  m_ready_due = true;
  return true;
}

void Client::subscribe(const Subscription& wanted, const Moment& moment) {
  const bool first = !m_begun;
  m_begun = true;
  if (first) m_cursor = moment.cursor;
  const bool again = wanted.since && *wanted.since < m_cursor;
  // A cursor that is ahead of ours belongs to another data folder: there is no history of it.
  if (again) m_cursor = *wanted.since;
  m_history = wanted.wants(Topic::kFindings) && (again || m_history);
  if (!wanted.wants(Topic::kVessels)) m_shown.clear();
  m_wanted = wanted;
  m_ready_due = true;
  m_seen.clear();
  if (m_lagging) return;  // resync will send everything
  m_frames.stand_at(m_cursor, moment.live->now);
  if (first) second(moment, {});
  tick(moment);
}

void Client::tick(const Moment& moment) {
  if (!m_begun || !may_send(moment)) return;
  m_frames.stand_at(m_cursor, moment.live->now);
  if (m_wanted.wants(Topic::kVessels)) show_changes(moment);
  m_frames.flush();
  if (m_history) send_history(moment);
  ready_when_whole();
}

void Client::ready_when_whole() {
  if (!m_ready_due || m_history) return;
  m_ready_due = false;
  m_frames.mark(FrameKind::kReady);
}

void Client::show_changes(const Moment& moment) {
  const auto& chunks = moment.live->chunks();
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (i < m_seen.size() && m_seen[i] == chunks[i]) continue;
    for (const auto& entry : *chunks[i]) consider(entry, moment);
  }
  m_seen = chunks;
  put_removals();
}

void Client::show_all(const Moment& moment) {
  for (const auto& chunk : moment.live->chunks()) {
    for (const auto& entry : *chunk) consider(entry, moment);
  }
  for (std::uint32_t handle = 0; handle < m_shown.size(); ++handle) {
    if (m_shown[handle].there && moment.live->find(handle) == nullptr) remove(handle, kGone);
  }
  put_removals();
}

void Client::consider(const picture::LiveEntry& entry, const Moment& moment) {
  const std::uint8_t hide = reason_to_hide(entry, moment.live->now);
  if (hide != 0 && entry.handle >= m_shown.size()) return;
  if (entry.handle >= m_shown.size()) m_shown.resize(entry.handle + 1024);
  Shown& shown = m_shown[entry.handle];
  if (hide != 0) {
    if (shown.there) remove(entry.handle, hide);
    return;
  }
  const std::uint8_t flags = flags_of(entry);
  if (shown.there && shown.version == entry.version && shown.flags == flags) return;
  put_vessel(entry, flags);
  shown = {entry.version, flags, true};
}

/// 0 = it is to be shown. Rights come first: a hidden row looks filtered out.
std::uint8_t Client::reason_to_hide(const picture::LiveEntry& entry, base::Instant now) const {
  if (entry.merged) return kMerged;
  if (!m_vessel_right.sees(district_of(entry))) return kFiltered;
  if (m_wanted.box && !m_wanted.box->contains(entry.fix.position.degrees())) return kLeft;
  if (!m_wanted.takes_kind(entry.kind)) return kFiltered;
  if (m_wanted.at_berth && entry.berth.at_berth != *m_wanted.at_berth) return kFiltered;
  if (m_wanted.max_age && now - entry.fix.time > *m_wanted.max_age) return kFiltered;
  return 0;
}

std::uint8_t Client::flags_of(const picture::LiveEntry& entry) const {
  const bool finding = entry.open_findings > 0 && m_finding_right.sees(district_of(entry));
  const bool severe = entry.severity >= static_cast<std::uint8_t>(model::Severity::kHigh);
  unsigned out = 0;
  if (entry.berth.at_berth) out |= kAtBerth;
  if (finding) out |= kOpenFinding;
  if (entry.kind == model::VesselKind::kDistress) out |= kDistress;
  if (entry.vessel) out |= kClaimed;
  if (entry.fix.quality == model::TimeQuality::kArrival) out |= kArrivalTime;
  if (entry.class_b) out |= kClassB;
  if (!entry.others.empty()) out |= kSeveralTerminals;
  if (finding && severe) out |= kSevere;
  return static_cast<std::uint8_t>(out);
}

void Client::put_vessel(const picture::LiveEntry& entry, std::uint8_t flags) {
  const auto& fix = entry.fix;
  std::string home = entry.vessel ? entry.vessel->district : std::string();
  if (home.empty() && m_services.flags != nullptr)
    home = picture::flag_of(entry, *m_services.flags).code;
  base::ByteWriter& out = m_frames.record(FrameKind::kVessels);
  out.put(entry.handle);
  out.put(clamp_to_32((fix.time - m_frames.base_time()).count()));
  out.put(fix.position.lat);
  out.put(fix.position.lon);
  out.put(fix.sog_ckn.value_or(kAbsent16));
  out.put(fix.cog_cdeg.value_or(kAbsent16));
  out.put(fix.heading_deg.value_or(kAbsent16));
  out.put(entry.kind);
  out.put(flags);
  out.put(m_frames.text(entry.name()));
  out.put(m_frames.text(model::to_text(fix.track)));
  out.put(m_frames.text(entry.vessel ? std::string_view(entry.vessel->id) : std::string_view()));
  out.put(length_dm(entry));
  out.put(fix.nav_status.value_or(255));
  out.put(fix.source);
  out.put(m_frames.text(home));
  out.put(std::uint32_t{0});
}

void Client::remove(std::uint32_t handle, std::uint8_t reason) {
  m_shown[handle].there = false;
  m_removals.emplace_back(handle, reason);
}

/// After the vessels of a pass, so that both kinds need one frame each.
void Client::put_removals() {
  for (const auto& [handle, reason] : m_removals) {
    base::ByteWriter& out = m_frames.record(FrameKind::kRemovals);
    out.put(handle);
    out.put(reason);
    out.put(std::uint8_t{0});
    out.put(std::uint16_t{0});
  }
  m_removals.clear();
}

void Client::second(const Moment& moment, const base::Json& counters) {
  if (!m_begun || !may_send(moment)) return;
  m_frames.stand_at(m_cursor, moment.live->now);
  if (m_wanted.wants(Topic::kVessels)) show_all(moment);
  if (m_wanted.wants(Topic::kClock)) {
    const Clock& clock = moment.clock;
    base::ByteWriter& out = m_frames.record(FrameKind::kClock);
    out.put(clock.now.ms);
    out.put(static_cast<std::uint8_t>(clock.feed ? 2 : 1));
    out.put(static_cast<std::uint8_t>(clock.drill ? 1 : 0));
    out.put(static_cast<std::uint16_t>(std::clamp(clock.speed * 10 + 0.5, 0.0, 65535.0)));
    out.put((clock.scenario_ended ? 1u : 0u) | (clock.paused ? 2u : 0u));
    out.put(clock.last_arrival.ms);
  }
  if (m_wanted.wants(Topic::kCounters) && m_vessel_right.status()) {
    for (const auto& [name, value] : counters.members()) {
      base::ByteWriter& out = m_frames.record(FrameKind::kCounters);
      out.put(m_frames.text(name));
      out.put(std::uint32_t{0});
      out.put(value.as_int());
    }
  }
  m_frames.flush();
}

void Client::steps(std::span<const model::FindingStep> steps, const Moment& moment) {
  // While history is read, these are part of it.
  if (!m_begun || m_history || !may_send(moment)) return;
  if (m_history) return;  // a resync has just begun
  m_frames.stand_at(m_cursor, moment.live->now);
  const std::uint64_t known = m_cursor;
  for (const auto& step : steps) {
    if (step.offset > known) put_step(step, moment);
  }
  m_cursor = std::max(m_cursor, highest_offset(steps));
  m_frames.stand_at(m_cursor, moment.live->now);
  m_frames.flush();
}

void Client::send_history(const Moment& moment) {
  auto page = m_services.findings->steps_after(m_cursor, kHistoryPage);
  const bool last = page.size() < kHistoryPage;
  if (!last) {
    // The page may have been cut between steps of one offset: those come with the next page.
    const std::uint64_t cut = page.back().offset;
    const bool several = page.front().offset != cut;
    while (several && page.back().offset == cut) page.pop_back();
  }
  for (const auto& step : page) put_step(step, moment);
  m_cursor = std::max(m_cursor, highest_offset(page));
  if (last) {
    m_history = false;
    m_cursor = std::max(m_cursor, moment.cursor);
  }
  m_frames.stand_at(m_cursor, moment.live->now);
  m_frames.flush();
}

void Client::put_step(const model::FindingStep& step, const Moment& moment) {
  if (!m_wanted.wants(Topic::kFindings)) return;
  if (!m_finding_right.sees(step.values["district"].as_string())) return;
  const auto* subject = step.main_subject();
  const auto* entry = subject == nullptr ? nullptr : entry_of(*subject, *moment.live);
  base::ByteWriter& out = m_frames.record(FrameKind::kSteps);
  out.put(step.finding.value);
  out.put(step.offset);
  out.put(step.at.ms);
  out.put(step.begin.ms);
  out.put(step.end ? step.end->ms : std::int64_t{0});
  out.put(step.number);
  out.put(step.kind);
  out.put(step.severity);
  out.put(static_cast<std::uint16_t>(std::clamp<std::int64_t>(step.rule_version, 0, 65535)));
  out.put(m_frames.text(step.rule_id));
  out.put(m_frames.text(step.title.zh));
  out.put(m_frames.text(step.title.en));
  out.put(m_frames.text(subject == nullptr ? "" : std::string_view(subject->id)));
  out.put(m_frames.text(subject == nullptr ? "" : std::string_view(subject->label)));
  out.put(entry == nullptr ? kNoHandle : entry->handle);
}

void Client::records(std::span<const RecordNotice> notices, const Moment& moment) {
  if (!m_begun || !m_wanted.wants(Topic::kRecords) || !may_send(moment)) return;
  m_frames.stand_at(m_cursor, moment.live->now);
  for (const auto& notice : notices) {
    if (!notice.may_see(m_session.actor)) continue;
    base::ByteWriter& out = m_frames.record(FrameKind::kRecords);
    out.put(m_frames.text(notice.resource));
    out.put(m_frames.text(notice.id));
    out.put(notice.revision);
    out.put(m_frames.text(notice.actor));
    out.put(m_frames.text(notice.parent));
  }
  m_frames.flush();
}

}  // namespace jinglue::serve
